"""Making the whole sandbox county in a folder.

Here: the order of writing and the summary. Not here: what any writer writes, and
nothing that serves it (serve.py).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.places import COUNTY_CODE

if TYPE_CHECKING:
    from sandbox.plan import County

DEFAULT_AS_OF = date(2025, 9, 1)
STUDENTS_PER_SCHOOL = 86_000 / 128
# Published on purpose: they open nothing but this made-up county.
TOKEN = "sandbox-student-status-token"
PSEUDONYM_KEY = "sandbox-pseudonym-key-for-made-up-persons-only"

INBOX, SYSTEMS, TRUTH, SUMMARY = "inbox", "systems", "truth", "sandbox.json"
STUDENT_STATUS_STORE = f"{SYSTEMS}/student_status.sqlite"
HR_DATABASE = f"{SYSTEMS}/hr_payroll.sqlite"


@dataclass(frozen=True)
class SandboxCounty:
    """What was made: counts of schools, rows of students in school and of staff, and where."""

    folder: Path
    county_code: str
    as_of_date: date
    seed: int
    schools: int
    students: int
    staff: int


def make_sandbox(
    folder: Path, *, schools: int = 128, students: int | None = None, seed: int = 1, as_of: date = DEFAULT_AS_OF,
    fulfilling: Collection[str] | None = None,
) -> SandboxCounty:  # fmt: skip
    """Write inbox, systems, truth and sandbox.json; the same arguments give the same bytes.

    `students` defaults to the usual number for that many schools (86,000 for 128).
    `fulfilling` names the county-level indicators that the county meets, the others
    of fulfilment.CAN_BE_ASKED are then not met (class sizes: as they fall); by
    default the seed decides.
    An earlier sandbox in `folder` is replaced; raises ValueError for a folder that
    holds anything else, for fewer than 12 schools, or for an indicator that
    cannot be asked for.
    """
    from sandbox import assets, declared, finance, register
    from sandbox.plan import make_plan

    if students is None:
        students = round(schools * STUDENTS_PER_SCHOOL)
    county = make_plan(schools, students, seed, as_of, fulfilling)
    folder = Path(folder)
    _clear(folder)
    inbox = folder / INBOX
    register.write_register(county, _made(inbox / "registry"))
    assets.write_assets(county, _made(inbox / "asset_register"))
    # a folder with the county's number, as a bureau of several counties keeps them
    finance.write_finance(county, _made(inbox / "finance_budget" / COUNTY_CODE))
    declared.write_declared(county, _made(inbox / "declared"))
    asked = {"schools": schools, "students": students, "fulfilling": None if fulfilling is None else sorted(fulfilling)}
    return write_day(county, folder, asked | {"first_day": as_of.isoformat()})


def write_day(county: County, folder: Path, asked: dict) -> SandboxCounty:
    """What speaks of the day alone: the stores of the systems, the truth, and last sandbox.json, which says what was asked."""
    from sandbox import hr_database, student_status_store

    (folder / SYSTEMS).mkdir(parents=True, exist_ok=True)
    for path in (folder / STUDENT_STATUS_STORE, folder / HR_DATABASE):
        path.unlink(missing_ok=True)
    student_status_store.write_store(county, folder / STUDENT_STATUS_STORE)
    staff = hr_database.load_sqlite(folder / HR_DATABASE, county)
    write_truths(county, folder / TRUTH)
    students = sum(sum(school.students.values()) for school in county.schools)
    made = SandboxCounty(folder, COUNTY_CODE, county.as_of, county.seed, len(county.schools), students, staff)
    _write_summary(made, asked)
    return made


def write_truths(county: County, folder: Path) -> None:
    """The files of the truth about the county's day."""
    from sandbox import county_truth
    from sandbox.truth import truth_of, write_truth

    write_truth(truth_of(county), folder)
    county_truth.write_county_truth(county_truth.county_truth_of(county), folder)


def planned(folder: Path) -> County:
    """The county of the sandbox in `folder` as it is on its day (to load it into another database)."""
    from sandbox.advance import county_on

    summary = read_summary(folder)
    return county_on(first_plan(summary), date.fromisoformat(summary["as_of_date"]))


def first_plan(summary: dict) -> County:
    """The plan of the first day of the sandbox with that summary."""
    from sandbox.plan import make_plan

    asked = summary["asked"]
    return make_plan(asked["schools"], asked["students"], summary["seed"], date.fromisoformat(asked["first_day"]), asked["fulfilling"])


def read_summary(folder: Path) -> dict:
    """sandbox.json; raises FileNotFoundError with what to do where there is no sandbox."""
    path = Path(folder) / SUMMARY
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no sandbox here; make one with `junheng sandbox make {folder}`")
    return json.loads(path.read_text(encoding="utf-8"))


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / SUMMARY).is_file():
        raise ValueError(f"{folder} is not empty and holds no sandbox: choose another folder / 目录非空且不是沙箱，请另选目录")
    for part in (INBOX, SYSTEMS, TRUTH):
        shutil.rmtree(folder / part, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _write_summary(made: SandboxCounty, asked: dict) -> None:
    summary = asdict(made) | {"as_of_date": made.as_of_date.isoformat()}
    del summary["folder"]
    summary |= {"asked": asked, "student_status_token": TOKEN, "pseudonym_key": PSEUDONYM_KEY}
    (made.folder / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
