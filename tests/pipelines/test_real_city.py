"""A real city's school census through the tidy declared file, every other source off.

What must come out is computed here, in exact fractions, from the census's own
line-per-school table; the pipeline sees only the tidy file.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from county_run import Run, run_county

CENSUS = Path(__file__).parents[3] / "shared" / "real" / "br_rioclaro_2017" / "long.csv.gz"
COUNTY = "354390"
MEASURES = {
    "L1_degree_teachers": "teachers_above_required_degree",
    "L2_postgraduate_teachers": "backbone_teachers",
    "L3_arts_pe_teachers": "pe_arts_teachers",
}
INDICATORS = {
    "teachers_above_required_degree": "teachers_above_required_degree_per_100",
    "backbone_teachers": "backbone_teachers_per_100",
    "pe_arts_teachers": "pe_arts_teachers_per_100",
}
# The thresholds of the standard, typed again: part 1, indicators 1.1 to 1.3.
THRESHOLDS = {
    "primary": {"teachers_above_required_degree": "4.2", "backbone_teachers": "1", "pe_arts_teachers": "0.9"},
    "junior": {"teachers_above_required_degree": "5.3", "backbone_teachers": "1", "pe_arts_teachers": "0.9"},
}
TYPES = {
    ("primary",): "primary_school",
    ("junior",): "junior_school",
    ("junior", "primary"): "nine_year_school",
    ("junior", "senior"): "complete_secondary_school",
    ("junior", "primary", "senior"): "twelve_year_school",
    ("senior",): "complete_secondary_school",
}

pytestmark = pytest.mark.skipif(not CENSUS.exists(), reason="the census of the real city is not beside this checkout")


@pytest.fixture(scope="module")
def census() -> pd.DataFrame:
    lines = pd.read_csv(CENSUS)
    lines = lines[lines["indicator"].isin(MEASURES) & lines["stage"].isin(["primary", "junior", "senior"])]
    return lines.assign(school_id=lines["school_id"].map("{:010d}".format))


@pytest.fixture(scope="module")
def run(census, tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("real-city")
    stages = census.groupby("school_id")["stage"].agg(lambda found: tuple(sorted(set(found))))
    teachers = census.assign(measure_id=census["indicator"].map(MEASURES), value=census["resource_total"])
    students = census.drop_duplicates(["school_id", "stage"]).assign(measure_id="students", value=lambda rows: rows["students"])
    tidy = pd.concat([teachers, students])
    tidy = pd.DataFrame(
        {
            "as_of_date": "2017-05-31",
            "county_code": COUNTY,
            "township": "Rio Claro",
            "school_id": tidy["school_id"],
            "school_name": "school " + tidy["school_id"],
            "school_type": tidy["school_id"].map(stages.map(TYPES)),
            "stage": tidy["stage"],
            "measure_id": tidy["measure_id"],
            "value": tidy["value"].astype(int),
        }
    )
    inbox = folder / "inbox" / "declared"
    inbox.mkdir(parents=True)
    tidy.to_csv(inbox / "census.csv", index=False)
    return run_county(folder / "home", {"JUNHENG_INBOX": str(folder / "inbox")})


@pytest.fixture(scope="module")
def units(census) -> dict[tuple[str, str], dict[str, Fraction]]:
    """Exact values by (school, stage): students and the three measures."""
    found: dict[tuple[str, str], dict[str, Fraction]] = defaultdict(dict)
    for line in census.itertuples():
        if line.stage != "senior":
            unit = found[line.school_id, line.stage]
            unit["students"] = Fraction(int(line.students))
            unit[MEASURES[line.indicator]] = Fraction(int(line.resource_total))
    return found


def test_it_publishes(run):
    assert int(run.code) == 0, run.record.messages
    assert run.record.as_of_date.isoformat() == "2017-05-31"


def test_mean_deviation_and_cv_equal_exact_arithmetic(run, units):
    getcontext().prec = 40
    balance = {(row["stage"], row["indicator_id"]): row for row in run.rows("county_balance")}
    for stage in ("primary", "junior"):
        here = [unit for (_, of_stage), unit in units.items() if of_stage == stage]
        total = sum(unit["students"] for unit in here)
        for measure, indicator in INDICATORS.items():
            mean = sum(unit[measure] for unit in here) / total
            variance = sum(unit["students"] / total * (unit[measure] / unit["students"] - mean) ** 2 for unit in here)
            deviation = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
            exact_mean = Decimal(mean.numerator) / Decimal(mean.denominator)
            row = balance[stage, indicator]
            assert row["school_units"] == len(here)
            assert row["students"] == total
            assert row["mean"] == pytest.approx(float(exact_mean * 100), rel=1e-12)
            assert row["standard_deviation"] == pytest.approx(float(deviation * 100), rel=1e-12)
            assert row["cv"] == pytest.approx(float(deviation / exact_mean), rel=1e-12)


def test_the_four_measures_it_lacks_are_no_data(run):
    rows = [row for row in run.rows("school_indicator") if row["indicator_id"] not in INDICATORS.values()]
    assert {row["status"] for row in rows} == {"no_data"}
    assert {row["value"] for row in rows} == {None}
    assert {row["status"] for row in run.rows("county_balance") if row["indicator_id"] not in INDICATORS.values()} == {"no_data"}


def test_a_unit_fails_exactly_where_it_must(run, units):
    found = {(row["school_id"], row["stage"]): row["verdict"] for row in run.rows("school_compliance")}
    assert found.keys() == units.keys()
    true = {}
    for (school, stage), unit in units.items():
        below = floors = 0
        for measure, threshold in THRESHOLDS[stage].items():
            value = unit[measure] * 100 / unit["students"]
            below += value < Fraction(threshold)
            floors += value < Fraction(threshold) * Fraction(85, 100)
        true[school, stage] = "fail" if below >= 2 or floors >= 1 else "undecided"
    assert found == true
    assert set(true.values()) == {"fail", "undecided"}, "the city should show both"
