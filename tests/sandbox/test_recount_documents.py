"""Documents, lists, surveys and forms, counted again by hand: the rest of parts 2 to 4, vetoes, recognition."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from written_files import AS_OF, county_form, exact, filed, sheet_rows, violations

NUMBER = {"2.1": "school_layout_plan", "2.2": "unified_urban_rural_standards", "2.8": "teacher_pay_vs_civil_servants", "2.10": "staffing_quota_allocation",
          "2.14": "quality_high_school_quota", "2.15": "left_behind_migrant_children", "3.3": "charter_and_informatization", "3.5": "ict_teaching_use",
          "3.6": "moral_education_campus_culture", "3.7": "curriculum_fully_offered", "3.8": "no_excess_homework", "V1": "veto_exam_admission",
          "V2": "veto_illegal_school_choice", "V3": "veto_key_school_class", "V4": "veto_unfilled_posts_offroll_teachers",
          "V5": "veto_safety_discipline_incident", "V6": "veto_fraud", "X1": "veto_offcampus_training_burden"}  # fmt: skip
OF_SCHOOLS = ("charter_and_informatization", "ict_teaching_use", "moral_education_campus_culture", "curriculum_fully_offered", "no_excess_homework")
OF_THE_COUNTY = (
    ("school_layout_plan", ""), ("unified_urban_rural_standards", "unified_construction"), ("unified_urban_rural_standards", "unified_staffing"),
    ("unified_urban_rural_standards", "unified_equipment"), ("teacher_pay_vs_civil_servants", "performance_pay_approved"),
    ("staffing_quota_allocation", ""), ("quality_high_school_quota", "rural_preference"), ("left_behind_migrant_children", "left_behind_care"),
)  # fmt: skip


@pytest.fixture(scope="module", params=["small", "usual", "failing", "fulfilling", "open_ends"])
def county(request) -> Path:
    return request.getfixturevalue(request.param)


def day_of(text: str) -> date:
    """2025-09-01, 20250901, 2025年9月1日, 2025/9/1 or 2025.9.1"""
    return date.fromisoformat(text) if re.fullmatch(r"\d{8}", text) else date(*map(int, re.findall(r"\d+", text)))


@pytest.fixture(scope="module")
def evidence(county) -> list[dict]:
    """Rows of every register; a later register's word on a matter replaces an earlier one's."""
    folder = county / "inbox" / "evidence"
    rows: dict[tuple, tuple[date, list[dict]]] = {}
    for path in folder.iterdir():
        if path.suffix == ".csv":
            with path.open(encoding="gbk", newline="") as file:
                of_file, title = list(csv.DictReader(file)), path.name
        elif path.name.startswith("佐证台账"):
            of_file, title = sheet_rows(path, "结论"), openpyxl.load_workbook(path, read_only=True).active["A1"].value
        else:
            continue
        said = day_of(re.search(r"\d{4}年\d+月\d+日|\d{4}-\d\d-\d\d", title).group())
        by_matter = defaultdict(list)
        for row in of_file:
            by_matter[row["指标或任务"], row["分项"] or "", row["学校标识码"] or ""].append(row)
        for matter, of_matter in by_matter.items():
            if matter not in rows or rows[matter][0] < said:
                rows[matter] = said, of_matter
            else:
                assert rows[matter][0] > said, "two registers of one day speak of one matter"
    return [row for _, of_matter in rows.values() for row in of_matter]


@pytest.fixture(scope="module")
def latest(evidence) -> dict[tuple[str, str, str], tuple[date, set[str]]]:
    """The conclusions of the last day, by indicator, component and school."""
    found: dict[tuple, dict[date, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in evidence:
        subject = NUMBER.get(row["指标或任务"], row["指标或任务"])
        found[subject, row["分项"] or "", row["学校标识码"] or ""][day_of(row["日期"])].add(row["结论"])
    return {matter: (max(days), days[max(days)]) for matter, days in found.items() if max(days) <= AS_OF}


def word(latest: dict, matter: tuple[str, str, str], good: tuple[str, ...], bad: tuple[str, ...]) -> str:
    conclusions = latest.get(matter, (None, {"待核"}))[1]
    return "not_met" if conclusions & {*bad} else "met" if conclusions <= {*good} else "needs_evidence"


def test_evidence_of_the_county(latest, whole):
    for indicator, component in OF_THE_COUNTY:
        found = word(latest, (indicator, component, ""), ("符合",), ("不符合",))
        assert whole[indicator, component, "all"] == (None, found), (indicator, component)


def test_evidence_of_every_school(latest, register, students, whole):
    """Special schools and points too; a school without students of a compulsory stage need not show anything."""
    asked = [school for school in register.existing if students[school, "primary"] + students[school, "junior"]]
    for indicator in OF_SCHOOLS:
        good, bad = ("符合", "优秀", "良好", "合格"), ("不符合", "不合格")
        if indicator == "moral_education_campus_culture":
            good, bad = good[:3], (*bad, "合格")
        found = [word(latest, (indicator, "", school), good, bad) for school in asked]
        expected = violations(found.count("not_met")) if "not_met" in found else (None, "needs_evidence") if "needs_evidence" in found else (0, "met")
        assert whole[indicator, "", "all"] == expected, indicator


def test_vetoes(latest, whole):
    for number in ("V1", "V2", "V3", "V4", "V5", "V6"):
        of_it = {matter: said for matter, (_, said) in latest.items() if matter[0] == NUMBER[number]}
        found = "not_met" if any("存在" in said for said in of_it.values()) else word(latest, (NUMBER[number], "", ""), ("不存在",), ("存在",))
        assert whole[NUMBER[number], "", "all"] == (None, found), number
    assert latest["veto_offcampus_training_burden", "", ""][1] == {"存在"}  # which decides nothing


def test_recognition(latest, whole):
    day, said = latest.get(("precondition_recognised", "", ""), (None, set()))
    expected = "needs_evidence" if not said else "met" if day <= date(2022, 9, 1) else "not_met"
    assert said <= {"符合"} and whole["precondition_recognised", "", "all"] == (None, expected)


def test_what_a_careless_reader_of_evidence_would_trip_over(county, evidence):
    every = [row for path in (county / "inbox/evidence").glob("佐证台账*.xlsx") for row in sheet_rows(path, "结论")]
    assert {row["指标或任务"] for row in every} & {*NUMBER} and {row["指标或任务"] for row in every} & {*NUMBER.values()}
    assert len(every) > len([row for row in evidence if row in every]), "nothing is replaced by a later register"
    assert {"符合", "不符合", "不存在", "存在"} <= {row["结论"] for row in every}
    assert all(re.fullmatch(r"[0-9a-f]{64}|", row["文件摘要"] or "") for row in every)
    assert any(row["指标或任务"].startswith(("t", "s1_", "g")) for row in every), "nothing about the plan"


def survey_files(county: Path) -> list[list[dict[str, str]]]:
    result = []
    for path in sorted((county / "inbox" / "survey").glob("*.csv")):
        with path.open(encoding="gbk" if "_县_" in path.name else "utf-8-sig", newline="") as file:
            result.append(list(csv.DictReader(file)))
    return result


def test_social_recognition(county, whole):
    national = [rows for rows in survey_files(county) if rows[0]["调查类型"] == "国家"]
    decides = max(national or survey_files(county), key=lambda rows: max(day_of(row["答卷日期"]) for row in rows))
    answers = [row["总体满意度"] for row in decides if row["总体满意度"]]
    value = Fraction(100 * sum(answer in ("非常满意", "满意") for answer in answers), len(answers))
    status = "needs_evidence" if not national else "met" if value >= 85 else "not_met"
    assert whole["social_recognition", "", "all"] == (value, status)
    assert value == 85 or abs(value - 85) > Fraction(1, 100)


def test_surveys_by_group(county):
    with (county / "truth" / "survey_result.csv").open(encoding="utf-8", newline="") as file:
        truth = {(row["survey_id"], row["respondent_group"]): row for row in csv.DictReader(file)}
    seen = set()
    for rows in survey_files(county):
        assert len({row["答卷编号"] for row in rows}) == len(rows) and any(row["总体满意度"] == "" for row in rows)
        for group in ("all", *{row["受访者类别"] for row in rows}):
            answers = [row["总体满意度"] for row in rows if group in ("all", row["受访者类别"])]
            satisfied, valid = sum(answer in ("非常满意", "满意") for answer in answers), sum(answer != "" for answer in answers)
            row = truth[rows[0]["调查编号"], group]
            assert [int(row[name]) for name in ("answers", "valid_answers", "satisfied", "somewhat_satisfied")] == [len(answers), valid, satisfied, answers.count("基本满意")]
            assert row["satisfied_share"] == ("" if not valid else str(Fraction(100 * satisfied, valid)))
            assert row["is_forecast"] == str(rows[0]["调查类型"] != "国家").lower()
            assert row["last_answered_on"] == str(max(day_of(r["答卷日期"]) for r in rows))
            seen.add((rows[0]["调查编号"], group))
    assert seen == truth.keys()


def test_national_monitoring(county, whole):
    level = {"Ⅰ级": 1, "I": 1, "Ⅱ级": 2, "II": 2, "Ⅲ级": 3, "III": 3, "Ⅳ级": 4, "IV": 4}
    rows = [
        (int(str(row["年度"]).removesuffix("年")), level[row["学业水平等级"]], exact(row["校际差异率"]))
        for row in sheet_rows(county / "inbox" / "monitoring" / "质量监测结果.xlsx", "学科")
    ]
    last = max(year for year, *_ in rows)
    assert len({year for year, *_ in rows}) == 2
    levels, rates = [of for year, of, _ in rows if year == last], [rate for year, _, rate in rows if year == last]
    found = {"level": (min(levels), "met" if min(levels) >= 3 else "not_met"), "between_school_rate": (max(rates), "met" if max(rates) < Fraction(15, 100) else "not_met")}
    for component, expected in found.items():
        assert whole["national_monitoring_level_gap", component, "all"] == (expected if last >= AS_OF.year - 3 else (None, "no_data"))


def test_disabled_children(county, whole):
    paths = {str(openpyxl.load_workbook(path, read_only=True).active["A1"].value): path for path in (county / "inbox" / "special_education").iterdir()}
    assert len(paths) == 2
    newest = max(paths, key=lambda title: day_of(re.search(r"\d{4}年\d+月\d+日", title).group()))
    rows = sheet_rows(paths[newest], "安置方式")
    numbers = [row["身份证件号"] for row in rows]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert number[:2] == "97" and number[17] == "10X98765432"[sum(int(d) * 2 ** (17 - i) for i, d in enumerate(number[:17])) % 11]
    schooled = sum(row["安置方式"] in ("特殊教育学校", "随班就读", "普校特教班", "送教上门") for row in rows)
    value = Fraction(100 * schooled, len(rows))
    assert whole["disabled_children_enrolment", "", "all"] == (value, "met" if value >= 95 else "not_met")


def test_neighbourhood_enrolment(county, register, students, whole):
    form = filed(county)
    asked = [s for s, row in register.existing.items() if row["举办者"] != "民办" and row["寄宿制"] == "否" and row["城乡分类代码"][0] == "1"]
    for stage, least in (("primary", 100), ("junior", 95)):
        heads = sum(students[school, stage] for school in asked)
        zoned = sum(form[school, stage, "zoned_students"] for school in asked if students[school, stage])
        expected = (None, "not_applicable") if not heads else (100 * zoned / heads, "met" if 100 * zoned >= least * heads else "not_met")
        assert whole["neighbourhood_enrolment", "", stage] == expected
    assert all(form[key] <= form[(*key[:2], "zone_base_students")] == students[key[:2]] for key in form if key[2] == "zoned_students")


def test_retention(county, students, whole):
    form = filed(county)
    names = ("junior_graduates", "junior_entrants", "junior_transfers_in", "junior_transfers_out", "junior_deaths")
    units = [school for (school, stage), heads in students.items() if stage == "junior" and heads]
    figures = [[form[school, "junior", name] for name in names] for school in units]
    if any(figure is None for of_unit in figures for figure in of_unit):
        assert whole["junior_retention_3yr", "", "junior"] == (None, "no_data")
        return
    graduates, entrants, into, out, _ = (sum(column) for column in zip(*figures, strict=True))
    value = min(Fraction(100), 100 * graduates / (entrants + into - out))
    assert whole["junior_retention_3yr", "", "junior"] == (value, "met" if value >= 95 else "not_met")


def test_the_county_form(county, whole):
    form = county_form(county)
    wrong = 0
    for stage, least in (("primary", 720), ("junior", 940)):
        urban, rural = form[stage, "urban", "funding_standard_yuan"], form[stage, "rural", "funding_standard_yuan"]
        wrong += (urban != rural) + (urban < least) + (rural < least)
    assert whole["unified_urban_rural_standards", "unified_funding_baseline", "all"] == violations(wrong)
    places = 100 * form["all", "", "allocated_places"] / form["all", "", "quality_high_school_places"]
    assert whole["quality_high_school_quota", "quota_share", "all"] == (places, "met" if places >= 50 else "not_met")
    schooled = form["all", "", "migrant_children_public"] + form["all", "", "migrant_children_purchased"]
    share = 100 * schooled / form["all", "", "migrant_children_eligible"]
    assert whole["left_behind_migrant_children", "migrant_share", "all"] == (share, "met" if share >= 85 else "not_met")


def test_the_verdict_by_part(county, whole):
    """How many rules of each part hold, and why it does not pass."""
    with (county / "truth" / "county_compliance.csv").open(encoding="utf-8", newline="") as file:
        found = {row["part"]: row for row in csv.DictReader(file)}
    assert sorted(found) == ["all", "government", "preconditions", "quality", "resource", "social", "veto"]
    assert [sum(int(found[part][name]) for name in ("met", "not_met", "undecided")) for part in sorted(found)] == [48, 15, 2, 9, 15, 1, 6]
    reasons = {f"{key[0]}:{status}" for key, (_, status) in whole.items() if status not in ("met", "not_applicable")}
    listed = [reason for row in found.values() for reason in row["reasons"].split(";") if reason]
    assert set(listed) == reasons and all(
        row["reasons"].split(";") == sorted(row["reasons"].split(";")) for row in found.values()
    )
    for row in found.values():
        assert row["verdict"] == ("fail" if int(row["not_met"]) else "undecided" if int(row["undecided"]) else "pass")
        assert ("not_met" in row["reasons"]) == (row["verdict"] == "fail")


def test_inspections_are_of_known_kinds_and_the_next_comes_after(county):
    (path,) = (county / "inbox" / "evidence").glob("督查走访记录*.xlsx")
    rows = sheet_rows(path, "下次日期")
    assert {row["类型"] for row in rows} == {"督查", "走访"}
    assert all(day_of(row["日期"]) <= AS_OF and day_of(row["日期"]) < day_of(row["下次日期"]) for row in rows)
    assert any(day_of(row["下次日期"]) < AS_OF for row in rows) and any(day_of(row["下次日期"]) > AS_OF for row in rows)
