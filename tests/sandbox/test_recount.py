"""What lies in the files and stores, counted again by hand, is what the truth says.

Neither the plan nor the pipeline: the rules of who and what counts are written a
third time here. Part 1, schools, classes, money; test_recount_people.py and
test_recount_documents.py have the rest.
"""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter, defaultdict
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from written_files import (
    AS_OF, COMPLETED, DAY, STAGE_OF_GRADE, Register, card_files, exact, filed, items, kinds_of, shares, sheet_rows, violations,
)  # fmt: skip

EQUIPMENT = ("201", "232", "240", "241", "A0201", "A0209", "A0210")
TEACHING_SPACES = ("普通教室", "专用教室", "实验室", "图书阅览室", "心理辅导室", "其他教学辅助用房")


def test_students(students, truth, register):
    counted = {unit: Fraction(students[unit]) for unit in truth["students"]}
    assert counted == truth["students"]
    assert {school for school, _ in truth["students"]} == register.existing.keys()


def test_rows_that_do_not_count_are_there(county):
    rows = items(county, "students")
    status = Counter(row["学籍状态"] for row in rows)
    assert all(status[name] for name in ("休学", "转出", "毕业"))
    rows_of = defaultdict(list)
    for row in rows:
        rows_of[row["全国学籍号"]].append(row)
    twice = [mine for mine in rows_of.values() if len(mine) > 1]
    assert twice, "nobody moved within the county"
    for mine in twice:
        assert sorted(row["学籍状态"] for row in mine) == ["在籍在读", "转出"]
        assert len({row["身份证件号"] for row in mine}) == 1


def test_students_sit_in_classes_that_exist(county):
    classes = {(row["学校标识码"], row["班号"]): row for row in items(county, "classes")}
    assert len(classes) == len(items(county, "classes"))
    for row in items(county, "students"):
        assert classes[row["学校标识码"], row["班号"]]["年级"] == row["年级"]


def test_identity_numbers_are_valid_and_nobodys(county):
    seen = {row["身份证件号"] for row in items(county, "students")} - {""}
    with sqlite3.connect(county / "systems" / "hr_payroll.sqlite") as database:
        seen |= {number for (number,) in database.execute("select id_number from staff")}
    database.close()
    for number in seen:
        total = sum(int(digit) * 2 ** (18 - place) for place, digit in enumerate(number[:17], start=1))
        assert number[17] == "10X98765432"[total % 11]
        assert number[:2] in ("98", "99")  # no province


def same_counts(found: Counter, true: dict[tuple[str, str], Fraction]) -> bool:
    stray = {unit for unit in found if unit[1] != "senior"} - true.keys()
    return not stray and {unit: Fraction(found[unit]) for unit in true} == true


def test_teachers_above_the_required_degree(county, teachers, truth):
    highest = Counter()
    with sqlite3.connect(county / "systems" / "hr_payroll.sqlite") as database:
        for person, degree in database.execute("select id_number, degree from degrees"):
            level = COMPLETED.get(degree.split("-")[0], 0)
            highest[person] = max(highest[person], level)
    database.close()
    bar = {"primary": 1, "junior": 2, "senior": 9}
    found = Counter((school, stage) for person, (school, stage, _) in teachers.items() if highest[person] >= bar[stage])
    assert same_counts(found, truth["teachers_above_required_degree"])


def test_backbone_teachers(county, teachers, truth):
    with sqlite3.connect(county / "systems" / "hr_payroll.sqlite") as database:
        titles = database.execute("select id_number, level, awarded_on, valid_to from backbone_titles").fetchall()
    database.close()
    holders = {
        person
        for person, level, awarded, until in titles
        if level in ("国家级", "省级", "市级", "县级") and awarded <= DAY and (until is None or until >= DAY)
    }
    found = Counter((school, stage) for person, (school, stage, _) in teachers.items() if person in holders)
    assert same_counts(found, truth["backbone_teachers"])
    of_teachers = [row for row in titles if row[0] in teachers]
    assert any(level == "校级" for _, level, _, _ in of_teachers)
    assert any(until and until < DAY for _, _, _, until in of_teachers)
    assert any(awarded > DAY for _, _, awarded, _ in of_teachers)
    assert any(awarded == DAY for _, _, awarded, _ in of_teachers) or len(teachers) < 1000
    assert max(Counter(person for person, *_ in of_teachers).values()) > 1


def test_pe_and_arts_teachers(teachers, truth):
    arts = ("体育与健康", "体育", "音乐", "美术", "艺术")
    found = Counter((school, stage) for school, stage, course in teachers.values() if course in arts)
    assert same_counts(found, truth["pe_arts_teachers"])


def test_staff_who_must_not_count_are_there(county):
    with sqlite3.connect(county / "systems" / "hr_payroll.sqlite") as database:
        database.row_factory = sqlite3.Row
        staff = database.execute("select * from staff").fetchall()
    database.close()
    for column, value in (
        ("person_status", "退休"), ("person_status", "借出"), ("person_status", "病休"), ("person_status", "交流"),
        ("employment", "代课"), ("employment", "兼任"), ("staff_category", "工勤人员"), ("teaching_status", "未任教"),
    ):  # fmt: skip
        assert any(row[column] == value for row in staff), value
    assert any(row["work_unit_code"] != row["post_unit_code"] for row in staff)
    assert any(row["staff_category"] == "行政人员" and row["teaching_status"] == "任教" for row in staff)


def same_amounts(found: dict[str, Fraction], true: dict, register: Register, students: Counter) -> bool:
    expected = {
        (school, stage): found.get(school, Fraction(0)) * shares(register, students, school).get(stage, Fraction(0)) for school, stage in true
    }
    return expected == true


def test_equipment_value(county, register, students, truth):
    files = card_files(county)
    newest = {}
    for day, rows in files:
        for row in rows:
            newest[row["单位代码"]] = max(day, newest.get(row["单位代码"], day))
    found: dict[str, Fraction] = defaultdict(Fraction)
    stale = 0
    for day, rows in files:
        for row in rows:
            if day < newest[row["单位代码"]]:
                stale += 1
            elif row["class"].startswith(EQUIPMENT) and row["使用方向"] in ("教学", "", None) and row["使用状况"] in ("自用", "在用"):
                found[register.school(row["单位代码"], day)] += exact(row["价值"])
    assert stale, "no holder has an older list that a newer one replaces"
    assert same_amounts(found, truth["equipment_value_yuan"], register, students)


def test_one_holder_stands_in_one_file_of_a_day(county):
    seen = [(day, holder) for day, rows in card_files(county) for holder in {row["单位代码"] for row in rows}]
    assert len(seen) == len(set(seen))


def test_cards_of_the_merged_school_are_its_successors(county, register):
    closed = {row["统一社会信用代码"]: row for row in register.rows if row["变更类型"] == "合并"}
    (old_day, old), *newer = card_files(county)
    assert {row["单位代码"] for row in old} & closed.keys()
    assert all(not {row["单位代码"] for row in rows} & closed.keys() for _, rows in newer)
    assert all(old_day < datetime.strptime(row["停用日期"], "%Y%m%d").date() <= AS_OF for row in closed.values())


def test_teaching_and_sports_area(county, register, students, truth):
    rows = sheet_rows(county / "inbox" / "asset_register" / "校舍场地台账.xlsx", "台账编号")
    teaching, sports = defaultdict(Fraction), defaultdict(Fraction)
    for row in rows:
        if row["使用状况"] in ("自用", "在用"):
            if row["用途类别"] in TEACHING_SPACES:
                teaching[row["学校标识码"]] += exact(row["面积（平方米）"])
            elif row["用途类别"] in ("运动场地", "室内体育用房"):
                sports[row["学校标识码"]] += exact(row["面积（平方米）"])
    assert any(row["用途类别"] == "室内体育用房" for row in rows)
    assert same_amounts(teaching, truth["teaching_area_m2"], register, students)
    assert same_amounts(sports, truth["sports_area_m2"], register, students)


def test_multimedia_classrooms(county, register, students, truth):
    rows = sheet_rows(county / "inbox" / "asset_register" / "教室清单.xlsx", "房间编号")
    found = Counter(row["学校标识码"] for row in rows if row["是否网络多媒体教室"] == "是" and row["使用状况"] in ("自用", "在用"))
    assert same_amounts({school: Fraction(n) for school, n in found.items()}, truth["multimedia_classrooms"], register, students)


def test_filed_figures_agree_with_the_records(county, register, students, truth):
    figures = {key: value for key, value in filed(county).items() if key[2] in (*truth, "students")}  # the others are the form's alone
    assert len({school for school, *_ in figures}) >= 4 and {stage for _, stage, _ in figures} == {"primary", "junior", "senior", "whole"}
    for (school, stage, measure), value in figures.items():
        if stage == "whole":
            for of_stage, share in shares(register, students, school).items():
                if of_stage != "senior":
                    assert value * share == truth[measure][school, of_stage]
        elif stage == "senior":
            assert value == students[school, "senior"]
        else:
            assert value == truth[measure][school, stage]


def test_the_statistics_book_agrees_with_the_records(county, truth, students, register):
    book = openpyxl.load_workbook(county / "inbox" / "declared" / "教育事业统计_2025.xlsx")

    def figure(form: str, row: str, column: str) -> Fraction:
        (name,) = [name for name in book.sheetnames if name.startswith(f"{form}_") or name.startswith(f"{form}续_")]
        cells = list(book[name].iter_rows(values_only=True))
        place = next(line.index(column) for line in cells if column in line)
        return exact(next(line[place] for line in cells if line[0] == row))

    school = next(line[1] for line in book["教基1001_九年一贯制学校"].iter_rows(values_only=True) if line[0] == "学校标识码")
    part = shares(register, students, school)
    gym = figure("教基5170", "#室内体育用房", "面积")
    whole = {
        "teaching_area_m2": figure("教基5170", "教学及辅助用房", "面积") - gym,
        "sports_area_m2": figure("教基5176", "运动场地面积", "数量") + gym,
        "equipment_value_yuan": figure("教基5176", "教学仪器设备资产值", "数量") * 10_000,
        "multimedia_classrooms": figure("教基5176", "网络多媒体教室", "数量"),
    }
    for measure, amount in whole.items():
        assert amount * part["primary"] == truth[measure][school, "primary"], measure
    for stage, students_form, teachers_form, degrees, column in (
        ("primary", "教基3112", "教基4155", ("硕士研究生", "本科", "专科"), "小学"),
        ("junior", "教基3115", "教基4156", ("硕士研究生", "本科"), "初中"),
    ):
        assert figure(students_form, "总计", "在校生数") == truth["students"][school, stage]
        assert figure("教基1102", "县级以上骨干教师", column) == truth["backbone_teachers"][school, stage]
        assert figure(teachers_form, "总计", "体育与健康") + figure(teachers_form, "总计", "小计") == truth["pe_arts_teachers"][school, stage]
        assert sum(figure(teachers_form, degree, "合计") for degree in degrees) == truth["teachers_above_required_degree"][school, stage]


def test_every_file_says_that_it_is_simulated(county):
    for path in (county / "inbox").rglob("*.*"):
        if path.suffix == ".csv":
            assert "模拟数据" in path.name
        else:
            for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
                assert "模拟数据" in str(next(sheet.iter_rows(max_row=1, values_only=True))[0])


def budget_lines(county: Path) -> list[dict[str, str]]:
    """The newest version of each line that is not deleted."""
    folder = county / "inbox" / "finance_budget" / "410183"
    with (folder / "预算指标_2025_模拟数据.csv").open(encoding="gbk", newline="") as file:
        versions = {}
        for row in csv.DictReader(file):
            if row["更新时间"] >= versions.get(row["原指标主键"], {"更新时间": ""})["更新时间"]:
                versions[row["原指标主键"]] = row
    return [row for row in versions.values() if row["是否删除"] == "0"]


def test_budget_table_and_indicator_list_tell_the_same_money(county):
    folder = county / "inbox" / "finance_budget" / "410183"
    listed = sum(exact(row["指标金额"]) for row in budget_lines(county))
    cells = list(openpyxl.load_workbook(folder / "部门预算表_2025年.xlsx").active.iter_rows(values_only=True))
    assert "单位：万元" in cells[1]
    assert cells[-1][0] == "合计" and exact(cells[-1][4]) * 10_000 == listed
    detail = sum(exact(row[4]) for row in cells[4:-1] if row[3] != "小计")
    assert detail == exact(cells[-1][4])


# ---- the indicators of the whole county


def test_music_and_art_rooms(county, register, whole):
    kinds = kinds_of(register)
    classes = Counter(row["学校标识码"] for row in items(county, "classes") if STAGE_OF_GRADE[row["年级"]] != "senior")
    rooms = sheet_rows(county / "inbox" / "asset_register" / "教室清单.xlsx", "房间编号")
    for component, kind, least in (("music_rooms", "音乐教室", 96), ("art_rooms", "美术教室", 90)):
        of_kind = [(row["学校标识码"], exact(row["使用面积（平方米）"]), row["使用状况"]) for row in rooms if row["教室类别"] == kind]
        enough = Counter(school for school, area, use in of_kind if area >= least and use in ("在用", "自用"))
        short = [s for s, kind in kinds.items() if kind in ("211", "311", "312", "345", "341") and enough[s] * 12 < classes[s]]
        assert whole["music_art_rooms", component, "all"] == violations(len(short))
        areas = {area for _, area, use in of_kind if use in ("在用", "自用")}
        assert {Fraction(least), least - Fraction(1, 100)} <= areas
        assert any(area >= least and use not in ("在用", "自用") for _, area, use in of_kind)


def test_school_size(register, students, whole):
    kinds = kinds_of(register)
    of_school = Counter()
    for (school, stage), count in students.items():
        of_school[school] += count if stage != "senior" else 0
    assert whole["school_size", "", "all"] == violations(sum(n > (2500 if kinds[s] in ("312", "345") else 2000) for s, n in of_school.items()))


def test_class_size(county, whole):
    in_school = [row for row in items(county, "students") if row["学籍状态"] == "在籍在读"]
    heads = Counter((STAGE_OF_GRADE[row["年级"]], row["学校标识码"], row["班号"]) for row in in_school)
    for stage, most in (("primary", 45), ("junior", 50)):
        sizes = [n for (of, _, _), n in heads.items() if of == stage]
        assert whole["class_size", "", stage] == violations(sum(n > most for n in sizes))
        assert county.name == "small" or most in sizes, "no class exactly on the line"


@pytest.fixture(scope="module")
def money(county, register) -> dict[str, tuple[Fraction, Fraction]]:
    """Running costs and teacher training of every unit with a budget, by school."""
    running, training = defaultdict(Fraction), defaultdict(Fraction)
    for row in budget_lines(county):
        economic = row["部门支出经济分类科目"].split("-")[0]
        if economic[:3] in ("302", "310"):
            running[register.school(row["单位代码"], AS_OF)] += exact(row["指标金额"])
        if economic == "30216":
            training[register.school(row["单位代码"], AS_OF)] += exact(row["指标金额"])
    return {school: (amount, training[school]) for school, amount in running.items()}


def test_every_public_school_has_a_budget(register, money):
    assert money.keys() == {school for school, row in register.existing.items() if row["举办者"] != "民办"}


def test_small_school_funding(register, students, money, whole):
    kinds = kinds_of(register)
    small = [
        school
        for school, row in register.existing.items()
        if (kinds[school] == "218" or (kinds[school] == "211" and row["城乡分类代码"][0] == "2")) and 0 < students[school, "primary"] < 100
    ]
    assert len(small) > 1
    assert whole["small_school_funding", "", "all"] == violations(sum(money[school][0] < 72_000 for school in small))
    assert any(money[school][0] == 72_000 for school in small), "nobody exactly on the line"


def test_special_ed_funding(register, students, money, whole):
    special = [school for school, kind in kinds_of(register).items() if kind == "514"]
    heads = sum(students[school, stage] for school in special for stage in ("primary", "junior"))
    value = sum(money[school][0] for school in special) / heads
    assert whole["special_ed_funding_per_student", "", "all"] == (value, "met" if value >= 8000 else "not_met")


def test_teacher_training_budget(county, register, money, whole):
    """Public schools by the budget, private ones by what they filed."""
    private = {school for school, row in register.existing.items() if row["举办者"] == "民办"}
    form = filed(county)
    said = {school: [sum(form[school, stage, name] or 0 for stage in ("primary", "junior") if (school, stage, name) in form) for name in ("public_funds_budget_yuan", "training_funds_budget_yuan")] for school in private}
    both = {**money, **{school: tuple(figures) for school, figures in said.items()}}
    assert private and whole["teacher_training_budget_5pct", "", "all"] == violations(sum(training * 20 < running for running, training in both.values()))
    assert any(training * 20 == running for running, training in money.values()), "nobody exactly on the line"
