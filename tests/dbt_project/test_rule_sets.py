"""One set of facts judged by several rule sets: ours, files over it, and each by the rules of its day."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import pytest

from dbt_project import world as worlds
from dbt_project.world import PROJECT, RULE_SET, Published, World, filed, school_id

COUNTY = "410183"
SET = "seed,base,name_zh,name_en,document,source,confidence,{}\nrule_sets,{},示例,example,文号,test,test,{}\n"


def file_of(base: str, columns: str, *rows: str) -> str:
    lines = (f"{seed},,,,,test,test,{cells}" for seed, _, cells in (row.partition(": ") for row in rows))
    return SET.format(columns, base, "," * columns.count(",")) + "".join(f"{line}\n" for line in lines)


PROVINCE = file_of(
    RULE_SET,
    "indicator_id,component,stage,threshold,valid_from,valid_to,is_on,yuan_per_student,scope_reason,is_removed,degree_level,limit_id,value",
    # a threshold that rose in 2024; its floor share and its limit of variation are the base's
    "indicator_thresholds: teaching_area_per_student,,primary,5,2024-01-01,,,,,,,,",
    "indicators: veto_offcampus_training_burden,,,,,,true,,,,,,",
    "funding_baselines: ,,primary,,2020-01-01,2024-12-31,,935,,,,,",
    "scope_exclusions: ,,,,,,,,teaching_point_under_50_students,true,,,",
    "degree_bars: ,,primary,,,,,,,true,junior_college,,",
    "item_limits: ,,primary,,,,,,,,,class_most_students,40",
)
CITY = file_of("province", "indicator_id,stage,threshold,floor_ratio", "indicator_thresholds: teaching_area_per_student,primary,,0.9")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project with two more rule sets: a province's over ours, a city's over the province's."""
    copy = tmp_path_factory.mktemp("project") / "dbt_project"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs"))
    for name, text in {"province": PROVINCE, "city": CITY}.items():
        (copy / "rule_sets" / f"{name}.csv").write_text(text, encoding="utf-8")
    return copy


def facts() -> World:
    world = World()
    large, point = school_id(1), school_id(2)
    world.file(COUNTY, filed(large, "primary_school", "primary", students=100, teaching_area_m2=475, classes=2))
    world.file(COUNTY, filed(point, "teaching_point", "primary", students=49, teaching_area_m2=245, classes=2))
    return world


@pytest.fixture(scope="module")
def judged(project, tmp_path_factory):
    """The same facts by rule set and day."""
    made: dict[tuple, Published] = {}

    def by(rule_set: str, day: date = worlds.AS_OF) -> Published:
        if (rule_set, day) not in made:
            world = replace(facts(), rule_set=rule_set)
            if day != worlds.AS_OF:
                world = World(as_of=day, rule_set=rule_set)
                world.file(COUNTY, filed(school_id(1), "primary_school", "primary", day, students=100, teaching_area_m2=475))
            home = world.write(tmp_path_factory.mktemp("home"))
            worlds.dbt(home, "build", "--exclude-resource-type", "unit_test", project=project)
            made[rule_set, day] = Published(home)
        return made[rule_set, day]

    return by


def area(published, school=1):
    return published.row("school_indicator", school_id=school_id(school), indicator_id="teaching_area_per_student")


def test_another_rule_set_changes_the_verdict_and_no_measure(judged):
    ours, province = judged(RULE_SET), judged("province")
    assert ours.rows("measure") == province.rows("measure") and ours.rows("school_fact") != []
    assert (area(ours)["status"], area(ours)["threshold"], area(ours)["rule_set"]) == ("met", 4.5, RULE_SET)
    # 4.75 < 5, and above 0.85 * 5: the share of the floor is inherited
    assert (area(province)["status"], area(province)["threshold"], area(province)["floor"]) == ("within_floor", 5, 4.25)
    assert {row["rule_set"] for row in province.rows("county_balance")} == {"province"}
    balance = province.row("county_balance", stage="primary", indicator_id="teaching_area_per_student")
    assert balance["cv_limit"] == 0.5


def test_a_rule_set_over_another_file_changes_single_cells(judged):
    row = area(judged("city"))
    assert (row["threshold"], row["floor"], row["status"]) == (5, 4.5, "within_floor")


def test_a_threshold_that_changed_holds_from_its_day_and_the_former_before(judged):
    before = area(judged("province", date(2023, 12, 31)))
    assert (before["status"], before["threshold"]) == ("met", 4.5)
    assert area(judged("province", date(2024, 1, 1)))["status"] == "within_floor"
    rows = judged("province", date(2023, 12, 31)).rows("indicator", id="teaching_area_per_student", stage="primary")
    shown = {row["rule_set"]: (row["threshold"], row["valid_from"], row["valid_to"]) for row in rows}
    assert shown["province"] == (4.5, date(2017, 4, 1), date(2023, 12, 31))
    assert shown[RULE_SET] == (4.5, date(2017, 4, 1), None)


def test_a_row_may_be_removed_a_rule_switched_on_and_a_limit_replaced(judged):
    ours, province = judged(RULE_SET), judged("province")
    point = {"school_id": school_id(2)}
    assert ours.row("school_unit", **point)["scope_reason"] == "teaching_point_under_50_students"
    assert province.row("school_unit", **point)["is_in_scope"]
    veto = {"indicator_id": "veto_offcampus_training_burden"}
    assert ours.rows("county_indicator", **veto) == [] and len(province.rows("county_indicator", **veto)) == 1
    limits = {row["rule_set"]: row["limits"] for row in province.rows("indicator", id="class_size", stage="primary")}
    assert limits["province"] == ["class_most_students = 40.0 students"] == limits["city"]
    assert limits[RULE_SET] == ["class_most_students = 45.0 students"]


def seed(published, name, **key):
    with worlds.duckdb.connect(str(published.home / "warehouse.duckdb")) as warehouse:
        rows = warehouse.sql(f"select * from {name} order by all").to_arrow_table().to_pylist()
    return [row for row in rows if all(row[column] == value for column, value in key.items())]


def test_a_dated_row_cuts_the_base_rows_that_it_meets(judged):
    spans = {
        name: [
            (float(row["yuan_per_student"]), row["valid_from"], row["valid_to"])
            for row in sorted(seed(judged("province"), "funding_baselines", rule_set=name, stage="primary"), key=lambda row: row["valid_from"])
        ]
        for name in (RULE_SET, "province")
    }
    assert spans[RULE_SET] == [
        (600, date(2016, 1, 1), date(2019, 12, 31)), (650, date(2020, 1, 1), date(2022, 12, 31)), (720, date(2023, 1, 1), None),
    ]  # fmt: skip
    assert spans["province"] == [
        (600, date(2016, 1, 1), date(2019, 12, 31)), (935, date(2020, 1, 1), date(2022, 12, 31)),
        (935, date(2023, 1, 1), date(2024, 12, 31)), (720, date(2025, 1, 1), None),
    ]  # fmt: skip


def test_a_rule_set_has_whatever_its_base_has_and_nothing_more(judged):
    published = judged("province")
    bars = {name: {row["degree_level"] for row in seed(published, "degree_bars", rule_set=name, stage="primary")} for name in (RULE_SET, "province")}
    assert bars[RULE_SET] - bars["province"] == {"junior_college"} and bars["province"] < bars[RULE_SET]
    for name in ("indicators", "indicator_components", "parameters", "split_weights", "monitor_limits", "certificate_bars"):
        ours, theirs = (len(seed(published, name, rule_set=rule_set)) for rule_set in (RULE_SET, "city"))
        assert ours == theirs > 0, name
    assert {row["rule_set"] for row in published.rows("indicator")} == {RULE_SET, "cn-2017-6-relaxed", "province", "city"}


def test_our_own_rule_set_is_what_its_seeds_say(judged):
    """Resolving leaves rows without a base as they are: same keys, same cells, same days."""
    import csv

    for name in ("indicator_thresholds", "item_limits", "scope_exclusions", "funding_baselines", "indicators"):
        with (PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            written = sorted((tuple(row[c] for c in row if not c.endswith(("value", "threshold", "ratio", "limit", "student", "is_on"))) for row in csv.DictReader(stream)))
        found = sorted(
            tuple("" if row[c] is None else str(row[c]) for c in row if not c.endswith(("value", "threshold", "ratio", "limit", "student", "is_on")))
            for row in seed(judged(RULE_SET), name, rule_set=RULE_SET)
        )
        assert found == written, name
