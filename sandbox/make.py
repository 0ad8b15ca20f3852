"""Making the whole sandbox county in a folder.

Here: the order of writing and the summary. Not here: what any writer writes, and
nothing that serves it (serve.py).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
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
class Order:
    """A county to be made.

    `students` defaults to the usual number for that many schools (86,000 for 128).
    `fulfilling`: ids of fulfilment.EVERYTHING that the county meets, the others it
    does not; None lets the seed decide. `without`: sources that have nothing of it.
    `files_only`: it has no systems, rolls and personnel lie in the inbox as exports.
    `dirt`: rates of the kinds of fault to be planted, by name (sandbox/dirt); none leaves it clean.
    """

    county_code: str = COUNTY_CODE
    schools: int = 128
    students: int | None = None
    seed: int = 1
    fulfilling: Collection[str] | None = None
    without: Collection[str] = ()
    files_only: bool = False
    dirt: Mapping[str, float] = field(default_factory=dict)

    @property
    def students_asked(self) -> int:
        return round(self.schools * STUDENTS_PER_SCHOOL) if self.students is None else self.students


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
    fulfilling: Collection[str] | None = None, county_code: str = COUNTY_CODE, files_only: bool = False,
    dirt: Mapping[str, float] | None = None,
) -> SandboxCounty:  # fmt: skip
    """Write inbox, systems, truth and sandbox.json of one county; the same arguments give the same bytes.

    The arguments are those of Order. An earlier sandbox in `folder` is replaced; raises
    ValueError for a folder that holds anything else, for fewer than 12 schools, or for
    an indicator that cannot be asked for.
    """
    order = Order(county_code, schools, students, seed, fulfilling, files_only=files_only, dirt=dirt or {})
    (made,) = make_counties(folder, [order], as_of=as_of)
    return made


def make_counties(folder: Path, orders: Sequence[Order], *, as_of: date = DEFAULT_AS_OF) -> list[SandboxCounty]:
    """Several counties in one sandbox: one service and one database hold them all, the inbox has a folder for each.

    Raises as make_sandbox does, and ValueError where two have one code.
    """
    if len({order.county_code for order in orders}) < len(orders):
        raise ValueError("every county needs its own code / 每个县须有各自的区划代码")
    if len(orders) > 1 and any(order.dirt for order in orders):
        raise ValueError("faults are planted in a county that stands alone / 只能在单独一个县中埋设差错")
    counties = [first_plan(order, as_of) for order in orders]
    folder = Path(folder)
    _clear(folder)
    for county, order in zip(counties, orders, strict=True):
        _write_inbox(county, folder / INBOX, order, is_alone=len(orders) == 1)
    write_truths(counties, folder / TRUTH)
    made = write_day(counties, orders, folder, first_day=as_of)
    if any(order.dirt for order in orders):
        from sandbox.dirt.plant import plant

        (county,), (order,) = counties, orders
        plant(folder, county, order.dirt, order.seed, has_systems=not order.files_only)
    return made


def write_truths(counties: Sequence[County], folder: Path) -> None:
    """The truth about the day of the counties, over whatever truth stands in `folder`."""
    from sandbox import county_truth, finance_truth, monitor_truth
    from sandbox.truth import truth_of, write_truth

    for path in folder.glob("*.csv"):
        path.unlink()
    for county in counties:
        truth = truth_of(county)
        write_truth(truth, folder)
        county_truth.write_county_truth(county, county_truth.county_truth_of(county, truth), folder)
        monitor_truth.write_monitor_truth(county, monitor_truth.monitor_rows(county, truth), folder)
        finance_truth.write_finance_truth(county, folder)


def write_day(
    counties: Sequence[County], orders: Sequence[Order], folder: Path, *, first_day: date, earlier_rolls: Sequence[date] = ()
) -> list[SandboxCounty]:
    """The systems as they are on the day of the counties, or their exports, and last sandbox.json, from which they can be made again.

    `earlier_rolls`: of each year before this one the last day that the sandbox stood on.
    """
    from sandbox import hr_database, hr_files, student_status_files, student_status_store

    def known_to(source: str, *, files_only: bool = False) -> list[County]:
        chosen = zip(counties, orders, strict=True)
        return [county for county, order in chosen if source not in order.without and order.files_only == files_only]

    def exports(source: str, county: County) -> Path:
        return drop_folder(folder / INBOX, source, county, is_alone=len(orders) == 1)

    for path in (folder / STUDENT_STATUS_STORE, folder / HR_DATABASE):
        path.unlink(missing_ok=True)
    staff_of: dict[str, int] = {}
    if not all(order.files_only for order in orders):
        (folder / SYSTEMS).mkdir(parents=True, exist_ok=True)
        student_status_store.write_store(known_to("student_status"), folder / STUDENT_STATUS_STORE)
        staff = hr_database.load_sqlite(folder / HR_DATABASE, known_to("hr_payroll"))
        staff_of |= zip([county.code for county in known_to("hr_payroll")], staff, strict=True)
    for county in known_to("student_status", files_only=True):
        student_status_files.write_student_status(county, exports("student_status", county))
    for county in known_to("hr_payroll", files_only=True):
        staff_of[county.code] = hr_files.write_hr(county, exports("hr_payroll", county))
    made = [
        SandboxCounty(
            folder, county.code, county.as_of, county.seed, len(county.schools),
            sum(sum(s.students.values()) for s in county.schools), staff_of.get(county.code, 0),
        )
        for county in counties
    ]  # fmt: skip
    _write_summary(made, orders, first_day, earlier_rolls)
    return made


def first_plan(order: Order, as_of: date) -> County:
    """The county of that order on its first day."""
    from sandbox.plan import make_plan

    return make_plan(order.schools, order.students_asked, order.seed, as_of, order.fulfilling, order.county_code)


def _write_inbox(county: County, inbox: Path, order: Order, *, is_alone: bool) -> None:
    """The files of every source that the county has."""
    from sandbox import assets, declared, evidence_files, finance, inspections, monitoring, placements, register, survey

    writers = (
        ("registry", register.write_register), ("asset_register", assets.write_assets), ("finance_budget", finance.write_finance),
        ("finance_budget", finance.write_last_year),
        ("declared", partial(declared.write_declared, files_only=order.files_only)), ("evidence", evidence_files.write_evidence), ("evidence", inspections.write_inspections),
        ("survey", survey.write_surveys), ("monitoring", monitoring.write_monitoring), ("special_education", placements.write_placements),
    )  # fmt: skip
    for source, write in writers:
        if source not in order.without:
            write(county, drop_folder(inbox, source, county, is_alone=is_alone))


def drop_folder(inbox: Path, source: str, county: County, *, is_alone: bool) -> Path:
    """Where the county's files of a source lie; a bureau of several counties keeps a folder with each one's number, for budgets always."""
    folder = inbox / source if is_alone and source != "finance_budget" else inbox / source / county.code
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def planned(folder: Path) -> County:
    """The one county of the sandbox in `folder` on its day (to load it into another database)."""
    from sandbox.advance import county_on

    summary = read_summary(folder)
    (order,) = orders_of(summary)
    return county_on(first_plan(order, date.fromisoformat(summary["first_day"])), date.fromisoformat(summary["as_of_date"]))


def orders_of(summary: dict) -> list[Order]:
    """What was asked for, as sandbox.json tells it; raises ValueError where an earlier version made it and did not say."""
    if "earlier_rolls" not in summary:
        raise ValueError("an earlier version made this sandbox: make it again / 此模拟县由旧版本生成，请重新生成")
    return [Order(**county) for county in summary["counties"]]


def read_summary(folder: Path) -> dict:
    """sandbox.json; raises FileNotFoundError with what to do where there is no sandbox."""
    path = Path(folder) / SUMMARY
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no sandbox here; make one with `junheng sandbox make {folder}`")
    return json.loads(path.read_text(encoding="utf-8"))


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / SUMMARY).is_file():
        raise ValueError(f"{folder} is not empty and holds no sandbox: choose another folder / 目录非空且不是沙箱，请另选目录")
    for part in (INBOX, SYSTEMS, TRUTH):
        shutil.rmtree(folder / part, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _write_summary(made: Sequence[SandboxCounty], orders: Sequence[Order], first_day: date, earlier_rolls: Sequence[date]) -> None:
    """The first county at the top, as where there is one alone; counts of all; each order, so that its plan can be made again."""
    first = made[0]
    summary: dict[str, object] = asdict(first) | {"as_of_date": first.as_of_date.isoformat(), "first_day": first_day.isoformat()}
    del summary["folder"]
    summary["earlier_rolls"] = [day.isoformat() for day in earlier_rolls]
    summary |= {name: sum(getattr(county, name) for county in made) for name in ("schools", "students", "staff")}
    summary["counties"] = [
        asdict(order) | {"fulfilling": None if order.fulfilling is None else sorted(order.fulfilling), "without": sorted(order.without)}
        for order in orders
    ]
    summary |= {"student_status_token": TOKEN, "pseudonym_key": PSEUDONYM_KEY}
    (first.folder / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
