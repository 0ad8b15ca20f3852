"""What a file is taken for: which layouts know its sheets, and what each heading becomes.

Here: looking, without refusing and without reading a single data cell.
Not here: reading the file (the sources' readers), drafting a layout
(layout_draft.py) and printing (pipelines/layout_check.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sources import delimited, sheet, workbook
from sources.declaration import Source
from sources.files import File
from sources.layout import ASIDE, UNITS, Layout, best_layout, folded_heading
from sources.layout_file import layouts_of
from sources.refusal import Refusal
from sources.unrecognised import likely_header

SOURCES_FOLDER = Path(__file__).parent
LEAST_HEADINGS = 2  # fewer are a note


@dataclass(frozen=True)
class Seen:
    """A sheet, or a whole text file, as it was recognised.

    `place`: sheet and row of the header. `source` and `layout` are None for a
    sheet that nothing knows; its `headings` are those of the row that looks most
    like a header. `mapped`: heading to column; `aside`: headings that make a
    person's pseudonym or help the reader; `missing`: needed columns to the
    headings that they may have; `unit`: of money, as it would be taken.
    """

    place: str
    headings: tuple[str, ...]
    source: Source | None = None
    layout: Layout | None = None
    header_rows: int = 1
    mapped: Mapping[str, str] = field(default_factory=dict)
    aside: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    title: str = ""
    unit: str = ""

    @property
    def is_sound(self) -> bool:
        return self.layout is not None and not self.unknown and not self.missing


def seen_in(file: File, sources: Sequence[Source], own_layouts: Path | None) -> list[Seen]:
    """What each sheet of a file is taken for. Raises Refusal for a file that no
    reader can open, Misconfigured for a layout file that does not read."""
    known = [
        (source, layout)
        for source in sources
        if source.has_layouts
        for layout in layouts_of(SOURCES_FOLDER / source.name / "layouts", source.tables, own_layouts)
    ]
    if file.kind == "parquet":
        return []
    if file.kind == "text":
        return _in_text(file, known)
    return [found for page in workbook.sheets(file) if (found := _in_sheet(file, page, known))]


def _in_text(file: File, known: Sequence[tuple[Source, Layout]]) -> list[Seen]:
    head = delimited.head(file)
    ranked = []
    for row, headings in enumerate(head.records):
        if layout := best_layout([layout for _, layout in known], headings):
            ranked.append((layout.rank(headings), -row, layout))
    if not ranked:
        likely = likely_header(head.records)
        return [Seen(_line(head.lines[likely.row]), tuple(likely.headings))] if likely else []
    _, row, layout = max(ranked, key=lambda found: found[:2])
    headings = head.records[-row]
    title = " ".join(cell for record in head.records[:-row] for cell in record if cell)
    return [_explained(file, _line(head.lines[-row]), headings, layout, known, title, 1)]


def _in_sheet(file: File, page: workbook.Sheet, known: Sequence[tuple[Source, Layout]]) -> Seen | None:
    header = sheet.header_of(page, [layout for _, layout in known])
    if header is not None:
        place = f"{page.name}, {header.row + 1}"
        return _explained(file, place, header.headings, header.layout, known, header.title, header.first_data_row - header.row)
    likely = likely_header(page.rows)
    if likely is None or likely.texts < LEAST_HEADINGS:
        return None
    # a header of two rows is told by cells that are merged over both
    above = likely.row > 0 and sheet.merged_depth(page, likely.row - 1) > 1
    first = likely.row - 1 if above else likely.row
    depth = sheet.merged_depth(page, first)
    headings = tuple(filter(None, sheet.joined_headings(page, first, depth))) if depth > 1 else tuple(likely.headings)
    return Seen(f"{page.name}, {first + 1}", headings, header_rows=depth)


def _explained(
    file: File, place: str, headings: Sequence[str], layout: Layout, known: Sequence[tuple[Source, Layout]], title: str, header_rows: int
) -> Seen:
    source = next(source for source, other in known if other is layout)
    shown = tuple(folded_heading(heading) for heading in headings if folded_heading(heading))
    columns = {heading: layout.column_of(heading) for heading in shown}
    told = set(columns.values())
    mapped = {heading: column for heading, column in columns.items() if column and not column.startswith(ASIDE)}
    return Seen(
        place,
        shown,
        source,
        layout,
        header_rows,
        mapped,
        tuple(heading for heading, column in columns.items() if column and column.startswith(ASIDE)),
        tuple(heading for heading, column in columns.items() if column is None and (layout.ignores(heading) or layout.table is None)),
        tuple(heading for heading, column in columns.items() if column is None and not layout.ignores(heading) and layout.table),
        {column: tuple(layout.headings_of(column)) for column in layout.needed if column not in told} if layout.table else {},
        title,
        _unit(file, place, headings, layout, title),
    )


def _unit(file: File, place: str, headings: Sequence[str], layout: Layout, title: str) -> str:
    """The unit that the money of a sheet is in; what is wrong with it says the refusal."""
    if layout.table is None or layout.unit is None:
        return ""
    where = {column: at for at, heading in enumerate(headings) if (column := layout.column_of(heading))}
    try:
        powers = sheet.powers_of_units(layout, where, headings, title, file=file.relative_path, place=place)
    except Refusal as refusal:
        return refusal.found
    names = {power: unit for unit, power in reversed(UNITS.items())}
    return "、".join(sorted({names[power] for power in powers.values()}))


def _line(number: int) -> str:
    return str(number)
