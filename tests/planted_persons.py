"""Who stands in the files and stores of a made-up county: names, numbers, telephones, addresses.

Here: every such text that a sender has, read from the stores of the systems and the files of an
inbox by the headings that name a person. Not here: looking for them (leaks.py).
"""

from __future__ import annotations

import contextlib
import csv
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import openpyxl

# Headings and keys under which something about a person stands, whatever goes before or after: 成员1联系电话, 身份证件号码.
_PERSONAL = re.compile(
    r"^(?!学校|单位|校区|班级)(姓名|曾用名|.*成员\d姓名)$|身份证件号|身份证号|学籍号|学籍辅号|联系电话|手机号|办公电话|住址|地址|电子信箱|"
    r"校长|负责人|班主任|使用人|^IP$|监护人姓名|个人标识码|银行卡|账号|^(id_number|name|phone|home_address)$"
)  # fmt: skip
_OF_NO_PERSON = re.compile(r"(学校|校区)地址|人数")
_LEAST = 2
_OF_PERSONS = ("student_status", "hr_payroll", "special_education", "asset_register", "survey")
# What stands in every row of an export; ten milliards are a number in the models too.
_NOBODY = {"10000000000", "10000000001"}


def planted_in(sandbox: Path) -> set[str]:
    """All texts about persons in a sandbox."""
    found = set(_of_store(sandbox / "systems" / "student_status.sqlite")) | set(_of_database(sandbox / "systems" / "hr_payroll.sqlite"))
    return found | planted_in_files(sandbox / "inbox")


def planted_in_files(inbox: Path) -> set[str]:
    found: set[str] = set()
    for path in (path for source in _OF_PERSONS for path in sorted((inbox / source).rglob("*"))):
        if path.suffix == ".xlsx":
            with contextlib.suppress(zipfile.BadZipFile, KeyError):  # spoilt: what it holds stands in a sound file too
                for sheet in openpyxl.load_workbook(path, read_only=True):
                    found |= set(_of_rows(sheet.iter_rows(values_only=True)))
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8-sig" if _is_utf8(path) else "gb18030", errors="replace", newline="") as stream:
                found |= set(_of_rows(csv.reader(stream)))
    return found


def _is_utf8(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _of_rows(rows: Iterable[tuple]) -> Iterator[str]:
    """Cells below a heading that names a person, from whatever row is a header."""
    places: list[int] = []
    for row in rows:
        headings = [place for place, cell in enumerate(row) if isinstance(cell, str) and is_personal(cell.strip(" *"))]
        if headings and not places:
            places = headings
            continue
        for place in places:
            if place < len(row) and row[place] is not None and _is_telling(text := str(row[place]).strip()):
                yield from _spellings(text)


def is_personal(heading: str) -> bool:
    return bool(_PERSONAL.search(heading)) and not _OF_NO_PERSON.search(heading)


def _is_telling(text: str) -> bool:
    return len(text) >= _LEAST and text not in _NOBODY


def _spellings(text: str) -> Iterator[str]:
    """The text, and the identity number within a student number."""
    yield text
    if re.fullmatch(r"[GJL]\d{17}[\dX]", text):
        yield text[1:]


def _of_store(path: Path) -> Iterator[str]:
    """The student-status system: items as JSON."""
    if not path.exists():
        return
    store = sqlite3.connect(path)
    for (table,) in store.execute("select name from sqlite_master where type = 'table' and sql like '%body%'").fetchall():
        for (body,) in store.execute(f"select body from {table}"):
            for key, value in json.loads(body).items():
                if is_personal(key) and isinstance(value, str) and _is_telling(value):
                    yield from _spellings(value)
    store.close()


def _of_database(path: Path) -> Iterator[str]:
    """The personnel database: columns of every table."""
    if not path.exists():
        return
    database = sqlite3.connect(path)
    for (table,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
        columns = [row[1] for row in database.execute(f"pragma table_info({table})") if is_personal(row[1])]
        for column in columns:
            for (value,) in database.execute(f"select distinct {column} from {table} where {column} is not null"):
                if _is_telling(str(value)):
                    yield str(value)
    database.close()
