"""Money of the county: teachers' pay against civil servants' (2.8), and one funding standard for town and country (2.2).

As-of date 2025-09-01: pay of 2024; the baselines of fiscal year 2025 are 720 (primary) and 940 yuan (junior).
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from dbt_project.fractions_of import close
from dbt_project.world import Person, World, county_figure, registered, school_id

A, B = school_id(1), school_id(2)
JUNIOR = (("2025-2026-1", "初中", "语文", "12"),)
SENIOR = (("2025-2026-1", "高中", "语文", "12"),)
YEAR = tuple(f"2024-{month:02d}" for month in range(1, 13))
CIVIL = "civil_servant_average_pay_yuan"


def pay(number: int, amounts: dict[str, str], unit: str = "201001") -> list[dict]:
    return [
        {"person_key": f"person-{number}", "pay_month": month, "budget_unit_code": unit, "gross_yuan": amount}
        for month, amount in amounts.items()
    ]


def full_year(number: int, amount: str) -> list[dict]:
    return pay(number, dict.fromkeys(YEAR, amount))


def money_world() -> World:
    world = World()

    def county(code: str, persons: list[Person], rows: list[dict] | None, *figures: dict, is_registered: bool = True) -> None:
        if is_registered:
            registered(world, code, (A, "312", "111", "县级教育部门"), (B, "211", "111", "民办"))
        world.pull_roll(code, {A: ("312", {"primary": [5], "junior": [5]}), B: ("211", {"primary": [5]})})
        world.pull_staff(code, persons, units=(A, B))
        if rows is not None:
            world.deliver("hr_payroll", "monthly_pay", rows, county=code)
        if figures:
            world.deliver("declared", "county_measures", list(figures), county=code)

    one = [Person(A)]
    county("330001", one, full_year(0, "5000"), county_figure(CIVIL, 60_000))
    county("330002", one, [*full_year(0, "5000")[:-1], *pay(0, {"2024-12": "4999.99"})], county_figure(CIVIL, 60_000))
    county("330003", one, full_year(0, "5000")[:-1], county_figure(CIVIL, 1))  # December is missing
    county("330004", one, full_year(0, "5000"))  # nobody files what civil servants earn
    # private, senior, substitute and unknown persons are left out; other years too
    county(
        "330005",
        [Person(A), Person(A, courses=JUNIOR), Person(B), Person(A, courses=SENIOR), Person(A, employment="代课")],
        [
            *full_year(0, "5000"), *full_year(1, "6000"), *(row for n in (2, 3, 4, 9) for row in full_year(n, "90000")),
            *pay(0, {"2023-12": "90000", "2025-01": "90000"}),
        ],
        county_figure(CIVIL, 66_000),
    )  # fmt: skip
    # who came in the summer: 12 + 4 person-months; a year-end sheet of another unit adds money and no month
    county(
        "330006", [Person(A), Person(A)],
        [*full_year(0, "5000"), *pay(1, dict.fromkeys(YEAR[8:], "4000")), *pay(0, {"2024-12": "4000"}, unit="201002")],
        county_figure(CIVIL, 60_000),
    )  # fmt: skip
    county("330007", one, None, county_figure(CIVIL, 60_000), county_figure("teacher_average_pay_yuan", 60_000))
    county("330008", one, None, county_figure(CIVIL, 60_000), county_figure("teacher_average_pay_yuan", "59999.99"))
    # records decide, though the form says otherwise
    county("330009", one, full_year(0, "5000"), county_figure(CIVIL, 60_001), county_figure("teacher_average_pay_yuan", 90_000))
    county("330010", one, full_year(0, "5000")[:6], county_figure(CIVIL, 60_000), county_figure("teacher_average_pay_yuan", 90_000))
    county("330011", one, full_year(0, "5000"), county_figure(CIVIL, 0))
    county("330012", [Person(B)], full_year(0, "5000"), county_figure(CIVIL, 60_000))  # teachers of private schools alone
    # without a register nobody knows which schools are private
    county("330013", one, full_year(0, "5000"), county_figure(CIVIL, 60_000), is_registered=False)
    _without_pay(world)
    _funding(world)
    return world


def _without_pay(world: World) -> None:
    """Two public schools; A's one teacher is paid 5,000 yuan a month, of B's teachers there is no pay row."""
    for code, others in {
        "330014": [Person(B)] * 9,
        "330015": [Person(B, joined=date(2024, 12, 31))],
        # who came after the year, or has only begun to teach, had no pay in it
        "330016": [Person(B, joined=date(2025, 1, 1)), Person(B, teaching_since="2025-01", joined=None)],
        "330017": [Person(B, courses=SENIOR), Person(B, employment="代课")],  # whose pay is not asked for
    }.items():
        registered(world, code, (A, "312", "111", "县级教育部门"), (B, "211", "111", "县级教育部门"))
        world.pull_roll(code, {A: ("312", {"primary": [5]}), B: ("211", {"primary": [5]})})
        world.pull_staff(code, [Person(A), *others], units=(A, B))
        world.deliver("hr_payroll", "monthly_pay", full_year(0, "5000"), county=code)
        world.deliver("declared", "county_measures", [county_figure(CIVIL, 60_000)], county=code)


def standards(primary: tuple, junior: tuple) -> list[dict]:
    return [
        county_figure("funding_standard_yuan", value, stage, category)
        for stage, values in (("primary", primary), ("junior", junior))
        for category, value in zip(("城市", "农村"), values, strict=True)
        if value is not None
    ]


def _funding(world: World) -> None:
    for county, primary, junior in (
        ("330021", (720, 720), (940, 940)),
        ("330022", (720, "719.99"), (940, 940)),  # differs, and one lies below: two
        ("330023", (700, 700), (1000, 950)),  # both below; and a difference
        ("330024", (720, 720), (940, None)),
        ("330025", (720, None), (900, None)),  # one is known to be too low
        ("330026", (800, 800), (1000, 1000)),
    ):
        world.pull_roll(county, {A: ("小学", {"primary": [5]})})
        world.deliver("declared", "county_measures", standards(primary, junior), county=county)
    # of last year: the baselines of the running year hold
    world.pull_roll("330027", {A: ("小学", {"primary": [5]})})
    world.deliver("declared", "county_measures", [r | {"as_of_date": date(2024, 9, 1)} for r in standards((650, 650), (850, 850))], county="330027")


PAY = [
    # county, value, status, basis
    ("330001", 1, "met", "declared"),  # to the cent
    ("330002", Fraction("59999.99") / 60_000, "not_met", "declared"),
    ("330003", None, "no_data", "none"),
    ("330004", None, "no_data", "none"),
    ("330005", 1, "met", "declared"),
    ("330006", Fraction((60_000 + 16_000 + 4_000) * 12, 16) / 60_000, "met", "declared"),
    ("330007", 1, "met", "declared"),
    ("330008", Fraction("59999.99") / 60_000, "not_met", "declared"),
    ("330009", Fraction(60_000, 60_001), "not_met", "declared"),
    ("330010", None, "no_data", "none"),
    ("330011", None, "no_data", "none"),
    ("330012", None, "no_data", "none"),
    ("330013", None, "no_data", "none"),
    ("330014", None, "no_data", "none"),
    ("330015", None, "no_data", "none"),
    ("330016", 1, "met", "declared"),
    ("330017", 1, "met", "declared"),
]
FUNDING = [
    ("330021", 0, "met"), ("330022", 2, "not_met"), ("330023", 3, "not_met"), ("330024", None, "no_data"),
    ("330025", 1, "not_met"), ("330026", 0, "met"), ("330027", 4, "not_met"), ("330001", None, "no_data"),
]  # fmt: skip


@pytest.fixture(scope="module")
def published(build):
    return build(money_world())


@pytest.mark.parametrize("case", PAY, ids=lambda case: case[0])
def test_teachers_earn_no_less(published, case):
    county, value, status, basis = case
    row = published.row("county_indicator", county_code=county, indicator_id="teacher_pay_vs_civil_servants", component="pay_ratio")
    assert (row["status"], row["basis"]) == (status, basis), row
    assert row["value"] is None if value is None else close(row["value"], value), row


@pytest.mark.parametrize("case", FUNDING, ids=lambda case: case[0])
def test_one_standard_for_town_and_country(published, case):
    county, value, status = case
    row = published.row("county_indicator", county_code=county, component="unified_funding_baseline")
    assert (row["value"], row["status"]) == (value, status), row
    assert row["basis"] == ("none" if value is None else "declared")


def test_the_average_stands_with_the_measures_on_its_basis(published):
    rows = {r["basis"]: r for r in published.rows("measure", county_code="330009", measure_id="teacher_average_pay_yuan")}
    assert {basis: (r["value"], r["is_used"], r["school_id"], r["stage"], r["unit"]) for basis, r in rows.items()} == {
        "records": (60_000, True, "", "all", "yuan"), "declared": (90_000, False, "", "all", "yuan"),
    }  # fmt: skip
    # a year that is not complete has no average
    assert [r["basis"] for r in published.rows("measure", county_code="330010", measure_id="teacher_average_pay_yuan")] == ["declared"]


def test_what_the_average_was_taken_over(published):
    row = published.row("county_indicator", county_code="330006", component="pay_ratio")
    assert "pay_year=2024; months=12; person_months=16" in row["detail"]
