"""Break a rule on purpose: the published cases must turn red. A check that cannot fail proves nothing."""

from __future__ import annotations

import shutil

import pytest

from dbt_project.test_county_indicators import CASES, check_case, scenarios
from dbt_project.test_county_monitor import TODAY, check_one_county_two_rules, check_printed, counties
from dbt_project.test_published_cases import (
    cases, check_five_schools, check_nine_year_split, check_school_rule, check_weighting,
)  # fmt: skip
from dbt_project.world import Published, dbt
from warehouse.candidate import close_dbt

# name -> (edits of raw SQL: node, old, new), the check that must fail
BREAKAGES = {
    "every school weighs the same": (
        [
            ("model.junheng.int_coefficient", "cast(students as double) as students", "1.0 as students"),
            ("model.junheng.int_coefficient", "fsum(resource order by school_id) / nullif(sum(students), 0)", "avg(ratio)"),
        ],
        lambda published: check_weighting(published, "100005", 0.521024, "not_met"),
    ),
    "the sample's deviation": (
        [("model.junheng.int_coefficient", ") / nullif(sum(deviations.students), 0) as variance", ") / (sum(deviations.students) - 60) as variance")],
        check_five_schools,
    ),
    "the coefficient is rounded before it is judged": (
        [("model.junheng.int_coefficient", "deviation / nullif(mean_ratio, 0) as cv", "round(deviation / nullif(mean_ratio, 0), 1) as cv")],
        lambda published: check_weighting(published, "100005", 0.521024, "not_met"),
    ),
    "values are rounded before they are judged": (
        [("model.junheng.school_indicator", "{{ stands('comparison', 'over_floor') }}", "round(value, 2) >= floor")],
        lambda published: check_school_rule(published, "g"),
    ),
    "the floor is not looked at": (
        [("model.junheng.school_indicator", "{{ stands('comparison', 'over_floor') }}", "true")],
        lambda published: check_school_rule(published, "c"),
    ),
    "facilities are split by heads": (
        [("model.junheng.int_facility_share", "weights.weight * students.students", "students.students")],
        check_nine_year_split,
    ),
    "a missing value is a zero": (
        [("model.junheng.school_indicator", "when is_unknown then 'no_data'", "when is_unknown then 'below_floor'")],
        lambda published: check_school_rule(published, "e"),
    ),
}  # fmt: skip


# name -> (node, old, new), the county and indicator whose case must fail
COUNTY_BREAKAGES = {
    "a room a hair too small counts": (
        "model.junheng.fct_school_facilities", "rooms.area_m2 >= coalesce(", "round(rooms.area_m2, 1) >= coalesce(", ("300001", "music_art_rooms"),
    ),
    "the stages of a school are taken one by one": (
        "model.junheng.int_school_figure", "sum(students) as students", "max(students) as students", ("300004", "school_size"),
    ),
    "a full class is too large": (
        "model.junheng.fct_school_enrolment", "classes.students > class_limits.value", "classes.students >= class_limits.value", ("300005", "class_size"),
    ),
    "small schools are funded for real students": (
        "model.junheng.int_school_check", "small_school_funded_students * baseline_yuan", "students * baseline_yuan", ("300006", "small_school_funding"),
    ),
    "every version of a budget line adds up": (
        "model.junheng.fct_school_budget", "versions.line_id\n", "versions.line_id, versions.updated_on\n", ("300006", "small_school_funding"),
    ),
    "training of any year counts": (
        "model.junheng.int_teacher_check", "training_hours.training_year < year(run.as_of_date)", "true", ("300011", "teacher_training_360h"),
    ),
    "any certificate does": (
        "model.junheng.int_teacher_check", "certificates.certificate_level = bars.certificate_level", "true", ("300011", "teacher_certification"),
    ),
    "whoever has moved in this year is no longer eligible": (
        "model.junheng.int_teacher_check", "rotations.started_on < run.exchange_year_from\n", "true\n", ("300012", "teacher_rotation"),
    ),
    "who moves again and again is eligible": (
        "model.junheng.int_teacher_check", "not coalesce(moves.had_moved, false)", "true", ("300026", "teacher_rotation"),
    ),
    "a certificate that no list knows is none": (
        "model.junheng.int_teacher_check", "uncertain.person_key is null then false", "true then false", ("300027", "teacher_certification"),
    ),
    "a missing school is a violation": (
        "model.junheng.int_county_measure", "coalesce(sum(checks.violations), 0)", "sum(coalesce(checks.violations, 1))", ("300021", "teacher_training_budget_5pct"),
    ),
}  # fmt: skip

# The monitor's rule broken: the county that passes one rule and fails the other must turn red.
MONITOR_BREAKAGES = {
    "the greatest coefficient stands for all": ("fsum(cv order by indicator_id) / count(*)", "max(cv)"),
    "a coefficient is judged by itself": ("'no_data' else 'not_applicable' end as status", "'no_data' when coefficients.cv > 0.5 then 'not_met' else 'met' end as status"),
    "the composite is held to nothing": ("< run.cv_tie_tolerance then 'met'", "< 1 then 'met'"),
    "missing indicators count as nothing": ("case when count(cv) = count(*) then fsum(cv order by indicator_id) / count(*) end as cv", "fsum(cv order by indicator_id) / 9 as cv"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sound_counties(build):
    return build(scenarios())


@pytest.fixture(scope="module")
def sound_monitor(build):
    return build(counties(TODAY))


@pytest.fixture(scope="module")
def sound(build):
    """The cases, built by the project as it is."""
    return build(cases())


@pytest.fixture
def built_with(manifest, tmp_path):
    """A copy of a sound warehouse in which the edited models and all below them are built again."""

    def broken(sound, edits):
        copy = manifest.deepcopy()
        for node, old, new in edits:
            assert old in copy.nodes[node].raw_code, f"{node} no longer says: {old}"
            copy.nodes[node].raw_code = copy.nodes[node].raw_code.replace(old, new)
        close_dbt()
        home = tmp_path / "home"
        shutil.copytree(sound.home, home)
        below = [f"{node.rpartition('.')[2]}+" for node, _, _ in edits]
        dbt(home, "run", "--select", *below, manifest=copy)
        return Published(home)

    return broken


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_rule_turns_a_published_case_red(built_with, sound, name):
    edits, check = BREAKAGES[name]
    published = built_with(sound, edits)
    with pytest.raises(AssertionError):
        check(published)


@pytest.mark.parametrize("name", COUNTY_BREAKAGES)
def test_a_broken_count_turns_a_county_red(built_with, sound_counties, name):
    node, old, new, place = COUNTY_BREAKAGES[name]
    published = built_with(sound_counties, [(node, old, new)])
    with pytest.raises(AssertionError):
        for case in CASES:
            if case[:2] == place:
                check_case(published, *case)


@pytest.mark.parametrize("name", MONITOR_BREAKAGES)
def test_a_broken_monitor_turns_its_counties_red(built_with, sound_monitor, name):
    old, new = MONITOR_BREAKAGES[name]
    published = built_with(sound_monitor, [("model.junheng.county_monitor", old, new)])
    with pytest.raises(AssertionError):
        check_one_county_two_rules(published)
        check_printed(published, "庐阳", "primary")
