"""Arrivals in a made-up county, drawn at random: new, corrected, late, repeated, bad, out of order.

Here: `Arriving`, which lets one thing arrive after another in the inbox and in the systems, and keeps
beside it the inbox as it would be if only what must be accepted had ever come, each file as it was
accepted last. Not here: running anything, and what must come of it (the tests).

Files carry times of change of their own making, a minute apart and long past, because they order
deliveries; a file that is out of order carries a time between two earlier ones.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sandbox.make import HR_DATABASE, INBOX, STUDENT_STATUS_STORE, make_sandbox

AS_OF = date(2025, 9, 1)
BEGAN = datetime(2025, 9, 2, 8).timestamp()
HEADER = ("as_of_date", "county_code", "township", "school_id", "school_name", "school_type", "stage", "measure_id", "value")
FILED = ("books", "computers", "multimedia_classrooms", "equipment_value_yuan", "zoned_students")
CARDS = "asset_register/资产卡片_模拟数据_2025-08-31.csv"


@dataclass
class Filed:
    """A file that a school filed: its day, its rows without the day, and its time of change."""

    name: str
    day: date
    rows: list[dict[str, str]]
    moment: float


@dataclass
class Arriving:
    """`told`: what arrived so far, for a failing test to show."""

    folder: Path
    seed: int
    told: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.draw = random.Random(self.seed)
        self.sandbox, self.accepted = self.folder / "sandbox", self.folder / "accepted"
        make_sandbox(self.sandbox, schools=12, students=1500, seed=self.seed, as_of=AS_OF)
        self.inbox = self.sandbox / INBOX
        for path in self.inbox.rglob("*"):
            os.utime(path, (BEGAN, BEGAN))
        shutil.copytree(self.inbox, self.accepted)
        with (self.inbox / "declared" / "填报数据_模拟数据.csv").open(encoding="utf-8", newline="") as stream:
            self.known = [row for row in csv.DictReader(stream) if row["measure_id"] in FILED and row["value"]]
        self.filed: list[Filed] = []
        self.number, self.newest = 0, AS_OF

    @property
    def kinds(self) -> dict[str, Callable[[], None]]:
        always = {"new": self.new, "late": self.late, "bad file": self.bad_file, "bad row": self.bad_row, "card": self.card, "pupil": self.pupil, "post": self.post}
        if not self.filed:
            return always
        return always | {
            "corrected": self.corrected, "repeated": self.repeated, "sent back": self.sent_back, "out of order": self.out_of_order,
            "corrected badly": self.corrected_badly,
        }  # fmt: skip

    def arrive(self, kind: str = "") -> str:
        """Let one thing arrive; returns its kind."""
        self.number += 1
        kind = kind or self.draw.choice(sorted(self.kinds))
        self.told.append(f"{self.number}: {kind}")
        self.kinds[kind]()
        return kind

    # files ----------------------------------------------------------------------
    def new(self) -> None:
        """A school files anew, now and then for a later day than anything before."""
        self.newest += timedelta(days=self.draw.random() < 0.2)
        self._file(self.newest)

    def late(self) -> None:
        self._file(AS_OF - timedelta(days=self.draw.randint(1, 60)))

    def corrected(self) -> None:
        filed = self.draw.choice(self.filed)
        filed.rows, filed.moment = self._other_values(filed.rows), self._now()
        self._write(filed)

    def repeated(self) -> None:
        """The same bytes under another name."""
        filed = self.draw.choice(self.filed)
        self._write(Filed(f"{filed.name}_副本{self.number}", filed.day, filed.rows, self._now()))

    def sent_back(self) -> None:
        """The same file again, unchanged, under its name."""
        filed = self.draw.choice(self.filed)
        filed.moment = self._now()
        self._write(filed)

    def out_of_order(self) -> None:
        """What a school wrote before a file that is here already, and sent after it."""
        filed = self.draw.choice(self.filed)
        earlier = Filed(f"迟到{self.number}", filed.day, self._other_values(filed.rows), filed.moment - 30)
        self._write(earlier)

    def bad_file(self) -> None:
        content = self.draw.choice([b"PK\x03\x04 half a workbook", b"a,b\n1,2\n", "学校,数值\n".encode("utf-16")])
        ending = ".xlsx" if content.startswith(b"PK") else ".csv"
        self._put(self.inbox, f"declared/坏{self.number}{ending}", content, self._now())

    def corrected_badly(self) -> None:
        """A file takes the place of one that was accepted, and is refused: the accepted one stays in use."""
        filed = self.draw.choice(self.filed)
        content = _tidy(filed.day, filed.rows).replace("measure_id", f"指标{self.number}", 1).encode()
        self._put(self.inbox, f"declared/{filed.name}.csv", content, self._now())

    def bad_row(self) -> None:
        """One row of two is quarantined."""
        rows = self._some(2)
        rows[-1] = rows[-1] | {"value": "-7"}
        self._write(Filed(f"坏行{self.number}", self.newest, rows, self._now()))

    def card(self) -> None:
        """One card of the county's book is corrected, in the file itself."""
        lines = (self.inbox / CARDS).read_text(encoding="gb18030").split("\n")
        place = self.draw.randrange(1, len(lines) - 1)
        (cells,) = csv.reader([lines[place].rstrip("\r")])
        value = lines[0].rstrip("\r").split(",").index("价值")
        cells[value] = str(Decimal(cells[value].replace(",", "")) + self.number)
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(cells)
        lines[place] = line.getvalue() + ("\r" if lines[place].endswith("\r") else "")
        for inbox, moment in zip((self.inbox, self.accepted), [self._now()] * 2, strict=True):
            self._put(inbox, CARDS, "\n".join(lines).encode("gb18030"), moment)

    # systems --------------------------------------------------------------------
    def pupil(self) -> None:
        """A pupil leaves: stays on the roll as gone, or is deleted with a trace."""
        with closing(sqlite3.connect(self.sandbox / STUDENT_STATUS_STORE)) as store, store:
            (newest,) = store.execute("select max(updated) from (select updated from students union all select updated from students_gone)").fetchone()
            keys = [key for (key,) in store.execute("select key from students where body like '%在籍在读%' order by key")]
            key, moment = self.draw.choice(keys), newest + 60
            (body,) = store.execute("select body from students where key = ?", (key,)).fetchone()
            stamped = {"updated_at": datetime.fromtimestamp(moment).astimezone().isoformat()}
            if self.draw.random() < 0.5:
                item = json.loads(body) | stamped | {"学籍状态": "转出"}
                store.execute("update students set body = ?, updated = ? where key = ?", (json.dumps(item, ensure_ascii=False), moment, key))
            else:
                kept = {name: value for name, value in json.loads(body).items() if name in ("county_code", "学校标识码", "全国学籍号")}
                store.execute("delete from students where key = ?", (key,))
                item = json.dumps(kept | stamped | {"is_deleted": True}, ensure_ascii=False)
                store.execute("insert or replace into students_gone values (?, ?, ?)", (key, moment, item))

    def post(self) -> None:
        """A teacher's post ended last month."""
        with closing(sqlite3.connect(self.sandbox / HR_DATABASE)) as database, database:
            (newest,) = database.execute("select max(updated_at) from posts").fetchone()
            moment = (datetime.fromisoformat(newest) + timedelta(minutes=1)).isoformat(sep=newest[10])
            open_posts = [row for (row,) in database.execute("select rowid from posts where ended_on is null and post_category = '专业技术-教师' order by rowid")]
            database.execute("update posts set ended_on = '2025-08-01', updated_at = ? where rowid = ?", (moment, self.draw.choice(open_posts)))

    # ------------------------------------------------------------------------------
    def _now(self) -> float:
        return BEGAN + 60 * self.number

    def _some(self, count: int) -> list[dict[str, str]]:
        (school,) = self.draw.sample(sorted({row["school_id"] for row in self.known}), 1)
        rows = [row for row in self.known if row["school_id"] == school]
        return self._other_values(self.draw.sample(rows, min(count, len(rows))))

    def _other_values(self, rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [row | {"value": str(max(1, round(float(row["value"])) + self.draw.randint(1, 9)))} for row in rows]

    def _file(self, day: date) -> None:
        filed = Filed(f"校报{self.number}", day, self._some(self.draw.randint(1, 4)), self._now())
        self.filed.append(filed)
        self._write(filed)

    def _write(self, filed: Filed) -> None:
        for inbox in (self.inbox, self.accepted):
            self._put(inbox, f"declared/{filed.name}.csv", _tidy(filed.day, filed.rows).encode(), filed.moment)

    @staticmethod
    def _put(inbox: Path, name: str, content: bytes, moment: float) -> None:
        path = inbox / name
        path.write_bytes(content)
        os.utime(path, (moment, moment))


def _tidy(day: date, rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row | {"as_of_date": str(day)} for row in rows)
    return text.getvalue()
