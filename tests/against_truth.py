"""A release against the truth of its day: every table that the sandbox's answer key tells.

Here: the comparisons, each a true sentence about a run and the folder of the truth.
Not here: which counties are run (tests/pipelines), how the truth is computed (sandbox/).
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

from county_run import Run

CLOSE = Fraction(1, 10**12)


def truth_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def keyed(rows: list[dict], *key: str) -> dict[tuple, dict]:
    named = {tuple(row[name] for name in key): row for row in rows}
    assert len(named) == len(rows), f"{key} is not a key"
    return named


def is_close(found: float | None, true: str) -> bool:
    if true == "" or found is None:
        return (true == "") == (found is None)
    exact = Fraction(true)
    return abs(Fraction(found) - exact) <= CLOSE * abs(exact)


UNIT = ("county_code", "school_id", "stage")


def it_publishes(run: Run, truth: Path) -> None:
    assert int(run.code) == 0, run.record.messages
    stopped = [row["message_en"] for row in run.rows("delivery") if row["status"] in ("refused", "held")]
    assert not stopped, stopped[:3]


def every_unit_its_students_and_its_scope(run: Run, truth: Path) -> None:
    found, true = keyed(run.rows("school_unit"), *UNIT), keyed(truth_of(truth, "school_unit"), *UNIT)
    assert found.keys() == true.keys()
    for key, row in true.items():
        assert found[key]["students"] == int(row["students"]), key
        assert found[key]["is_in_scope"] == (row["is_in_scope"].lower() in ("true", "1")), key
        assert (found[key]["scope_reason"] or "") == row["scope_reason"], key


def every_measure(run: Run, truth: Path) -> None:
    found = keyed([row for row in run.rows("measure") if row["basis"] == "records"], *UNIT, "measure_id")
    true = keyed(truth_of(truth, "measure"), *UNIT, "measure_id")
    missing = true.keys() - found.keys()
    assert not missing, sorted(missing)[:5]
    wrong = [key for key, row in true.items() if not is_close(found[key]["value"], row["value"])]
    assert not wrong, [(key, found[key]["value"], true[key]["value"]) for key in wrong[:5]]


def every_indicator_value_and_status(run: Run, truth: Path) -> None:
    key = (*UNIT, "indicator_id")
    found, true = keyed(run.rows("school_indicator"), *key), keyed(truth_of(truth, "school_indicator"), *key)
    in_scope = {name: row for name, row in found.items() if name in true}
    assert in_scope.keys() == true.keys()
    wrong = [n for n, row in true.items() if found[n]["status"] != row["status"] or not is_close(found[n]["value"], row["value"])]
    assert not wrong, [(n, found[n]["status"], found[n]["value"], true[n]) for n in wrong[:5]]


def every_verdict_and_its_counts(run: Run, truth: Path) -> None:
    found, true = keyed(run.rows("school_compliance"), *UNIT), keyed(truth_of(truth, "school_compliance"), *UNIT)
    assert found.keys() == true.keys()
    for name, row in true.items():
        assert found[name]["verdict"] == row["verdict"], name
        for count in ("indicators_met", "indicators_within_floor", "indicators_below_floor", "indicators_no_data"):
            assert found[name][count] == int(row[count] or 0), (name, count)
        assert found[name]["reasons"] == [reason for reason in row["reasons"].split(";") if reason], name


def every_coefficient_of_variation(run: Run, truth: Path) -> None:
    key = ("county_code", "stage", "indicator_id")
    found, true = keyed(run.rows("county_balance"), *key), keyed(truth_of(truth, "county_balance"), *key)
    assert found.keys() == true.keys()
    for name, row in true.items():
        assert found[name]["school_units"] == int(row["school_units"]), name
        assert found[name]["students"] == int(row["students"]), name
        assert is_close(found[name]["mean"], row["mean"]), name
        assert is_close(found[name]["cv"], row["cv"]), (name, found[name]["cv"], row["cv"])
        assert found[name]["status"] == row["status"], (name, found[name]["cv"])


def the_county_verdict(run: Run, truth: Path) -> None:
    found = keyed(run.rows("county_compliance"), "county_code", "part")
    for row in truth_of(truth, "county_compliance"):
        mine = found[row["county_code"], row["part"]]
        assert mine["verdict"] == row["verdict"], row
        assert [mine[name] for name in ("met", "not_met", "undecided")] == [int(row[name]) for name in ("met", "not_met", "undecided")], row
        assert mine["reasons"] == [reason for reason in row["reasons"].split(";") if reason], row
    assert {part for _, part in found} == {"preconditions", "resource", "government", "quality", "social", "veto", "all"}


def every_county_indicator(run: Run, truth: Path) -> None:
    key = ("county_code", "indicator_id", "component", "stage")
    found, true = keyed(run.rows("county_indicator"), *key), keyed(truth_of(truth, "county_indicator"), *key)
    missing = true.keys() - found.keys()
    assert not missing, sorted(missing)
    wrong = [n for n, row in true.items() if found[n]["status"] != row["status"] or not is_close(found[n]["value"], row["value"])]
    assert not wrong, [(n, found[n]["status"], found[n]["value"], true[n]["status"], true[n]["value"]) for n in wrong]


def the_yearly_monitor(run: Run, truth: Path) -> None:
    key = ("county_code", "stage", "indicator_id")
    found, true = keyed(run.rows("county_monitor"), *key), keyed(truth_of(truth, "county_monitor"), *key)
    assert found.keys() == true.keys()
    for name, row in true.items():
        mine = found[name]
        assert (mine["school_units"], mine["students"], mine["status"]) == (int(row["school_units"]), int(row["students"]), row["status"]), name
        assert is_close(mine["mean"], row["mean"]) and is_close(mine["cv"], row["cv"]) and is_close(mine["cv_limit"], row["cv_limit"]), name


def the_growth_of_budgets(run: Run, truth: Path) -> None:
    key = ("county_code", "fiscal_year", "spending")
    found = {(code, str(year), spending): row for (code, year, spending), row in keyed(run.rows("spending_growth"), *key).items()}
    true = keyed(truth_of(truth, "spending_growth"), *key)
    assert found.keys() == true.keys()
    for name, row in true.items():
        for column in ("total_yuan", "previous_total_yuan", "total_growth", "students", "previous_students", "per_student_growth"):
            assert is_close(found[name][column], row[column]), (name, column, found[name][column], row[column])
        for column in ("is_total_not_reduced", "is_per_student_not_reduced"):
            assert {True: "true", False: "false", None: ""}[found[name][column]] == row[column], (name, column)


GROUPS = {
    "学生": "student", "家长": "parent", "教师": "teacher", "校长": "principal", "人大代表": "npc_deputy", "政协委员": "cppcc_member",
    "其他群众": "other", "all": "all",
}  # fmt: skip


def every_survey_by_group(run: Run, truth: Path) -> None:
    key = ("county_code", "survey_id", "respondent_group")
    found = keyed(run.rows("survey_result"), *key)
    true = {(code, survey, GROUPS[group]): row for (code, survey, group), row in keyed(truth_of(truth, "survey_result"), *key).items()}
    assert found.keys() == true.keys()
    for name, row in true.items():
        counts = ("answers", "valid_answers", "satisfied", "somewhat_satisfied")
        assert [found[name][count] for count in counts] == [int(row[count]) for count in counts], name
        assert is_close(found[name]["satisfied_share"], row["satisfied_share"]), name
        assert str(found[name]["is_forecast"]).lower() == row["is_forecast"], name


CHECKS = (
    it_publishes,
    every_unit_its_students_and_its_scope,
    every_measure,
    every_indicator_value_and_status,
    every_verdict_and_its_counts,
    every_coefficient_of_variation,
    the_county_verdict,
    every_county_indicator,
    every_survey_by_group,
    the_yearly_monitor,
    the_growth_of_budgets,
)
