"""Figures of a form: cells with their units, added up exactly, turned into filed rows.

Here: the unit that a cell is in, sums that nothing rounds, blanks and dashes, and the
blocks of text that become a delivery.
Not here: which cells make a figure (statistics.py, school_form.py, county_form.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

import numpy as np
import pyarrow as pa

from sources.conform import Block, conformed
from sources.declaration import FILED, Damage, Delivery, Table
from sources.declared.forms import Cell
from sources.files import File
from sources.layout import UNITS, folded_heading
from sources.numerals import decimals, plain
from sources.refusal import Refusal
from sources.sheet import SHORT_UNITS

NOTHING = "-"
# Units of size that forms write; anything else in brackets (账面原值) is a remark.
_UNITS_OF_SIZE = frozenset("平方米 m2 亩 公顷 册 万册 台 间 个 人 班 所 套 件".split())
_PER = re.compile(r"/[生人年]+(?:/年)?$")  # 元/生: money all the same


@dataclass(frozen=True)
class Term:
    """One cell of a figure: its text, sign and power of ten."""

    text: str
    sign: int = 1
    power: int = 0


@dataclass(frozen=True)
class Figure:
    """A filed figure before its terms are added; `about`: the table's other columns."""

    about: Mapping[str, str | None]
    sheet: str
    row: int
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Unit:
    """What a figure is in. Money (`default` is a unit of money) is turned into yuan; of
    anything else the form may only say one of `others` (none listed: it is not asked)."""

    default: str | None = None
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, layout: Mapping) -> Unit:
        """From the layout's `unit` and `units`."""
        return cls(layout.get("unit"), tuple(folded_heading(unit) for unit in layout.get("units", ())))


def power_of(cell: Cell, unit: Unit, *, file: str, place: str) -> int:
    """The power of ten that turns a cell into yuan, m², pieces: row and column decide, then
    the line above the table, then the layout.

    Raises Refusal `unknown_unit` or `unit_contradicted`: a wrong guess is wrong by a
    factor of ten thousand.
    """
    said = [SHORT_UNITS.get(stated, stated) for stated in (_PER.sub("", stated) for stated in cell.stated) if stated]
    if unit.default is None:
        odd = [stated for stated in said if unit.others and stated not in unit.others and _is_unit(stated)]
        if odd:
            raise _refused("unknown_unit", "、".join(unit.others), odd, file, place)
        return 0
    money = [stated for stated in said if "元" in stated] or list(cell.money)
    if odd := [stated for stated in money if stated not in UNITS] or [s for s in said if "元" not in s and _is_unit(s)]:
        raise _refused("unknown_unit", "、".join(UNITS), odd, file, place)
    powers = {UNITS[stated] for stated in money}
    if len(powers) > 1:
        raise _refused("unit_contradicted", "同一单位 / one unit", money, file, place)
    return powers.pop() if powers else UNITS[unit.default]


def sums(figures: Sequence[Figure]) -> list[str | None]:
    """Each figure as text: None where a term is blank, NOTHING where all are not
    applicable, and the text of a term that is no number, for conforming to find."""
    terms = [term for figure in figures for term in figure.terms]
    values, masks = decimals(plain(pa.array([term.text for term in terms], pa.string())), FILED, np.array([term.power for term in terms], np.int64))
    unread = np.any(list(masks.values()), axis=0)
    amounts = values.to_pylist()
    written: list[str | None] = []
    place = 0
    for figure in figures:
        own = range(place, place + len(figure.terms))
        place += len(figure.terms)
        broken = next((terms[index].text for index in own if unread[index]), None)
        stated = [terms[index].sign * amounts[index] for index in own if amounts[index] is not None]
        if broken is not None:
            written.append(broken)
        elif any(not terms[index].text.strip() for index in own):
            written.append(None)
        else:
            with localcontext(prec=80):  # wider than any sum of FILED figures: nothing is rounded
                written.append(format(sum(stated, Decimal(0)), "f") if stated else NOTHING)
    return written


def delivery(file: File, table: Table, figures: Sequence[Figure], county_code: str, as_of_date, *, layout: str) -> Delivery:
    """The figures as a delivery of `table`; figures of nothing but dashes make no row."""
    damages: list[Damage] = []
    return Delivery(
        source="declared",
        table=table,
        county_code=county_code,
        origin=file.relative_path,
        rows=conformed(table, _blocks(figures, table, county_code, as_of_date), damages),
        as_of_date=as_of_date,
        digest=file.digest,
        modified_at=file.modified_at,
        encoding=file.encoding,
        layout=layout,
        damages=damages,
    )


def _blocks(figures: Sequence[Figure], table: Table, county_code: str, as_of_date) -> Iterator[Block]:
    by_sheet: dict[str, list[tuple[Figure, str | None]]] = defaultdict(list)
    for figure, text in zip(figures, sums(figures), strict=True):
        if text != NOTHING:
            by_sheet[figure.sheet].append((figure, text))
    for sheet, found in by_sheet.items():
        columns: dict[str, list] = {column.name: [figure.about.get(column.name) for figure, _ in found] for column in table.columns}
        columns["as_of_date"] = [as_of_date.isoformat() if as_of_date else None] * len(found)
        columns["county_code"] = [county_code] * len(found)
        columns["value"] = [text for _, text in found]
        rows = pa.array([figure.row for figure, _ in found], pa.int64())
        yield Block({name: pa.array(values, pa.string()) for name, values in columns.items()}, len(found), sheet, rows)


def _is_unit(stated: str) -> bool:
    return stated in _UNITS_OF_SIZE or "元" in stated


def _refused(rule: str, expected: str, found: Sequence[str], file: str, place: str) -> Refusal:
    return Refusal(
        rule, file=file, place=place, expected=expected, found="、".join(dict.fromkeys(found)),
        do_en="Correct the unit of the row, of its column or above the table, and deliver the file again.",
        do_zh="请更正该行、该列或表头上方的计量单位后重新报送。",
    )  # fmt: skip
