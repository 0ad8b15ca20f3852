"""A draft of a layout for headings that nothing knows: what a person would begin with.

Here: guessing a column by the headings and labels that are known already.
Not here: using a guess: a draft is text for a person to check and to save.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from sources.declaration import Source, Table
from sources.layout import ASIDE, UNITS, folded_heading
from sources.layout_file import layouts_of
from sources.recognition import SOURCES_FOLDER, Seen

_ALIKE = 0.6  # of two headings, as difflib measures it
_KEYS = 2


@dataclass(frozen=True)
class Draft:
    """A layout file to begin with: for which source and table, and its text."""

    source: Source
    table: Table
    text: str


def guesses(headings: Sequence[str], source: Source, table: Table, own_layouts: Path | None) -> dict[str, str]:
    """Heading to the column of `table` that it most likely is; at most one heading a column."""
    spellings = {folded_heading(column.label_zh): column.name for column in table.columns}
    for layout in layouts_of(SOURCES_FOLDER / source.name / "layouts", source.tables, own_layouts):
        if layout.table is table:
            spellings |= {heading: column for heading, column in layout.columns.items() if not column.startswith(ASIDE)}
    likeness = [
        (SequenceMatcher(None, _without_unit(heading), known).ratio(), heading, column)
        for heading in headings
        for known, column in spellings.items()
    ]
    found: dict[str, str] = {}
    for alike, heading, column in sorted(likeness, key=lambda one: -one[0]):
        if alike >= _ALIKE and heading not in found and column not in found.values():
            found[heading] = column
    return found


def draft(seen: Seen, sources: Sequence[Source], own_layouts: Path | None) -> Draft:
    """The draft for the table that most headings fit, as YAML with remarks."""
    candidates = [
        (guesses(seen.headings, source, table, own_layouts), source, table) for source in sources if source.has_layouts for table in source.tables
    ]
    found, source, table = max(candidates, key=lambda one: len(one[0]))
    return Draft(source, table, "\n".join(_lines(seen, source, table, found)))


def _lines(seen: Seen, source: Source, table: Table, found: dict[str, str]) -> list[str]:
    required = [column for column in table.columns if column.required and column.name != "county_code"]
    keys = [column.name for column in required if column.name in found.values()] or list(found.values())
    money = sorted({column for column in found.values() if column.endswith("_yuan")})
    rest = [heading for heading in seen.headings if heading not in found]
    lines = [
        f"table: {table.name}  # {table.label_zh}；{source.name} 的表 its tables: {'、'.join(one.name for one in source.tables)}",
        f"keys: [{', '.join(keys[:_KEYS])}]  # 用来定位表头的列 columns whose headings mark the header row",
        *([f"header_rows: {seen.header_rows}"] if seen.header_rows > 1 else []),
        "columns:  # 请逐行核对 check every line",
        *(f"  {_quoted(heading)}: {column}  # {table.column(column).label_zh}" for heading, column in found.items()),
    ]
    absent = [column for column in table.columns if column.name not in found.values() and column.name != "county_code"]
    for column in absent:
        lines.append(f"  # ?: {column.name}  # {column.label_zh}{'，必填 needed' if column.required else ''}")
    optional = [column.name for column in table.columns if column.name in found.values() and not column.required]
    lines += [f"optional: [{', '.join(optional)}]"] if optional else []
    lines += [f"unit: {{columns: [{', '.join(money)}], default: 元}}  # 元或万元 the unit where the file says none"] if money else []
    lines += ["ignore:  # 从不读取；需要的移到 columns，never read: move up what is needed", *(f"  - {_quoted(heading)}" for heading in rest)] if rest else []
    return lines


def _without_unit(heading: str) -> str:
    return heading.partition("(")[0] if any(f"({unit})" in heading for unit in UNITS) else heading


def _quoted(heading: str) -> str:
    """A heading as YAML reads it: quoted where it would be something else."""
    plain = heading[:1] not in "#&*!|>%@`-?:[]{},'\"" and ": " not in heading and " #" not in heading and not heading.replace(".", "").isdigit()
    return heading if plain and not heading.endswith(":") else '"' + heading.replace("\\", "\\\\").replace('"', '\\"') + '"'
