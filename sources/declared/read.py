"""What is filed: tidy files, statistics workbooks, municipal forms, told apart by content.

Here: the choice. Not here: reading any of them (tidy.py, statistics.py, school_form.py,
county_form.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sources import workbook
from sources.declaration import Context, Delivery
from sources.declared import book, county_form, school_form, statistics, tidy
from sources.files import File, opened
from sources.refusal import Refusal
from sources.unrecognised import likely_header


def read(path: Path, relative_path: str, context: Context) -> Iterator[Delivery]:
    """Yield the file's deliveries of `measures` and `county_measures`. Raises Refusal;
    Misconfigured where nothing tells a workbook's county (a tidy file carries it in its rows)."""
    file = opened(path, relative_path)
    if file.kind in ("text", "parquet"):
        yield tidy.delivery(file)
        return
    sheets = list(workbook.sheets(file))
    if book.is_book(sheets):
        yield statistics.delivery(file, sheets, context)
        return
    of_schools = school_form.recognised(sheets)
    of_county = county_form.recognised([sheet for sheet in sheets if not any(sheet is other for other in of_schools)])
    if not (of_schools or of_county):
        raise _unrecognised(file, sheets)
    if of_schools:
        yield school_form.delivery(file, of_schools, context)
    if of_county:
        yield county_form.delivery(file, of_county, context)


def form_of(path: Path, relative_path: str) -> str:
    """Which kind of filing a file looks like, in words; "" where it looks like none. Raises
    Refusal for a file that cannot be opened."""
    file = opened(path, relative_path)
    if file.kind in ("text", "parquet"):
        return "整洁文件 tidy file" if tidy.is_tidy(file) else ""
    sheets = list(workbook.sheets(file))
    if book.is_book(sheets):
        return "统计报表 statistics book"
    if school_form.recognised(sheets):
        return "学校填报表 school form"
    return "县级填报表 county form" if county_form.recognised(sheets) else ""


def _unrecognised(file: File, sheets: list[workbook.Sheet]) -> Refusal:
    seen = next((header for sheet in sheets if (header := likely_header(sheet.rows))), None)
    return Refusal(
        "unknown_layout", file=file.relative_path,
        expected="统计报表（工作表名以报表编号开头）、学校填报表或县级填报表 / a statistics book (sheets named by form), a school form or a county form",
        found=f"表头 / headings {seen.shown}" if seen else "没有像表头的行 / no row that looks like a header",
        do_en="Deliver one of these, or the tidy file of docs/layouts.md; other labels are added in sources/declared/layouts.",
        do_zh="请报送上述表格或 docs/layouts.md 所述的 CSV；项目名称不同的，在 sources/declared/layouts 中登记。",
    )  # fmt: skip
