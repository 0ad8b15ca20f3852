"""What the sandbox's tests share: small counties made once, and a PostgreSQL."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from moved_sandbox import DAYS, FIRST, digests
from postgresql import postgresql_uri  # noqa: F401  (a fixture)
from recount_of_a_day import Recount

from sandbox.advance import advance_sandbox
from sandbox.fulfilment import EVERYTHING
from sandbox.make import make_sandbox
from written_files import STAGE_OF_GRADE, Register, full_time_teachers, items

AS_OF = date(2025, 9, 1)


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Path:
    """A county of 24 schools with few students."""
    folder = tmp_path_factory.mktemp("sandbox") / "small"
    make_sandbox(folder, schools=24, students=5_000, seed=3, as_of=AS_OF)
    return folder


@pytest.fixture(scope="session")
def usual(tmp_path_factory) -> Path:
    """The county as it comes by default."""
    folder = tmp_path_factory.mktemp("sandbox") / "usual"
    make_sandbox(folder)
    return folder


@pytest.fixture(scope="session")
def failing(tmp_path_factory) -> Path:
    """A county that meets none of its own indicators that can be asked for."""
    folder = tmp_path_factory.mktemp("sandbox") / "failing"
    make_sandbox(folder, schools=20, students=13_437, seed=2, as_of=AS_OF, fulfilling=())
    return folder


@pytest.fixture(scope="session")
def fulfilling(tmp_path_factory) -> Path:
    """A county that meets everything, part 1 included."""
    folder = tmp_path_factory.mktemp("sandbox") / "fulfilling"
    make_sandbox(folder, schools=20, students=9_000, seed=4, as_of=AS_OF, fulfilling=EVERYTHING)
    return folder


@pytest.fixture(scope="session")
def open_ends(tmp_path_factory) -> Path:
    """A county of a seed that leaves something of every kind open."""
    folder = tmp_path_factory.mktemp("sandbox") / "open"
    make_sandbox(folder, schools=20, students=9_000, seed=217, as_of=AS_OF)
    return folder


# ---- what is read back from the files (test_recount*.py)


@pytest.fixture(scope="module", params=["small", "usual", "failing"])
def county(request) -> Path:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def truth(county) -> dict[str, dict[tuple[str, str], Fraction]]:
    found: dict[str, dict] = defaultdict(dict)
    with (county / "truth" / "measure.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["measure_id"]][row["school_id"], row["stage"]] = Fraction(row["value"])
    return found


@pytest.fixture(scope="module")
def students(county) -> Counter:
    rows = items(county, "students")
    keys = [(row["学校标识码"], row["全国学籍号"]) for row in rows]
    assert keys == sorted(set(keys))
    return Counter((row["学校标识码"], STAGE_OF_GRADE[row["年级"]]) for row in rows if row["学籍状态"] == "在籍在读")


@pytest.fixture(scope="module")
def register(county) -> Register:
    return Register(county / "inbox" / "registry")


@pytest.fixture(scope="module")
def teachers(county, register):
    return full_time_teachers(county, register)


@pytest.fixture(scope="module")
def whole(county) -> dict[tuple[str, str, str], tuple[Fraction, str]]:
    """Value and status of every county-level indicator in the truth."""
    with (county / "truth" / "county_indicator.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = [(row["indicator_id"], row["component"], row["stage"]) for row in rows]
    assert keys == sorted(set(keys)) and {row["county_code"] for row in rows} == {"410183"}
    return {key: (Fraction(row["value"]) if row["value"] else None, row["status"]) for key, row in zip(keys, rows, strict=True)}


@pytest.fixture(scope="session", params=[(20, 3), (20, 8)], ids=lambda county: f"{county[0]}-schools-seed-{county[1]}")
def long_moved(request, tmp_path_factory) -> Path:
    """A county of 20 schools after 400 days, with the truths of days 100, 200 and 300 kept."""
    schools, seed = request.param
    folder = tmp_path_factory.mktemp("long") / "sandbox"
    make_sandbox(folder, schools=schools, seed=seed, as_of=FIRST)
    before = digests(folder / "inbox")
    advance_sandbox(folder, DAYS, every=100)
    (folder / "inbox_before.json").write_text(json.dumps(before), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def recount(long_moved) -> Recount:
    return Recount(long_moved, FIRST)
