"""Layouts: how a bureau's headings become our columns, kept as YAML data.

Here: reading a layout file, telling which layout a header belongs to, and
saying what is wrong with a header that almost belongs.
Not here: finding header rows and cells (sheet.py, delimited.py). How a layout
file reads, and how to map a new export, stands in docs/layouts.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from sources.declaration import Table
from sources.refusal import Misconfigured, Refusal

UNITS = {"元": 0, "人民币元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}  # powers of ten to yuan
MELTED = "melt:"  # stands before a heading whose cells become rows
_SETTINGS = {
    "table", "columns", "ignore", "keys", "optional", "header_rows", "unit", "melt", "code_before_dash",
    "first_digits", "county_from", "year_means", "year_from", "year_into", "timeless", "control_totals",
}  # fmt: skip


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

    `columns`: heading to declared column, several headings may stand for one.
    `keys`: columns whose headings locate the header row. `ignore`: headings that
    are known and never read. `optional`: columns that may be absent.
    """

    name: str
    table: Table
    columns: Mapping[str, str]
    keys: tuple[str, ...]
    ignore: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    header_rows: int = 1
    unit: Unit | None = None
    melt: Melt | None = None
    code_before_dash: frozenset[str] = frozenset()
    first_digits: Mapping[str, int] = field(default_factory=dict)
    county_from: str | None = None
    year_means: tuple[int, int] | None = None
    year_from: str | None = None
    year_into: str | None = None
    timeless: bool = False
    control_totals: bool = False
    path: str = ""

    def column_of(self, heading: str) -> str | None:
        """The declared column, or `melt:<folded heading>`, that a heading stands for."""
        folded = folded_heading(heading)
        if folded in self.columns:
            return self.columns[folded]
        return f"{MELTED}{folded}" if self.melt and folded in self.melt.headings else None

    @property
    def needed(self) -> list[str]:
        """What a header must hold: declared columns, and the melted headings."""
        columns = [name for name in dict.fromkeys(self.columns.values()) if name not in self.optional]
        return columns + ([f"{MELTED}{heading}" for heading in self.melt.headings] if self.melt else [])

    def headings_of(self, column: str) -> list[str]:
        return [heading for heading, name in self.columns.items() if name == column] or [column.removeprefix(MELTED)]

    def fit(self, headings: Sequence[str]) -> float:
        """How much of the layout a row of headings holds, 0 to 1."""
        found = {self.column_of(heading) for heading in headings} - {None}
        return len(found & set(self.needed)) / max(1, len(self.needed))

    def has_keys(self, headings: Sequence[str]) -> bool:
        return set(self.keys) <= {self.column_of(heading) for heading in headings}

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
                if folded not in self.ignore:
                    unknown.append(f"「{heading}」")
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


def folded_heading(heading: str) -> str:
    """One spelling of a heading: full-width folded, no blanks or line breaks, no
    star of a required field."""
    return re.sub(r"[\s*＊]", "", unicodedata.normalize("NFKC", heading))


def best_layout(layouts: Sequence[Layout], headings: Sequence[str]) -> Layout | None:
    """The layout that a row of headings belongs to: all its keys are there, else
    at least half of its columns; None for a row that is no header."""
    with_keys = [layout for layout in layouts if layout.has_keys(headings)]
    candidates = with_keys or [layout for layout in layouts if layout.fit(headings) >= 0.5]
    return max(candidates, key=lambda layout: layout.fit(headings), default=None)


@cache
def layouts_in(folder: Path, tables: tuple[Table, ...]) -> tuple[Layout, ...]:
    """The layouts of a source, by name. Raises Misconfigured on a layout file that
    does not read."""
    by_name = {table.name: table for table in tables}
    return tuple(_read(path, by_name) for path in sorted(folder.glob("*.yaml")))


def _read(path: Path, tables: Mapping[str, Table]) -> Layout:
    place = "/".join(path.parts[-4:])
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise Misconfigured(f"{place}: is no YAML: {error} / 不是有效的 YAML。") from None
    if odd := set(raw) - _SETTINGS:
        raise Misconfigured(f"{place}: unknown settings {sorted(odd)} / 未知设置。")
    table = tables[raw["table"]]
    columns = {folded_heading(str(heading)): column for heading, column in raw["columns"].items()}
    declared = {column.name for column in table.columns}
    if odd := set(columns.values()) - declared:
        raise Misconfigured(f"{place}: {table.name} has no columns {sorted(odd)} / 表中没有这些列。")
    headings = Counter([*columns, *(folded_heading(str(heading)) for heading in raw.get("ignore", []))])
    if odd := [heading for heading, times in headings.items() if times > 1]:
        raise Misconfigured(f"{place}: {odd} are both mapped and ignored, or listed twice / 既映射又忽略，或重复。")
    melt = raw.get("melt")
    return Layout(
        name=path.stem,
        table=table,
        columns=columns,
        keys=tuple(raw["keys"]),
        ignore=frozenset(folded_heading(str(heading)) for heading in raw.get("ignore", [])),
        optional=frozenset(raw.get("optional", [])),
        header_rows=raw.get("header_rows", 1),
        unit=Unit(tuple(raw["unit"]["columns"]), raw["unit"].get("default"), raw["unit"].get("required", False)) if "unit" in raw else None,
        melt=Melt(melt["name"], melt["value"], tuple(folded_heading(h) for h in melt["headings"])) if melt else None,
        code_before_dash=frozenset(raw.get("code_before_dash", [])),
        first_digits=raw.get("first_digits", {}),
        county_from=raw.get("county_from"),
        year_means=tuple(raw["year_means"]) if "year_means" in raw else None,
        year_from=raw.get("year_from"),
        year_into=raw.get("year_into"),
        timeless=raw.get("timeless", False),
        control_totals=raw.get("control_totals", False),
        path=place,
    )
