"""Teachers, counted again by hand from the personnel database: 2.8, 2.9, 2.11 and 2.12."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from written_files import DAY, county_form, exact, percent


@pytest.fixture(scope="module", params=["small", "usual", "failing", "fulfilling"])
def county(request) -> Path:
    return request.getfixturevalue(request.param)


def table(county: Path, query: str) -> list[tuple]:
    database = sqlite3.connect(county / "systems" / "hr_payroll.sqlite")
    rows = database.execute(query).fetchall()
    database.close()
    return rows


def test_teacher_training_hours(county, teachers, whole):
    hours = defaultdict(Fraction)
    with sqlite3.connect(county / "systems" / "hr_payroll.sqlite") as database:
        since = dict(database.execute("select id_number, teaching_since from staff"))
        for person, year, amount in database.execute("select id_number, training_year, hours from training_hours"):
            if 2020 <= year <= 2024:
                hours[person] += exact(amount)
        years = {year for (year,) in database.execute("select distinct training_year from training_hours")}
    database.close()
    assert {2019, 2025} <= years, "no hours outside the window"

    def needed(person: str) -> int:
        # a year counts when it was served from January on
        return 72 * sum(since[person] <= f"{year}-01" for year in range(2020, 2025))

    judged = [person for person, (_, stage, _) in teachers.items() if stage != "senior"]
    trained = [person for person in judged if hours[person] >= needed(person)]
    assert whole["teacher_training_360h", "", "all"] == percent(len(trained), len(judged))
    assert any(hours[person] == needed(person) == 360 for person in judged)
    assert any(hours[person] == needed(person) and 0 < needed(person) < 360 for person in judged)
    assert any(needed(person) == 0 for person in judged)
    assert any(hours[person] < needed(person) for person, (_, stage, _) in teachers.items() if stage == "senior")
    if whole["teacher_training_360h", "", "all"][1] == "not_met":
        missing = {needed(person) - hours[person] for person in judged} - {0}
        assert max(missing) == Fraction(1, 2)


def test_teacher_certification(county, teachers, whole):
    good_for = {"小学": ("primary",), "初级中学": ("primary", "junior"), "高级中学": ("primary", "junior", "senior"), "幼儿园": ()}
    certified = set()
    with sqlite3.connect(county / "systems" / "hr_payroll.sqlite") as database:
        rows = database.execute("select id_number, certificate_kind from certificates").fetchall()
    database.close()
    for person, kind in rows:
        certified |= {(person, stage) for stage in good_for[kind]}
    judged = [(person, stage) for person, (_, stage, _) in teachers.items() if stage != "senior"]
    assert whole["teacher_certification", "", "all"] == percent(sum(one in certified for one in judged), len(judged))
    assert any(stage == "senior" and (person, stage) not in certified for person, (_, stage, _) in teachers.items())
    assert len({person for person, _ in rows}) < len(rows), "nobody has two certificates"

@pytest.fixture(scope="module")
def judged(teachers) -> dict[str, tuple[str, str]]:
    """School and stage of the full-time teachers of the compulsory stages."""
    return {person: (school, stage) for person, (school, stage, _) in teachers.items() if stage != "senior"}


def test_pay_beside_that_of_civil_servants(county, register, judged, whole):
    """A month of a person counts once, whoever pays; a cent decides."""
    private = {school for school, row in register.existing.items() if row["举办者"] == "民办"}
    counted = {person for person, (school, _) in judged.items() if school not in private}
    rows = [row for row in table(county, "select id_number, pay_month, gross_yuan from monthly_pay") if row[0] in counted]
    assert {month for _, month, _ in rows} == {f"2024-{month:02d}" for month in range(1, 13)}
    person_months = {(person, month) for person, month, _ in rows}
    assert len(person_months) < len(rows), "nobody is paid by two units in one month"
    average = sum(exact(gross) for *_, gross in rows) * 12 / len(person_months)
    assert average * 100 % 1 == 0
    civil = county_form(county)["all", "", "civil_servant_average_pay_yuan"]
    value = average / civil
    assert whole["teacher_pay_vs_civil_servants", "pay_ratio", "all"] == (value, "met" if average >= civil else "not_met")
    assert average >= civil or civil - average == Fraction(1, 100)


def test_rotation(county, judged, whole):
    """The school year that ended yesterday: who came by rotation, among those six years at one school and young enough."""
    moves = table(county, "select id_number, rotation_kind, from_unit_code, to_unit_code, started_on from rotations")
    real = [(person, day) for person, kind, home, there, day in moves if kind != "无" and home != there]
    rotated = {person for person, day in real if "2024-09-01" <= day <= "2025-08-31"} & judged.keys()
    lately = {person for person, day in real if "2018-09-01" < day < "2024-09-01"}
    eligible = set()
    for person, sex, born, since, joined in table(county, "select id_number, sex, birth_month, teaching_since, joined_on from staff"):
        assert joined is not None and joined >= f"{since}-01"
        stayed = since <= "2018-09" and person not in lately if person in rotated else joined <= "2018-09-01"
        if person in judged and stayed and born > {"女": "1974-09", "男": "1969-09"}[sex]:
            eligible.add(person)
    titles = table(county, "select id_number, level, awarded_on, valid_to from backbone_titles")
    backbone = {p for p, level, day, end in titles if level in ("国家级", "省级", "市级", "县级") and day <= DAY and (end is None or end >= DAY)}
    found = {"rotated_share": (len(rotated), len(eligible), 10), "backbone_share": (len(rotated & backbone), len(rotated), 20)}
    for component, (part, among, least) in found.items():
        value = Fraction(100 * part, among)
        assert whole["teacher_rotation", component, "all"] == (value, "met" if value >= least else "not_met")
    twice = rotated & lately
    assert not twice & eligible and (twice or len(rotated) < 5), "nobody has moved twice"
    assert len(real) < len(moves) and any(day < "2018-09-01" for _, day in real) and any(day > "2025-08-31" for _, day in real)

