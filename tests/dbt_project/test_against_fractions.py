"""Seeded random counties of filed figures against exact fractions: every number, status and verdict."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fractions import Fraction

import pyarrow.parquet as pq
import pytest

from dbt_project import world as worlds
from dbt_project.fractions_of import (
    CV_LIMIT, FACILITIES, FLOOR, INDICATOR, THRESHOLD, WEIGHTS, close, cv_squared, per, root, share, status, verdict,
)  # fmt: skip
from dbt_project.world import World, filed, school_id

STAGES_OF = {
    "primary_school": ("primary",), "teaching_point": ("primary",), "junior_school": ("junior",),
    "nine_year_school": ("primary", "junior"), "twelve_year_school": ("primary", "junior", "senior"),
    "complete_secondary_school": ("junior", "senior"), "special_school": ("primary",), "vocational_school": ("junior",),
}  # fmt: skip
SCOPE_OF_TYPE = {"special_school": "special_education_school", "vocational_school": "vocational_school"}
COUNTIES = 16


@dataclass
class Unit:
    county: str
    school: str
    stage: str
    school_type: str
    students: int | None
    amounts: dict[str, Fraction | None] = field(default_factory=dict)

    @property
    def scope_reason(self) -> str | None:
        if self.school_type in SCOPE_OF_TYPE:
            return SCOPE_OF_TYPE[self.school_type]
        if self.school_type == "teaching_point" and self.students is not None and self.students < 50:
            return "teaching_point_under_50_students"
        return "no_students" if self.students == 0 else None

    @property
    def statuses(self) -> dict[str, str]:
        return {m: status(m, self.stage, self.amounts.get(m), self.students) for m in INDICATOR}


def _amount(random_: random.Random, measure: str, stage: str, students: int, tidy: bool) -> Fraction:
    """Around the threshold: on it, on the floor, a hair beside, or anywhere up to 10^11."""
    line = THRESHOLD[stage][measure] * max(students, 1) / per(measure)
    hair = Fraction(random_.choice((1, -1)), 10 ** (4 if tidy else 16))
    found = random_.choice(
        [line, line * FLOOR, line + hair, line * FLOOR + hair, line * random_.randint(1, 40) / 20, Fraction(0)]
        + ([] if tidy else [Fraction(random_.randint(1, 10**27), 10**16)])
    )
    if measure not in FACILITIES:  # people are whole
        return Fraction(round(found) if found < 10**6 else 10**6)
    return max(Fraction(0), Fraction(round(found * 10**16), 10**16))


def _decimal(value: Fraction | int | None) -> str | None:
    if value is None:
        return None
    scaled = Fraction(value) * 10**16
    assert scaled.denominator == 1
    whole, rest = divmod(scaled.numerator, 10**16)
    return f"{whole}.{rest:016d}"


def counties(seed: int) -> tuple[World, list[Unit]]:
    dice = random.Random(seed)
    world, units = World(), []
    for number in range(COUNTIES):
        county, rows = str(300_000 + number), []
        missing = dice.choice((0, 0, 0.02, 0.2))
        tidy = dice.random() < 0.5
        for place in range(dice.randint(1, 9)):
            school, school_type = school_id(place), dice.choice(list(STAGES_OF))
            stages = STAGES_OF[school_type]
            students = {s: dice.choice((dice.randint(1, 3000), dice.randint(30, 70))) for s in stages}
            if dice.random() < 0.05:
                students[dice.choice(stages)] = 0
            known = {s: None if dice.random() < missing / 2 else n for s, n in students.items()}
            for stage in stages:
                rows += filed(school, school_type, stage, students=known[stage])
            mine = {s: Unit(county, school, s, school_type, known[s]) for s in stages if s != "senior"}
            for measure in INDICATOR:
                if measure in FACILITIES and school_type in WEIGHTS and dice.random() < 0.7:
                    stage = dice.choice(list(mine))
                    amount = None if dice.random() < missing else _amount(dice, measure, stage, students[stage], tidy)
                    rows += filed(school, school_type, "whole", **{measure: _decimal(amount)})
                    can_split = None not in known.values() and any(students[s] for s in WEIGHTS[school_type])
                    for s, unit in mine.items():
                        unit.amounts[measure] = amount * share(school_type, s, students) if amount is not None and can_split else None
                    continue
                for s, unit in mine.items():
                    amount = None if dice.random() < missing else _amount(dice, measure, s, students[s], tidy)
                    unit.amounts[measure] = amount
                    rows += filed(school, school_type, s, **{measure: _decimal(amount)})
            units += mine.values()
        dice.shuffle(rows)
        world.file(county, rows)
    return world, units


@pytest.fixture(scope="module")
def case():
    return counties(seed=20170406)


@pytest.fixture(scope="module")
def published(case, build):
    return build(case[0])


def keyed(published, table, *names):
    return {tuple(row[name] for name in names): row for row in published.rows(table)}


def test_units_students_and_scope(case, published):
    found = keyed(published, "school_unit", "county_code", "school_id", "stage")
    assert found.keys() == {(u.county, u.school, u.stage) for u in case[1]}
    for unit in case[1]:
        row = found[unit.county, unit.school, unit.stage]
        assert (row["students"], row["is_in_scope"], row["scope_reason"]) == (unit.students, unit.scope_reason is None, unit.scope_reason)


def test_every_measure_within_1e_12_and_none_that_is_missing(case, published):
    found = {key: row for key, row in keyed(published, "measure", "county_code", "school_id", "stage", "measure_id").items() if key[1]}
    expected = {
        (u.county, u.school, u.stage, measure): amount
        for u in case[1]
        for measure, amount in {**u.amounts, "students": u.students}.items()
        if amount is not None
    }
    assert found.keys() == expected.keys()
    assert all(close(found[key]["value"], amount) for key, amount in expected.items())


def test_every_indicator(case, published):
    found = keyed(published, "school_indicator", "county_code", "school_id", "stage", "indicator_id")
    assert len(found) == 7 * len(case[1])
    seen = set()
    for unit in case[1]:
        for measure, expected in unit.statuses.items():
            row = found[unit.county, unit.school, unit.stage, INDICATOR[measure]]
            if unit.scope_reason:
                assert (row["status"], row["attainment"], row["gap_to_threshold"]) == ("not_applicable", None, None)
                continue
            assert row["status"] == expected, row
            seen.add(expected)
            amount = unit.amounts[measure]
            assert row["basis"] == ("none" if expected == "no_data" else "declared")
            if expected == "no_data":
                assert row["value"] is row["attainment"] is row["gap_to_threshold"] is row["gap_to_floor"] is None
                continue
            line = THRESHOLD[unit.stage][measure]
            assert close(row["value"], amount * per(measure) / unit.students)
            assert close(row["attainment"], amount * per(measure) / unit.students / line)
            for column, limit in (("gap_to_threshold", line), ("gap_to_floor", FLOOR * line)):
                assert close(row[column], max(Fraction(0), limit * unit.students / per(measure) - amount)), row
    assert seen == {"met", "within_floor", "below_floor", "no_data"}


def test_every_school_verdict(case, published):
    found = keyed(published, "school_compliance", "county_code", "school_id", "stage")
    verdicts = set()
    for unit in case[1]:
        row = found[unit.county, unit.school, unit.stage]
        statuses = {} if unit.scope_reason else unit.statuses
        expected = "out_of_scope" if unit.scope_reason else verdict(list(statuses.values()))
        verdicts.add(expected)
        assert row["verdict"] == expected
        assert row["reasons"] == sorted(f"{INDICATOR[m]}:{s}" for m, s in statuses.items() if s != "met")
        counted = [row[f"indicators_{name}"] for name in ("met", "within_floor", "below_floor", "no_data")]
        assert counted == [list(statuses.values()).count(s) for s in ("met", "within_floor", "below_floor", "no_data")]
    assert verdicts >= {"fail", "undecided", "out_of_scope"}


def test_every_coefficient_of_variation(case, published):
    found = keyed(published, "county_balance", "county_code", "stage", "indicator_id")
    assert len(found) == 14 * COUNTIES
    known = 0
    for (county, stage, _), row in found.items():
        measure = next(m for m, i in INDICATOR.items() if i == row["indicator_id"])
        units = [u for u in case[1] if (u.county, u.stage, u.scope_reason) == (county, stage, None)]
        amounts = [u.amounts[measure] for u in units]
        assert (row["school_units"], row["students"]) == (len(units), sum(u.students or 0 for u in units))
        if not units or None in amounts or None in [u.students for u in units] or sum(amounts) == 0:
            # a mean of zero is known; only its coefficient is not
            is_known = units and None not in amounts and None not in [u.students for u in units]
            mean = 0 if is_known else None
            assert (row["status"], row["cv"], row["mean"], row["standard_deviation"]) == ("no_data", None, mean, mean)
            continue
        known += 1
        heads = [u.students for u in units]
        square = cv_squared(heads, amounts)
        mean = sum(amounts) * per(measure) / sum(heads)
        assert close(row["mean"], mean)
        assert close(row["cv"], root(square)), row
        assert close(row["standard_deviation"], root(square * mean**2))
        assert row["status"] == ("met" if square <= CV_LIMIT[stage] ** 2 else "not_met")
    assert known > 5 * COUNTIES


def test_the_county_parts_follow_from_tests_and_schools(case, published):
    balance = published.rows("county_balance")
    for row in published.rows("county_compliance", part="resource"):
        tests = [b["status"] for b in balance if b["county_code"] == row["county_code"]]
        schools = []
        for stage in ("primary", "junior"):
            units = [u for u in case[1] if (u.county, u.stage, u.scope_reason) == (row["county_code"], stage, None)]
            verdicts = [verdict(list(u.statuses.values())) for u in units]
            schools.append("not_met" if "fail" in verdicts else "no_data" if not units or "undecided" in verdicts else "met")
            rule = published.row("county_indicator", county_code=row["county_code"], indicator_id="resource_school_rule", stage=stage)
            assert rule["status"] == schools[-1]
            assert rule["value"] is None if not units else close(rule["value"], Fraction(100 * verdicts.count("pass"), len(units)))
        every_school = "not_met" if "not_met" in schools else "no_data" if "no_data" in schools else "met"
        tests.append(every_school)
        assert [row["met"], row["not_met"], row["undecided"]] == [tests.count(s) for s in ("met", "not_met", "no_data")]
        assert row["verdict"] == ("fail" if "not_met" in tests else "undecided" if "no_data" in tests else "pass")


def test_one_and_two_threads_and_another_order_of_arrival_give_the_same_bytes(case, published, build, tmp_path):
    other = World()
    for source, table, _, rows in reversed(case[0].landed):
        county = rows["county_code"][0].as_py()
        other.deliver(source, table, [{k: v for k, v in r.items() if not k.startswith("_")} for r in reversed(rows.to_pylist())], county=county)
    again = build(other, threads=2)
    verdict_tables = ("school", "school_unit", "school_fact", "measure", "school_indicator", "school_compliance",
                      "county_balance", "county_indicator", "county_compliance", "indicator")  # fmt: skip
    for table in verdict_tables:
        sent = []
        for number, one in enumerate((published, again)):
            path = tmp_path / f"{table}-{number}.parquet"
            with worlds.duckdb.connect(str(one.home / "warehouse.duckdb")) as warehouse:
                pq.write_table(warehouse.sql(f"select * from main.{table}").to_arrow_table(), path)
            sent.append(path.read_bytes())
        assert sent[0] == sent[1], table
