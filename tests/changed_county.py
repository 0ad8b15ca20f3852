"""Single changes in a made-up county, as its offices would make them.

Here: one corrected workbook, one class, one pupil, one post. Not here: what follows from them.
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
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
    """One class more on the list of a school, and nobody in it; returns the name of the table."""
    with closing(sqlite3.connect(sandbox / STUDENT_STATUS_STORE)) as store, store:
        key, body = store.execute("select key, body from classes order by key limit 1").fetchone()
        number = "199"
        more = json.dumps(json.loads(body) | {"班号": number, "班级名称": "一年级（99）班"}, ensure_ascii=False)
        store.execute("insert into classes (key, body, updated) values (?, ?, ?)", (f"{key.partition('|')[0]}|{number}", more, int(time.time())))
    return "classes"


def take_a_pupil_away(sandbox: Path) -> None:
    """The last pupil of the roll leaves; the system tells that the row is gone."""
    with closing(sqlite3.connect(sandbox / STUDENT_STATUS_STORE)) as store, store:
        key, body = store.execute("select key, body from students order by key desc limit 1").fetchone()
        moment = int(time.time())
        told = {name: value for name, value in json.loads(body).items() if name in ("county_code", "学校标识码", "全国学籍号")}
        told |= {"updated_at": datetime.fromtimestamp(moment, UTC).isoformat(), "is_deleted": True}
        store.execute("delete from students where key = ?", (key,))
        store.execute("insert into students_gone values (?, ?, ?)", (key, moment, json.dumps(told, ensure_ascii=False)))


def change_a_post(sandbox: Path) -> str:
    """One teacher's post is now a worker's; returns the name of the table. The kind of post is part of its key: the old one
    is told as gone, the new one bears the stamp of its database."""
    of_one = (
        "id_number = (select min(id_number) from posts join staff using (id_number) "
        "where post_category = '专业技术-教师' and person_status = '在岗' and ended_on is null)"
    )
    with closing(sqlite3.connect(sandbox / HR_DATABASE)) as database, database:
        now = "datetime('now', 'localtime')"
        key = "county_code, id_number, post_category, started_on"
        database.execute(f"insert into deletions (table_name, deleted_at, {key}) select 'posts', {now}, {key} from posts where {of_one}")
        database.execute(f"update posts set post_category = '工勤技能', professional_rank = '未定职级', updated_at = {now} where {of_one}")
    return "posts"
