"""The deciding survey and the national monitoring: read, not computed; values worked out by hand.

As-of date 2025-09-01. A local survey is a forecast; a report of monitoring is good for three years.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from dbt_project.fractions_of import close
from dbt_project.world import World, school_id

A = school_id(1)
DAY = date(2025, 6, 1)
GROUPS = ("学生", "家长", "教师", "校长", "人大代表", "政协委员", "其他群众")


def answers(survey: str, kind: str, said: dict[str | None, int], day: date = DAY, groups: tuple[str, ...] = ("家长",)) -> list[dict]:
    """`said`: how many sheets give each answer, spread over the groups in turn."""
    sheets = [answer for answer, number in said.items() for _ in range(number)]
    return [
        {
            "survey_id": survey, "survey_kind": kind, "answered_on": day, "respondent_id": str(number),
            "respondent_group": groups[number % len(groups)], "answer": answer,
        }
        for number, answer in enumerate(sheets)
    ]  # fmt: skip


SURVEYS = {
    # exactly 85 of 100; fairly satisfied is not satisfied, blanks are no answers
    "320001": [answers("N1", "国家", {"非常满意": 40, "满意": 45, "基本满意": 10, "一般": 3, "不满意": 1, "非常不满意": 1, "": 9, None: 2}, groups=GROUPS)],
    "320002": [answers("N1", "国家级", {"非常满意": 84, "基本满意": 16})],
    "320003": [answers("N1", "全国", {"满意": 849, "一般": 151})],  # 84.9, and not 85
    # the nation's survey decides, though a later and kinder one was local
    "320004": [answers("N1", "国家", {"满意": 1, "不满意": 1}), answers("L1", "县", {"满意": 9}, date(2025, 8, 1))],
    "320005": [answers("L1", "市", {"满意": 9, "不满意": 1})],
    "320006": [answers("N1", "国家", {"": 5})],
    "320007": [answers("N1", "国家", {"满意": 1, "不满意": 1}, date(2024, 6, 1)), answers("N2", "国家", {"满意": 2}, DAY)],
    "320008": [answers("N1", "国家", {"满意": 2}, DAY), answers("N2", "国家", {"满意": 1, "不满意": 1}, DAY)],  # the greater number of one day
    # not over yet on the as-of date
    "320009": [answers("N1", "国家", {"满意": 4}), answers("N2", "国家", {"不满意": 1}) + answers("N2", "国家", {"": 0, "不满意": 1}, date(2025, 9, 2))[:1]],
    "320010": [answers("N1", "国家", {"满意": 3, "还行": 1}, groups=("家长", "路人"))],
    # answers that no list knows: 84 to 86 of 100, 85 to 87, 83 to 84
    "320011": [answers("N1", "国家", {"满意": 84, "不满意": 14, "不太满意": 2})],
    "320012": [answers("N1", "国家", {"满意": 85, "不满意": 13, "不太满意": 2})],
    "320013": [answers("N1", "国家", {"满意": 83, "不满意": 16, "不太满意": 1})],
}  # fmt: skip


def result(year: int, subject: str, level: str, rate: str, grade: str = "四年级") -> dict:
    return {"monitoring_year": year, "grade": grade, "subject": subject, "achievement_level": level, "between_school_rate": rate}


REPORTS = {
    "320021": [result(2024, "数学", "Ⅲ", "0.149999"), result(2024, "语文", "IV级", "0.10", "八年级")],
    "320022": [result(2024, "数学", "3", "0.15"), result(2024, "语文", "四", "0.10")],  # exactly 0.15 is not below it
    "320023": [result(2025, "数学", "Ⅱ级", "0.10"), result(2025, "语文", "4", "0.20")],
    "320024": [result(2022, "数学", "三级", "0.10")],
    "320025": [result(2021, "数学", "Ⅲ", "0.10")],  # four years old
    "320026": [result(2023, "数学", "Ⅰ", "0.30"), result(2025, "科学", "iii", "0.10")],
    "320027": [result(2026, "数学", "Ⅲ", "0.10"), result(2025, "数学", "2-Ⅱ级", "0.10")],  # next year's says nothing yet
    "320028": [result(2025, "数学", "Ⅲ", "0.10"), result(2025, "语文", "优", "0.20")],
    "320029": [result(2025, "数学", "Ⅲ", "0.10"), result(2025, "语文", "Ⅲ", None)],
    "320030": [result(2025, "数学", "Ⅱ", "0.20"), result(2025, "语文", "优", None)],
    "320031": [result(2024, "数学", "Ⅲ", "0.10"), result(2025, "语文", "优", "0.10")],  # an older year does not stand in
    "320032": [result(2025, "数学", "Ⅲ", "0.10"), result(2025, "语文", "Ⅲ", None)],  # the second row is stopped by the gate
}


def surveyed_world() -> World:
    world = World()
    for county in [*SURVEYS, *REPORTS]:
        world.pull_roll(county, {A: ("小学", {"primary": [5]})})
    for county, surveys in SURVEYS.items():
        for rows in surveys:
            world.deliver("survey", "answers", rows, county=county)
    for county, rows in REPORTS.items():
        for year in sorted({row["monitoring_year"] for row in rows}):
            of_the_year = [row for row in rows if row["monitoring_year"] == year]
            stopped = {1: ("between_school_rate", "required")} if county == "320032" else None
            world.deliver("monitoring", "results", of_the_year, county=county, as_of=date(min(year, 2025), 1, 1), stopped=stopped)
    return world


CASES = [
    # county, indicator, component, value, status, basis
    ("320001", "social_recognition", "", 85, "met", "records"),
    ("320002", "social_recognition", "", 84, "not_met", "records"),
    ("320003", "social_recognition", "", Fraction(849, 10), "not_met", "records"),
    ("320004", "social_recognition", "", 50, "not_met", "records"),
    ("320005", "social_recognition", "", 90, "needs_evidence", "records"),
    ("320006", "social_recognition", "", None, "no_data", "none"),
    ("320007", "social_recognition", "", 100, "met", "records"),
    ("320008", "social_recognition", "", 50, "not_met", "records"),
    ("320009", "social_recognition", "", 100, "met", "records"),
    ("320011", "social_recognition", "", None, "no_data", "none"),
    ("320012", "social_recognition", "", None, "met", "records"),
    ("320013", "social_recognition", "", None, "not_met", "records"),
    ("320021", "social_recognition", "", None, "no_data", "none"),
    ("320021", "national_monitoring_level_gap", "level", 3, "met", "records"),
    ("320021", "national_monitoring_level_gap", "between_school_rate", Fraction("0.149999"), "met", "records"),
    ("320022", "national_monitoring_level_gap", "level", 3, "met", "records"),
    ("320022", "national_monitoring_level_gap", "between_school_rate", Fraction("0.15"), "not_met", "records"),
    ("320023", "national_monitoring_level_gap", "level", 2, "not_met", "records"),
    ("320023", "national_monitoring_level_gap", "between_school_rate", Fraction("0.2"), "not_met", "records"),
    ("320024", "national_monitoring_level_gap", "level", 3, "met", "records"),
    ("320025", "national_monitoring_level_gap", "level", None, "no_data", "none"),
    ("320025", "national_monitoring_level_gap", "between_school_rate", None, "no_data", "none"),
    ("320026", "national_monitoring_level_gap", "level", 3, "met", "records"),
    ("320026", "national_monitoring_level_gap", "between_school_rate", Fraction("0.1"), "met", "records"),
    ("320027", "national_monitoring_level_gap", "level", 2, "not_met", "records"),
    ("320028", "national_monitoring_level_gap", "level", None, "no_data", "none"),
    ("320028", "national_monitoring_level_gap", "between_school_rate", Fraction("0.2"), "not_met", "records"),
    ("320029", "national_monitoring_level_gap", "level", 3, "met", "records"),
    ("320029", "national_monitoring_level_gap", "between_school_rate", None, "no_data", "none"),
    ("320030", "national_monitoring_level_gap", "level", 2, "not_met", "records"),
    ("320030", "national_monitoring_level_gap", "between_school_rate", Fraction("0.2"), "not_met", "records"),
    ("320031", "national_monitoring_level_gap", "level", None, "no_data", "none"),
    ("320031", "national_monitoring_level_gap", "between_school_rate", Fraction("0.1"), "met", "records"),
    ("320032", "national_monitoring_level_gap", "level", None, "no_data", "none"),
    ("320032", "national_monitoring_level_gap", "between_school_rate", None, "no_data", "none"),
    ("320001", "national_monitoring_level_gap", "level", None, "no_data", "none"),
]


@pytest.fixture(scope="module")
def published(build):
    return build(surveyed_world())


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:3]))
def test_what_is_imported(published, case):
    county, indicator, component, value, status, basis = case
    row = published.row("county_indicator", county_code=county, indicator_id=indicator, component=component)
    assert (row["status"], row["basis"]) == (status, basis), row
    assert row["value"] is None if value is None else close(row["value"], value), row


def test_a_local_survey_is_called_a_forecast(published):
    local = published.row("county_indicator", county_code="320005", indicator_id="social_recognition")
    assert local["detail"].startswith("forecast")
    assert published.row("county_compliance", county_code="320005", part="social")["verdict"] == "undecided"
    national = published.row("county_indicator", county_code="320004", indicator_id="social_recognition")
    assert not national["detail"].startswith("forecast") and "survey=N1" in national["detail"]


def test_results_by_group_are_counts(published):
    rows = {row["respondent_group"]: row for row in published.rows("survey_result", county_code="320001")}
    assert set(rows) == {"student", "parent", "teacher", "principal", "npc_deputy", "cppcc_member", "other", "all"}
    everybody = rows.pop("all")
    assert [everybody[name] for name in ("answers", "valid_answers", "satisfied", "somewhat_satisfied")] == [111, 100, 85, 10]
    assert everybody["satisfied_share"] == 85 and not everybody["is_forecast"] and everybody["last_answered_on"] == DAY
    for name in ("answers", "valid_answers", "satisfied", "somewhat_satisfied"):
        assert sum(row[name] for row in rows.values()) == everybody[name]


def test_surveys_stand_apart_and_those_that_go_on_are_left_out(published):
    kinds = {(r["survey_id"], r["survey_kind"], r["is_forecast"]) for r in published.rows("survey_result", county_code="320004")}
    assert kinds == {("N1", "national", False), ("L1", "county", True)}
    assert {row["survey_id"] for row in published.rows("survey_result", county_code="320009")} == {"N1"}
    assert {row["satisfied_share"] for row in published.rows("survey_result", county_code="320006")} == {None}


def test_what_no_list_knows_is_quarantined(published):
    found = {(r["county_code"], r["column_name"], r["rule"]) for r in published.rows("quarantine")}
    assert found == {
        ("320010", "answer", "unknown_code"), ("320010", "respondent_group", "unknown_code"),
        *((county, "answer", "unknown_code") for county in ("320011", "320012", "320013")),
        *((county, "achievement_level", "unknown_code") for county in ("320028", "320030", "320031")),
        ("320032", "between_school_rate", "required"),
    }  # fmt: skip
    row = published.row("survey_result", county_code="320011", respondent_group="all")
    assert [row[name] for name in ("answers", "valid_answers", "unknown_answers", "satisfied", "satisfied_share")] == [100, 98, 2, 84, None]
    # a sheet of the street is none of ours
    assert published.row("survey_result", county_code="320010", respondent_group="all")["valid_answers"] == 2


def test_nothing_of_a_respondent_is_published(published):
    columns = set(published.rows("survey_result")[0])
    assert not columns & {"respondent_id", "answer", "answered_on"}
