"""Refusals: what goes back to a sender, as a workbook.

Here: gathering what is still open, and writing it so that no cell can run as a formula.
Not here: why a row or file was stopped (expectations/, dbt_project/); values of cells,
which stand nowhere outside the sender's own file.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sources.register import source as source_named
from warehouse.delivery_record import LANDED, REFUSED, DeliveryRecord
from warehouse.holding import is_waiting
from warehouse.layout import Layout
from warehouse.ledger import Ledger

HEADINGS = (
    "数据源 source", "数据表 table", "文件 file", "工作表 sheet", "行 row", "列 column", "处理 outcome", "规则 rule",
    "说明", "message", "请这样处理", "what to do",
)  # fmt: skip
WIDTHS = (16, 16, 36, 14, 8, 22, 12, 20, 48, 48, 36, 36)
LEADS = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet program may take for a formula
TO_DO = {
    "quarantined": (
        "更正这一行后，以原文件名重新报送整份文件。",
        "Correct the row and send the whole file again under its name; for a system, correct it there.",
    ),
    "refused": ("整份文件未采用，上一份继续使用。请按说明更正后重新报送。", "Nothing of the file is used; the last good one stays. Correct it as said and send it again."),
    "held": ("请核实。如属实，请书面说明，由数据管理单位放行；否则请更正后重新报送。", "Check it. If it is true, say so to the office that keeps the data, which releases it; else send it again."),
}


@dataclass(frozen=True)
class Fault:
    """One thing to correct; the fields are the columns of the workbook, `row` is None where it is not one row."""

    source: str
    table: str
    file: str
    sheet: str
    row: int | None
    column: str
    outcome: str
    rule: str
    message_zh: str
    message_en: str
    do_zh: str
    do_en: str


def open_faults(layout: Layout, *, school_id: str = "", source: str = "") -> list[Fault]:
    """Refused and held deliveries that nothing has followed, then open quarantined rows of the current release.

    Of a school: rows that name it by any code of the register, and files that are its own
    or carry its code in their name.
    """
    records = Ledger(layout).find(source or None)
    codes = _codes_of(school_id, layout) if school_id else set()
    stopped = [
        _of_delivery(record)
        for record in records
        if _stands(record, records) and (not school_id or record.unit in codes or any(code in record.origin for code in codes))
    ]
    return stopped + _of_rows(layout, source, codes)


def _stands(record: DeliveryRecord, records: list[DeliveryRecord]) -> bool:
    """Whether a refused or held delivery is still the last word of its file or system."""
    if record.outcome == REFUSED:
        return not any(
            other.outcome == LANDED and other.source == record.source and other.origin == record.origin and other.ordered_at >= record.ordered_at
            for other in records
        )
    return is_waiting(record)


def _of_delivery(record: DeliveryRecord) -> Fault:
    return Fault(
        record.source, record.table_name, record.origin, "", None, "", record.outcome, record.rule or "",
        record.message_zh or "", record.message_en or "", *TO_DO[record.outcome],
    )  # fmt: skip


def _of_rows(layout: Layout, source: str, codes: set[str]) -> list[Fault]:
    path = layout.current / "quarantine.parquet"
    if not path.exists():
        return []
    rows = pq.ParquetFile(path).read()
    rows = rows.filter(pc.equal(rows["status"], "open"))
    if source:
        rows = rows.filter(pc.equal(rows["source"], source))
    told = rows.to_pylist()
    if codes:
        of_school = _rows_of(codes, rows, layout)
        told = [row for row in told if (row["delivery_id"], row["position"]) in of_school]
    return [
        Fault(
            row["source"], row["table_name"], row["origin"] or "", row["sheet"] or "", row["row_number"],
            _columns(row["source"], row["table_name"], row["column_name"]), "quarantined", row["rule"],
            row["message_zh"] or "", row["message_en"] or "", *TO_DO["quarantined"],
        )
        for row in sorted(told, key=lambda row: (row["source"], row["table_name"], row["origin"] or "", row["sheet"] or "", row["row_number"] or 0, row["column_name"]))
    ]  # fmt: skip


def _columns(source: str, table: str, names: str) -> str:
    """The columns at fault as senders know them, with our names beside."""
    declared = {column.name: column.label_zh for column in source_named(source).table(table).columns}
    return ", ".join(f"{declared[name]} {name}" if name in declared else name for name in names.split(",") if name)


def _rows_of(codes: set[str], rows: pa.Table, layout: Layout) -> set[tuple[str, int]]:
    """Which of these (delivery, position) are rows of the school: their own unit column says so."""
    found = set()
    for about in rows.group_by(["source", "table_name", "delivery_id"]).aggregate([("position", "distinct")]).to_pylist():
        unit = source_named(about["source"]).table(about["table_name"]).unit_column
        raw = layout.raw_file(about["source"], about["table_name"], about["delivery_id"])
        if unit is None or not raw.exists():
            continue
        landed = pq.ParquetFile(raw).read(columns=[unit, "_position"])
        here = pc.and_(pc.is_in(landed[unit], pa.array(sorted(codes))), pc.is_in(landed["_position"], pa.array(about["position_distinct"])))
        found |= {(about["delivery_id"], place) for place in landed.filter(here)["_position"].to_pylist()}
    return found


def _codes_of(school_id: str, layout: Layout) -> set[str]:
    """The school's code and those that the register knows it by in other systems."""
    codes = {school_id}
    for record in Ledger(layout).find("registry", "schools", outcome=LANDED):
        names = ["school_id", "credit_code", "budget_unit_code"]
        listed = pq.ParquetFile(layout.raw_file("registry", "schools", record.delivery_id)).read(columns=names)
        for row in listed.filter(pc.fill_null(pc.equal(listed["school_id"], school_id), False)).to_pylist():
            codes |= {code for code in row.values() if code}
    return codes


def default_path(layout: Layout, school_id: str, source: str) -> Path:
    name = "_".join(filter(None, ["refusals", source, "".join(filter(str.isalnum, school_id))]))
    return layout.home / "refusals" / f"{name}.xlsx"


def write_workbook(faults: list[Fault], path: Path) -> Path:
    """Write the faults as one sheet, replacing what is at `path`."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        sheet = workbook.add_worksheet("退回清单")
        bold, wrapped = workbook.add_format({"bold": True}), workbook.add_format({"text_wrap": True, "valign": "top"})
        for place, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, heading, bold)
        for line, fault in enumerate(faults, start=1):
            for place, value in enumerate(astuple(fault)):
                if isinstance(value, int):
                    sheet.write_number(line, place, value, wrapped)
                elif value:
                    sheet.write_string(line, place, neutral(value), wrapped)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(faults), 1), len(HEADINGS) - 1)
    return path


def neutral(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet program could take for a formula."""
    return f"'{text}" if text.startswith(LEADS) else text
