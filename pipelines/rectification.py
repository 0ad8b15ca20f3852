"""The rectification ledger (整改台账) for people: reading it, and adding a note.

Here: the items of a release, and appending one row to the notes file in the inbox.
Not here: what opens and closes an item (dbt_project/models), reading the notes
(sources/evidence), and how it is printed (rectification_command.py).
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from pipelines.settings import Settings
from sources.evidence.tables import NOTES
from sources.free_text import scrubbed
from sources.refusal import Misconfigured
from warehouse.decisions import ITEM_NOTED, decide
from warehouse.layout import Layout

FILE = "notes.csv"
CLOSED = "closed"


def items(release: Path, *, only_open: bool = False, school_id: str = "", township: str = "") -> list[dict]:
    """Items of a release folder that match all that is given, by due date, school and rule.

    `only_open` leaves out what is closed; an item whose data went missing is not closed.
    """
    from pyarrow.parquet import ParquetFile  # not read_table: it imports pandas

    names = {row["school_id"]: row["school_name"] for row in ParquetFile(release / "school.parquet").read(["school_id", "school_name"]).to_pylist()}
    found = [
        {**row, "school_name": names.get(row["school_id"]) or ""}
        for row in ParquetFile(release / "rectification_ledger.parquet").read().to_pylist()
        if not (only_open and row["status"] == CLOSED)
        and school_id in ("", row["school_id"])
        and township in ("", row["township"])
    ]
    return sorted(found, key=lambda row: (row["due_on"] or date.max, row["school_id"], row["indicator_id"], row["component"], row["item_id"]))


def add_note(settings: Settings, item: dict, text: str, *, noted_on: date, noted_by: str = "") -> Path:
    """Append a note on an item to `evidence/notes.csv` in the inbox; returns the file.

    Rows are only ever added, and none of them changes what an item stands at; each stands in the
    log of decisions too. Long runs of
    digits are blotted out. Raises Misconfigured where there is no inbox or nothing is said.
    """
    if settings.inbox is None:
        raise Misconfigured("JUNHENG_INBOX is not set: notes are kept in its evidence folder. / 未设置 JUNHENG_INBOX。")
    if not text.strip():
        raise Misconfigured("--because must say something. / 请用 --because 写明备注内容。")
    path = settings.inbox / "evidence" / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    row = {
        "county_code": item["county_code"], "item_id": item["item_id"], "noted_on": noted_on.isoformat(),
        "noted_by": scrubbed(noted_by.strip()), "note": scrubbed(" ".join(text.split())),
    }  # fmt: skip
    is_new = not path.exists()
    # with a byte-order mark, so that a spreadsheet program shows Chinese as it is
    with path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [column.name for column in NOTES.columns])
        if is_new:
            writer.writeheader()
        writer.writerow(row)
    decide(Layout(settings.home), ITEM_NOTED, subject=item["item_id"], because=text, by=row["noted_by"] or settings.operator)
    return path
