"""Workbooks: sheets of text cells, whatever the file calls itself.

Here: old and new Excel files and HTML tables that pose as them, with limits;
each cell as text, a float in its shortest form, a cell in error as `#ERROR!`.
Not here: finding a header (sheet.py) and what a column means (layout.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO

from sources import old_excel_survey, workbook_survey
from sources.files import File
from sources.refusal import Refusal
from sources.workbook_survey import CELLS_LIMIT, Survey

ERROR = "#ERROR!"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass
class Sheet:
    """One sheet: `rows[0]` is its row 1; all rows have the same width. `merges`
    are (first row, first column, last row, last column), counted from 0."""

    name: str
    rows: list[list[str]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    is_hidden: bool = False

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)


def sheets(file: File) -> Iterator[Sheet]:
    """Yield the sheets that hold something, in the order of the workbook.

    Raises Refusal: `password_protected`, `unreadable` (truncated or corrupt),
    `wrong_kind`, `too_large` (bytes, unpacked bytes or cells over the limits).
    """
    if file.kind == "html":
        from sources.html_table import html_sheets

        yield from html_sheets(file)
        return
    content = file.path.read_bytes()
    if file.kind == "ole" and _ENCRYPTED in content:
        raise _password(file)
    survey = workbook_survey.survey(content, file.relative_path) if file.kind == "zip" else Survey()
    yield from _calamine_sheets(file, content, survey)


def _calamine_sheets(file: File, content: bytes, survey: Survey) -> Iterator[Sheet]:
    import python_calamine

    errors_of_old = _errors_of_old(file, content) if file.kind == "ole" else []
    with _reading(file):
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        pages = book.sheets_metadata
    survey.errors.update((page.name, errors) for page, errors in zip(pages, errors_of_old, strict=False))
    cells = 0
    for page in pages:
        name = page.name
        if page.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        with _reading(file):
            sheet = book.get_sheet_by_name(name)
            cells += sheet.total_height * sheet.total_width
            if cells > CELLS_LIMIT:
                raise workbook_survey.too_many_cells(file.relative_path, name, cells)
            before = [""] * (sheet.start[1] if sheet.start else 0)
            rows = [before + [as_text(cell) for cell in row] for row in sheet.iter_rows()]
            merges = _merges(file, sheet.merged_cell_ranges or [], rows)
        for row, column in survey.errors.get(name, ()):
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = ERROR
        if any(map(any, rows)):
            yield Sheet(name, rows, merges, page.visible != python_calamine.SheetVisibleEnum.Visible)


def _errors_of_old(file: File, content: bytes) -> list[list[tuple[int, int]]]:
    try:
        return old_excel_survey.errors_of(content, file.relative_path)
    except old_excel_survey.PasswordNeeded:
        raise _password(file) from None


def _merges(file: File, ranges: Iterable[tuple], rows: list[list[str]]) -> list[tuple[int, int, int, int]]:
    """The merges as far as the rows go. They cannot lie over each other: so many that they must are damage."""
    below, beside = len(rows), max(map(len, rows), default=0)
    merges = [(top, left, min(bottom, below - 1), min(right, beside - 1)) for (top, left), (bottom, right) in ranges if top < below and left < beside]
    if sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in merges) > below * beside:
        raise workbook_survey.unreadable(file.relative_path)
    return merges


def as_text(cell: object) -> str:
    """A cell as text. A float is written in its shortest form, so that what was
    typed comes back; one beyond 2^53 keeps its power, because digits are lost."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    return str(cell) if cell is not None else ""


@contextmanager
def _reading(file: File) -> Iterator[None]:
    """Turn the reader's own errors, and its panics on crafted files, into a refusal."""
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError:
        raise _password(file) from None
    except (CalamineError, ValueError, OSError):
        raise workbook_survey.unreadable(file.relative_path) from None
    except BaseException as error:
        # A panic of the Rust reader is no Exception; anything else passes through.
        if type(error).__name__ != "PanicException":
            raise
        raise workbook_survey.unreadable(file.relative_path) from None


def _password(file: File) -> Refusal:
    return Refusal(
        "password_protected", file=file.relative_path, expected="未加密的工作簿 / a workbook without a password",
        found="加密的工作簿 / one that is encrypted",
        do_en="Remove the password (File, Info, Protect Workbook) and deliver it again.",
        do_zh="请取消打开密码（文件—信息—保护工作簿）后重新报送。",
    )  # fmt: skip
