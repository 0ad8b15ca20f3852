"""Layouts: how a bureau's headings become our columns, kept as YAML data.

Here: what a layout says, telling which layout a header belongs to, and saying
what is wrong with a header that almost belongs.
Not here: reading a layout file (layout_file.py), finding header rows and cells
(sheet.py, delimited.py). How to map a new export stands in docs/layouts.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from sources.declaration import Table
from sources.refusal import Refusal

UNITS = {"元": 0, "人民币元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}  # powers of ten to yuan
MELTED = "melt:"  # stands before a heading whose cells become rows
LEAST_FIT = 0.5  # of the needed columns, where the keys are not all there
_NO_HEADING = re.compile(r":|\d{7,}")
KEYS_RANK, NEVER_READ_RANK = 0.5, 0.75  # keys tell a header; a sheet to be read outranks one that never is
_MONEY_IN_BRACKETS = re.compile(r"[(\[【〔](?:单位:?)?(?:人民币)?(?:千|万|百万|亿)?元[)\]】〕]$")
ASIDE = "aside:"  # stands before a name that the reader needs and never delivers


@dataclass(frozen=True)
class Unit:
    """Which columns stand in money, in what unit if nothing says so, and whether
    a workbook must say so itself."""

    columns: tuple[str, ...]
    default: str | None = None
    required: bool = False


@dataclass(frozen=True)
class Melt:
    """Headings that become rows: their name goes to `name`, their cell to `value`."""

    name: str
    value: str
    headings: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """One kind of sheet or text file.

    `columns`: heading to declared column, several headings may stand for one;
    headings that only the reader needs stand for `aside:<name>`. `keys`: columns
    whose headings locate the header row. `ignore`: headings that are known and
    never read. `optional`: columns that may be absent; `constants`: what is then
    meant. `table` is None for a sheet that is known and never read.
    """

    name: str
    table: Table | None
    columns: Mapping[str, str]
    keys: tuple[str, ...]
    ignore: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    constants: Mapping[str, str] = field(default_factory=dict)
    header_rows: int = 1
    header_groups: frozenset[str] = frozenset()
    unit: Unit | None = None
    melt: Melt | None = None
    code_before_dash: frozenset[str] = frozenset()
    no_row_where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first_digits: Mapping[str, int] = field(default_factory=dict)
    county_from: str | None = None
    year_means: tuple[int, int] | None = None
    year_from: str | None = None
    year_into: str | None = None
    month_into: str | None = None
    timeless: bool = False
    control_totals: bool = False
    path: str = ""

    def column_of(self, heading: str) -> str | None:
        """The declared column, or `melt:<folded heading>`, that a heading stands for."""
        known = self._known(heading)
        if known in self.columns:
            return self.columns[known]
        return f"{MELTED}{known}" if self.melt and known in self.melt.headings else None

    def ignores(self, heading: str) -> bool:
        return self._known(heading) in self.ignore

    def _known(self, heading: str) -> str:
        """The heading as the layout writes it: the group that it stands under (应发项/…) may be left out."""
        folded = folded_heading(heading)
        group, _, own = folded.partition("/")
        if folded in self.columns or folded in self.ignore:
            return folded
        if own and group in self.header_groups:
            return own
        # `价值（万元）` is the column 价值 and says its unit
        plain = _MONEY_IN_BRACKETS.sub("", folded)
        return plain if self.unit and self.columns.get(plain) in self.unit.columns else folded

    @property
    def needed(self) -> list[str]:
        """What a header must hold: declared columns, and the melted headings."""
        columns = [
            name
            for name in dict.fromkeys(self.columns.values())
            if name not in self.optional and name not in self.constants and not name.startswith(ASIDE)
        ]
        return columns + ([f"{MELTED}{heading}" for heading in self.melt.headings] if self.melt else [])

    def headings_of(self, column: str) -> list[str]:
        return [heading for heading, name in self.columns.items() if name == column] or [column.removeprefix(MELTED)]

    def fit(self, headings: Sequence[str]) -> float:
        """How much of the layout a row of headings holds, 0 to 1."""
        found = {self.column_of(heading) for heading in headings} - {None}
        return len(found & set(self.needed)) / max(1, len(self.needed))

    def has_keys(self, headings: Sequence[str]) -> bool:
        return set(self.keys) <= {self.column_of(heading) for heading in headings}

    def rank(self, headings: Sequence[str]) -> float:
        """How well a row of headings fits, to compare layouts and rows by: how much of the
        layout is there, less how much of the row it does not know, and more with its keys."""
        if self.table is None:
            return NEVER_READ_RANK if self.has_keys(headings) else 0.0
        named = [heading for heading in headings if heading]
        unknown = sum(1 for heading in named if self.column_of(heading) is None and not self.ignores(heading))
        return self.fit(headings) - unknown / max(1, len(named)) + KEYS_RANK * self.has_keys(headings)

    def placed(self, headings: Sequence[str], *, file: str, place: str, filled: Sequence[bool] | None = None) -> dict[str, int]:
        """Where each column stands: column to place in the row.

        `filled` says which places hold data below a blank heading. Raises
        Refusal `unknown_column`, `missing_column` or `repeated_column`.
        """
        where: dict[str, int] = {}
        unknown = []
        for index, heading in enumerate(headings):
            folded = folded_heading(heading)
            if not folded:
                if filled is not None and index < len(filled) and filled[index]:
                    unknown.append(f"第 {index + 1} 列无表头 / column {index + 1} without a heading")
                continue
            column = self.column_of(heading)
            if column is None:
                if not self.ignores(heading):
                    unknown.append(_shown(heading, index))
            elif column in where:
                raise Refusal(
                    "repeated_column", file=file, place=place, expected=f"「{heading}」一次 / once", found="多次 / more than once",
                    do_en="Delete the column that is not meant.", do_zh="请删除多余的列。",
                )  # fmt: skip
            else:
                where[column] = index
        missing = [column for column in self.needed if column not in where]
        if missing:
            wanted = "、".join(f"「{'」或「'.join(self.headings_of(column))}」" for column in missing)
            raise Refusal(
                "missing_column", file=file, place=place, expected=f"列 / column {wanted}",
                found=f"没有 / none{f'；多出 / besides {chr(12289).join(unknown)}' if unknown else ''}",
                do_en=f"Export the file with this column, or map its new heading under `columns` in {self.path}.",
                do_zh=f"请补上该列后重新导出；若只是改名，请在 {self.path} 的 columns 中登记。",
            )  # fmt: skip
        if unknown:
            raise Refusal(
                "unknown_column", file=file, place=place, expected=f"{self.name} 的列 / columns", found="、".join(unknown),
                do_en=f"If the column is not needed, add its heading as a line under `ignore` in {self.path}; else map it under `columns`.",
                do_zh=f"若不需要该列，请在 {self.path} 的 ignore 下加一行表头名；否则在 columns 中登记。",
            )  # fmt: skip
        return where


def _shown(heading: str, index: int) -> str:
    """A heading as a refusal may show it: what holds a colon or a long number is no heading, and may name somebody."""
    return f"第 {index + 1} 列 / column {index + 1}" if _NO_HEADING.search(folded_heading(heading)) else f"「{heading}」"


def folded_heading(heading: str) -> str:
    """One spelling of a heading: full-width folded, no blanks or line breaks, no
    star of a required field."""
    return re.sub(r"[\s*＊]", "", unicodedata.normalize("NFKC", heading))


def best_layout(layouts: Sequence[Layout], headings: Sequence[str]) -> Layout | None:
    """The layout that a row of headings belongs to: all its keys are there, or at
    least half of its columns; None for a row that is no header. Of several the one
    that fits best, so that a sheet which lacks a key is not taken for another one."""
    candidates = [layout for layout in layouts if layout.has_keys(headings) or (layout.table and layout.fit(headings) >= LEAST_FIT)]
    return max(candidates, key=lambda layout: layout.rank(headings), default=None)
