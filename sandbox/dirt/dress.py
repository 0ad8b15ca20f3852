"""How a table is dressed when a school sends it again: encodings, kinds of file, what stands around the rows.

Here: writing headings and rows into a file, in ways that a reader must see through and in ways that
must be refused. Not here: whose rows, and what is expected (sent_again.py).
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sandbox.calendar_days import in_chinese
from sandbox.dirt.books import Book, Page, Row, as_text
from sandbox.places import MARK

Cells = Sequence[object]


@dataclass(frozen=True)
class Sheet:
    """A table to be sent. `wholes`: places of the columns that say the same in every row; `amount`: the place of its amount."""

    title: str
    headings: list[str]
    rows: list[list[object]]
    day: date
    wholes: tuple[int, ...]
    amount: int

    def with_title(self) -> str:
        return f"{self.title}（{MARK}）{in_chinese(self.day)}"


def _text(encoding: str, delimiter: str = ",") -> Callable[[Sheet, Path], None]:
    def write(sheet: Sheet, path: Path) -> None:
        path.write_bytes(as_text([sheet.headings, *sheet.rows], delimiter).encode(encoding, errors="replace"))

    return write


def _html(sheet: Sheet, path: Path) -> None:
    lines = ["".join(f"<td>{html.escape(_shown(cell))}</td>" for cell in row) for row in (sheet.headings, *sheet.rows)]
    table = "\n".join(f"<tr>{line}</tr>" for line in lines)
    path.write_text(f'<html><head><meta charset="utf-8"></head><body><table border="1">\n{table}\n</table></body></html>\n', encoding="utf-8")


def _shown(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _book(sheet: Sheet, path: Path, top: Sequence[Cells], body: Sequence[Row], bottom: Sequence[Cells] = (), merges: Sequence[tuple] = (), more: Sequence[Page] = ()) -> None:
    rows = [*map(Row, top), *body, *map(Row, bottom)]
    Book(path, [Page("Sheet1", rows, list(merges)), *more]).save(sheet.day)


def plain_workbook(sheet: Sheet, path: Path) -> None:
    _book(sheet, path, [sheet.headings], list(map(Row, sheet.rows)))


def _with_titles_and_footers(sheet: Sheet, path: Path) -> None:
    top = [[sheet.with_title()], ["填报单位(盖章)：模拟学校"], [], sheet.headings]
    _book(sheet, path, top, list(map(Row, sheet.rows)), [[], ["单位负责人：", "", "填表人：", "", f"报出日期：{in_chinese(sheet.day)}"], ["注：本表为模拟数据"]])


def _with_column_numbers(sheet: Sheet, path: Path) -> None:
    numbers = ["甲", "乙", *range(1, len(sheet.headings) - 1)]
    _book(sheet, path, [[sheet.with_title()], sheet.headings, numbers], list(map(Row, sheet.rows)))


def _with_blank_rows(sheet: Sheet, path: Path) -> None:
    body = [row for cells in sheet.rows for row in (Row(cells), Row([]))]
    _book(sheet, path, [sheet.headings], body)


def _with_merged_cells(sheet: Sheet, path: Path) -> None:
    body = list(map(Row, sheet.rows))
    for row in body[1:]:
        for place in sheet.wholes:
            row[place] = ""
    merges = [(body[0], place, body[-1], place) for place in sheet.wholes] if len(body) > 1 else []
    _book(sheet, path, [[sheet.with_title()], sheet.headings], body, merges=merges)


def _reordered(sheet: Sheet, path: Path) -> None:
    order = range(len(sheet.headings) - 1, -1, -1)
    _book(sheet, path, [[sheet.headings[place] for place in order]], [Row([row[place] for place in order]) for row in sheet.rows])


def _with_subtotals(sheet: Sheet, path: Path) -> None:
    def total(label: str) -> list[object]:
        row: list[object] = [""] * len(sheet.headings)
        row[0], row[sheet.amount] = label, "99999.00"
        return row

    middle = len(sheet.rows) // 2
    body = [*map(Row, sheet.rows[:middle]), Row(total("小计")), *map(Row, sheet.rows[middle:]), Row(total("小计"))]
    _book(sheet, path, [sheet.headings], body, [total("合计")])


def _with_a_sheet_of_notes(sheet: Sheet, path: Path) -> None:
    notes = Page("填表说明", [Row(["填表说明"]), Row(["一、本表由学校填报。"]), Row(["二、如有疑问请与教育局联系。"])])
    _book(sheet, path, [sheet.headings], list(map(Row, sheet.rows)), more=[notes])


def _starred_headings(sheet: Sheet, path: Path) -> None:
    """Stars of required fields, line breaks and blanks in headings."""
    headings = [f"*{heading}" if place % 2 else f" {heading[:2]}\n{heading[2:]}" for place, heading in enumerate(sheet.headings)]
    _book(sheet, path, [headings], list(map(Row, sheet.rows)))


# name: (Chinese, English, ending of the file's name, writer); all of them say what the rows say
DRESSES: dict[str, tuple[str, str, str, Callable[[Sheet, Path], None]]] = {
    "text_in_utf8": ("无 BOM 的 UTF-8", "UTF-8 without a mark", ".csv", _text("utf-8")),
    "text_in_utf8_with_mark": ("带 BOM 的 UTF-8", "UTF-8 with its mark", ".csv", _text("utf-8-sig")),
    "text_in_gbk": ("GBK 文本", "GBK text", ".csv", _text("gb18030")),
    "text_in_utf16": ("UTF-16 文本", "UTF-16 text", ".csv", _text("utf-16")),
    "tabs_named_xls": ("实为制表符文本的 xls", "text with tabs that is called xls", ".xls", _text("gb18030", "\t")),
    "html_named_xls": ("实为网页的 xls", "a web page that is called xls", ".xls", _html),
    "titles_and_footers": ("标题、盖章行与表尾", "title, stamp and footers around the rows", ".xlsx", _with_titles_and_footers),
    "column_numbers": ("甲乙 1 2 3 列号行", "a row that numbers the columns", ".xlsx", _with_column_numbers),
    "blank_rows": ("数据行间夹空行", "blank rows among the rows", ".xlsx", _with_blank_rows),
    "merged_cells": ("学校单元格合并", "the school's cells merged over its rows", ".xlsx", _with_merged_cells),
    "columns_reordered": ("列序不同", "columns in another order", ".xlsx", _reordered),
    "totals_in_a_sheet": ("夹小计合计", "totals among the rows", ".xlsx", _with_subtotals),
    "a_sheet_of_notes": ("另附说明页", "a sheet of notes beside it", ".xlsx", _with_a_sheet_of_notes),
    "starred_headings": ("表头带星号与换行", "stars and line breaks in headings", ".xlsx", _starred_headings),
}


def changed(sheet: Sheet, **what: object) -> Sheet:
    return replace(sheet, **what)
