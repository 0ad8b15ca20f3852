"""Layout files: one YAML file a kind of sheet, read and checked.

Here: what a layout file may say, and a sentence where it says something else.
Not here: what a layout does with a header (layout.py). How to write one stands
in docs/layouts.md, and `junheng layout check FILE` drafts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NoReturn

import yaml

from sources.declaration import Table
from sources.layout import ASIDE, Layout, Melt, Unit, folded_heading
from sources.refusal import Misconfigured

_SETTINGS = {
    "table", "never_read", "columns", "aside", "ignore", "keys", "optional", "constants", "header_rows", "header_groups", "unit",
    "melt", "code_before_dash", "no_row_where", "first_digits", "county_from", "year_means", "year_from", "year_into",
    "month_into", "timeless", "control_totals",
}  # fmt: skip


def layouts_of(folder: Path, tables: tuple[Table, ...], own_layouts: Path | None) -> tuple[Layout, ...]:
    """The layouts of a source: the project's (`sources/<source>/layouts`), then the
    bureau's own in a sub-folder that bears the source's name. Of equal names the
    bureau's stands. Raises Misconfigured on a file that does not read."""
    ours = {layout.name: layout for layout in layouts_in(folder, tables)}
    if own_layouts is not None:
        ours |= {layout.name: layout for layout in layouts_in(own_layouts / folder.parent.name, tables)}
    return tuple(ours.values())


def layouts_in(folder: Path, tables: tuple[Table, ...]) -> tuple[Layout, ...]:
    """The layouts in a folder, by name; none where there is no folder."""
    files = tuple((path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.yaml")))
    return _layouts(files, tables)


@cache
def _layouts(files: tuple[tuple[Path, int], ...], tables: tuple[Table, ...]) -> tuple[Layout, ...]:
    """Read once as long as no file changes: the daemon sees a new layout at the next run."""
    by_name = {table.name: table for table in tables}
    return tuple(_read(path, by_name) for path, _ in files)


def _read(path: Path, tables: Mapping[str, Table]) -> Layout:
    place = "/".join(path.parts[-4:])
    try:
        said = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{place}: is no YAML in UTF-8: {error} / 不是有效的 UTF-8 YAML。") from None
    if not isinstance(said, dict):
        _wrong(place, "holds no settings", "没有任何设置")
    if odd := set(said) - _SETTINGS:
        _wrong(place, f"unknown settings {sorted(map(str, odd))}", "未知设置")
    keys = tuple(said.get("keys") or ())
    if not keys:
        _wrong(place, "needs `keys`: the columns whose headings mark the header row", "缺少 keys（用来定位表头的列）")
    ignore = [folded_heading(str(heading)) for heading in said.get("ignore", [])]
    if said.get("never_read"):
        # such a sheet is known by its headings alone
        known = {folded_heading(str(heading)): f"{ASIDE}{heading}" for heading in keys}
        return Layout(path.stem, None, known, tuple(known.values()), frozenset(ignore), path=place)
    if said.get("table") not in tables:
        _wrong(place, f"`table` must be one of {sorted(tables)}", "table 应为上列之一")
    layout = _layout(path.stem, place, tables[said["table"]], said, keys, frozenset(ignore))
    _check_headings(layout, ignore)
    _check_columns(layout)
    _check_units(layout)
    return layout


def _layout(name: str, place: str, table: Table, said: Mapping, keys: tuple[str, ...], ignore: frozenset[str]) -> Layout:
    columns = {folded_heading(str(heading)): str(column) for heading, column in (said.get("columns") or {}).items()}
    columns |= {folded_heading(str(heading)): f"{ASIDE}{aside}" for heading, aside in (said.get("aside") or {}).items()}
    unit, melt = said.get("unit"), said.get("melt")
    return Layout(
        name=name,
        table=table,
        columns=columns,
        keys=keys,
        ignore=ignore,
        optional=frozenset(said.get("optional", [])),
        constants={column: str(value) for column, value in said.get("constants", {}).items()},
        header_rows=said.get("header_rows", 1),
        header_groups=frozenset(folded_heading(str(group)) for group in said.get("header_groups", [])),
        unit=Unit(tuple(unit["columns"]), unit.get("default"), unit.get("required", False)) if unit else None,
        melt=Melt(melt["name"], melt["value"], tuple(folded_heading(heading) for heading in melt["headings"])) if melt else None,
        code_before_dash=frozenset(said.get("code_before_dash", [])),
        no_row_where={column: tuple(map(str, values)) for column, values in said.get("no_row_where", {}).items()},
        first_digits=said.get("first_digits", {}),
        county_from=said.get("county_from"),
        year_means=tuple(said["year_means"]) if "year_means" in said else None,
        year_from=said.get("year_from"),
        year_into=said.get("year_into"),
        month_into=said.get("month_into"),
        timeless=said.get("timeless", False),
        control_totals=said.get("control_totals", False),
        path=place,
    )


def _check_headings(layout: Layout, ignore: list[str]) -> None:
    times = Counter([*layout.columns, *ignore])
    if odd := [heading for heading, count in times.items() if count > 1]:
        _wrong(layout.path, f"{odd} are both mapped and ignored, or listed twice", "既映射又忽略，或重复")


def _check_columns(layout: Layout) -> None:
    declared = {column.name for column in layout.table.columns}
    named = {
        *(column for column in layout.columns.values() if not column.startswith(ASIDE)),
        *layout.constants, *layout.code_before_dash, *layout.no_row_where, *layout.first_digits, *_melted(layout),
        *filter(None, (layout.county_from, layout.year_from, layout.year_into, layout.month_into)),
    }  # fmt: skip
    if odd := named - declared:
        _wrong(layout.path, f"{layout.table.name} has no columns {sorted(odd)}", "表中没有这些列")
    if odd := set(layout.keys) - set(layout.columns.values()):
        _wrong(layout.path, f"`keys` {sorted(odd)} have no heading", "keys 中的列没有对应表头")


def _check_units(layout: Layout) -> None:
    """A column of money without a unit would be wrong by a factor of ten thousand one day."""
    said = set(layout.unit.columns) if layout.unit else set()
    money = {column.name for column in layout.table.columns if column.name.endswith("_yuan")}
    mapped = (set(layout.columns.values()) | _melted(layout)) & money
    if odd := mapped - said:
        _wrong(
            layout.path,
            f"{sorted(odd)} is money, and nothing says in which unit: add `unit: {{columns: {sorted(odd)}, default: 元}}`, or `required: true`",
            "金额列须用 unit 注明单位（元或万元）",
        )


def _melted(layout: Layout) -> set[str]:
    return {layout.melt.name, layout.melt.value} if layout.melt else set()


def _wrong(place: str, what_en: str, what_zh: str) -> NoReturn:
    raise Misconfigured(f"{place}: {what_en} / {what_zh}。")
