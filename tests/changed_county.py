"""Single changes in a made-up county, as its offices would make them.

Here: one corrected workbook, one class, one post. Not here: what follows from them.
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from openpyxl import load_workbook
from sandbox.make import HR_DATABASE, STUDENT_STATUS_STORE


def with_more_spent(workbook: Path, corrected: Path) -> Path:
    """The budget table with 10 万元 more for the projects of its first unit, and its totals with it."""
    book = load_workbook(workbook)
    sheet = book.active
    for row in (5, 6, sheet.max_row):
        for cell in (sheet.cell(row, 5), sheet.cell(row, 9)):
            cell.value = f"{float(cell.value.replace(',', '')) + 10:,.2f}"
    book.save(corrected)
    return corrected


def change_a_class(sandbox: Path) -> str:
    """One class is now one of a teaching point; returns the name of the table."""
    with closing(sqlite3.connect(sandbox / STUDENT_STATUS_STORE)) as store, store:
        key, body = store.execute("select key, body from classes order by key limit 1").fetchone()
        changed = json.dumps(json.loads(body) | {"教学点标志": "是"}, ensure_ascii=False)
        store.execute("update classes set body = ?, updated = ? where key = ?", (changed, int(time.time()), key))
    return "classes"


def change_a_post(sandbox: Path) -> str:
    """One teacher's post is now a worker's; returns the name of the table. A database that stamps its rows stamps this one."""
    with closing(sqlite3.connect(sandbox / HR_DATABASE)) as database, database:
        columns = {column[1] for column in database.execute("pragma table_info(posts)")}
        stamp = ", updated_at = datetime('now', 'localtime')" if "updated_at" in columns else ""
        database.execute(
            f"update posts set post_category = '工勤技能', professional_rank = '未定职级'{stamp} where id_number = "
            "(select min(id_number) from posts where post_category = '专业技术-教师')"
        )
    return "posts"
