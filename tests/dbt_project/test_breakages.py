"""Break a rule on purpose: the published cases must turn red. A check that cannot fail proves nothing."""

from __future__ import annotations

import shutil

import pytest

from dbt_project.test_published_cases import (
    cases, check_five_schools, check_nine_year_split, check_school_rule, check_weighting,
)  # fmt: skip
from dbt_project.world import Published, dbt
from warehouse.candidate import close_dbt

# name -> (edits of raw SQL: node, old, new), the check that must fail
BREAKAGES = {
    "every school weighs the same": (
        [
            ("model.junheng.county_balance", "cast(students as double) as students", "1.0 as students"),
            ("model.junheng.county_balance", "fsum(resource order by school_id) / nullif(sum(students), 0)", "avg(ratio)"),
        ],
        lambda published: check_weighting(published, "100005", 0.521024, "not_met"),
    ),
    "the sample's deviation": (
        [("model.junheng.county_balance", ") / nullif(sum(deviations.students), 0) as variance", ") / (sum(deviations.students) - 60) as variance")],
        check_five_schools,
    ),
    "the coefficient is rounded before it is judged": (
        [("model.junheng.county_balance", "deviation / nullif(mean_ratio, 0) as cv", "round(deviation / nullif(mean_ratio, 0), 1) as cv")],
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


@pytest.fixture(scope="module")
def sound(build):
    """The cases, built by the project as it is."""
    return build(cases())


@pytest.fixture
def built_with(sound, manifest, tmp_path):
    """A copy of the sound warehouse in which the edited models and all below them are built again."""

    def broken(edits):
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
def test_a_broken_rule_turns_a_published_case_red(built_with, name):
    edits, check = BREAKAGES[name]
    published = built_with(edits)
    with pytest.raises(AssertionError):
        check(published)
