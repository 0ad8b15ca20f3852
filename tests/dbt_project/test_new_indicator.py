"""An indicator over known measures is seed rows and nothing else; here one of the maximum kind."""

from __future__ import annotations

import csv
import shutil
from fractions import Fraction

import pytest

from dbt_project import world as worlds
from dbt_project.fractions_of import close
from dbt_project.world import PROJECT, Published, World, filed, school_id

PER_CLASS = "students_per_class"
LIMIT = Fraction("45.5")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    project = tmp_path_factory.mktemp("project") / "dbt_project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    said = {"rule_set": worlds.RULE_SET, "indicator_id": PER_CLASS, "document": "test", "source": "test", "confidence": "test"}
    _append(
        project / "seeds/indicators.csv",
        said | {"part": "government", "kind": "ratio", "level": "school", "name_zh": "班均人数", "name_en": "students a class",
                "numerator_measure": "students", "denominator_measure": "classes", "per": "1", "comparison": "<=", "is_on": "true"},
    )  # fmt: skip
    _append(project / "seeds/indicator_thresholds.csv", said | {"stage": "primary", "threshold": str(float(LIMIT))})
    world = World()
    for number, (students, classes) in enumerate([(91, 2), (92, 2), (40, 1)]):
        world.file("410183", filed(school_id(number), "primary_school", "primary", students=students, classes=classes))
    home = world.write(tmp_path_factory.mktemp("home"))
    worlds.dbt(home, "build", "--exclude-resource-type", "unit_test", project=project)
    return Published(home)


def _append(path, row: dict) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(row)


def test_a_maximum_is_judged_like_any_other_row(published):
    rows = {row["school_id"]: row for row in published.rows("school_indicator", indicator_id=PER_CLASS)}
    assert [rows[school_id(n)]["status"] for n in range(3)] == ["met", "not_met", "met"]
    assert [rows[school_id(n)]["gap_to_threshold"] for n in range(3)] == [0, 0.5, 0]
    assert all(close(rows[school_id(n)]["attainment"], LIMIT / value) for n, value in enumerate((Fraction("45.5"), Fraction(46), Fraction(40))))
    assert all(row["floor"] is None and row["gap_to_floor"] is None and row["basis"] == "declared" for row in rows.values())


def test_the_school_rule_of_part_1_does_not_count_it(published):
    for row in published.rows("school_compliance"):
        assert (row["indicators_no_data"], row["verdict"]) == (7, "undecided")
        assert not any(reason.startswith(PER_CLASS) for reason in row["reasons"])
    assert published.rows("indicator", id=PER_CLASS)[0]["comparison"] == "<="
