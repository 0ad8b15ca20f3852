"""History and ledger through six releases of changing counties: what they say is worked out by hand, and all of it
is told again in plain Python from the releases' own verdict tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pytest
import replay

from dbt_project.world import World, filed, school_id
from warehouse.ledger_tables import PREVIOUS_HISTORY, PREVIOUS_LEDGER

FILED, ROLLED = "410183", "410184"
JOURNALS = {"history": ("indicator_history", PREVIOUS_HISTORY), "ledger": ("rectification_ledger", PREVIOUS_LEDGER)}
# Backbone teachers of schools with 300 students: three are asked for, 2.55 are the floor. None: not filed.
BACKBONE = {
    "mended": (0, 0, 2, 3, 3, 1),
    "missing": (1, None, 1, None, 3, 3),
    "rests": (1, 3, None, 3, 1, 2),
    "worsens": (2, 1, 2, 0, 0, 0),
    "gone": (1, "no school", "no school", 1, 3, "no school"),
    "fine": (3, 4, 4, 3, 3, 3),
}
SCHOOLS = {name: school_id(number) for number, name in enumerate(BACKBONE)}
# Students of two classes of a primary school, where a class has at most 45; None: nothing is delivered.
CLASSES = ([50, 47], [48, 47], [45, 47], None, [45, 40], [46, 40])
DAYS = [date(2025, 9, 1) + timedelta(days=30 * number) for number in range(6)]
WITHOUT_TESTS = ("--exclude-resource-type", "test")  # each build of the chain would run them again
IDS = [f"{day:%Y%m%d}-001" for day in DAYS]


@dataclass(frozen=True)
class Told:
    """What one build says, and as which release."""

    release_id: str
    day: date
    build: object

    def rows(self, table, **key):
        return self.build.rows(table, **key)

    def journals(self) -> dict[str, pa.Table]:
        return {name: pa.Table.from_pylist(self.rows(table), schema=schema) for name, (table, schema) in JOURNALS.items()}


def county_on(number: int) -> World:
    """Both counties on the day of a release."""
    day = DAYS[number]
    world = World(as_of=day, release_id=IDS[number])
    rows = []
    for name, values in BACKBONE.items():
        if values[number] != "no school":
            rows += filed(SCHOOLS[name], "primary_school", "primary", day, students=300, backbone_teachers=values[number])
    world.file(FILED, rows)
    if CLASSES[number]:
        world.pull_roll(ROLLED, {school_id(90): ("小学", {"primary": CLASSES[number]})})
    return world


@pytest.fixture(scope="module")
def told(build) -> list[Told]:
    releases: list[Told] = []
    for number, day in enumerate(DAYS):
        world = county_on(number)
        world.journals = releases[-1].journals() if releases else {}
        releases.append(Told(IDS[number], day, build(world, *(WITHOUT_TESTS if number else ()))))
    return releases


def life(told, about: str, column: str = "status", **key) -> list:
    """A column of one item, release by release; None before it opens."""
    key = {"school_id": SCHOOLS.get(about, about), "indicator_id": "backbone_teachers_per_100", **key}
    return [next((row[column] for row in release.rows("rectification_ledger", **key)), None) for release in told]


def test_opened_unchanged_improved_closed_by_data_and_reopened(told):
    assert life(told, "mended") == ["open", "open", "improved", "closed", "closed", "reopened"]
    assert life(told, "mended", "gap") == pytest.approx([3, 3, 1, 0, 0, 2])
    assert life(told, "mended", "opened_gap") == pytest.approx([3, 3, 3, 3, 3, 2]), "anew when it reopens"
    assert life(told, "mended", "last_changed_release") == [IDS[0], IDS[0], IDS[2], IDS[3], IDS[3], IDS[5]]
    assert life(told, "mended", "closed_on") == [None, None, None, DAYS[3], DAYS[3], None]
    assert life(told, "mended", "closed_release") == [None, None, None, IDS[3], IDS[3], None]
    assert life(told, "mended", "times_reopened") == [0, 0, 0, 0, 0, 1]
    assert set(life(told, "mended", "opened_release")) == {IDS[0]} and set(life(told, "mended", "opened_on")) == {DAYS[0]}
    assert len(set(life(told, "mended", "item_id"))) == 1


def test_missing_data_close_nothing_and_open_nothing(told):
    assert life(told, "missing") == ["open", "unknown", "open", "unknown", "closed", "closed"]
    assert life(told, "missing", "current_value")[1] is None
    assert life(told, "gone") == ["open", "unknown", "unknown", "open", "closed", "closed"], "a school that is gone closes nothing"
    assert life(told, "rests") == ["open", "closed", "closed", "closed", "reopened", "improved"], "nor does it reopen anything"
    assert life(told, "fine") == [None] * 6


def test_what_gets_worse_is_open_and_what_is_less_than_at_first_has_improved(told):
    assert life(told, "worsens") == ["open", "open", "open", "open", "open", "open"]
    assert life(told, "worsens", "gap") == pytest.approx([1, 2, 1, 3, 3, 3])


def test_a_value_on_the_lesser_side_of_the_floor_is_marked(told):
    item = told[0].build.row("rectification_ledger", school_id=SCHOOLS["worsens"], indicator_id="backbone_teachers_per_100")
    assert not item["is_lesser"], "2 of 300 are under the floor of 2.55"
    county = [row for row in told[0].rows("rectification_ledger") if row["school_id"] == ""]
    assert county and not any(row["is_lesser"] for row in county)


def test_a_class_closes_where_its_school_is_known_and_no_longer_lists_it(told):
    first = {"indicator_id": "class_size", "item_kind": "class", "item": "primary0"}
    second = {**first, "item": "primary1"}
    assert life(told, school_id(90), **first) == ["open", "improved", "closed", "closed", "closed", "reopened"]
    assert life(told, school_id(90), "gap", **first) == pytest.approx([5, 3, None, None, None, 1], nan_ok=True)
    assert life(told, school_id(90), **second) == ["open", "open", "open", "unknown", "closed", "closed"]


def test_an_item_says_what_was_found_by_which_clause_and_who_answers(told):
    item = told[3].build.row("rectification_ledger", school_id=SCHOOLS["mended"], indicator_id="backbone_teachers_per_100")
    assert item["finding_zh"] == "1.2 每百名学生拥有县级以上骨干教师数，小学：低于底线", "what was found stays written when it is closed"
    assert item["finding_en"] == "1.2 Backbone teachers of county rank or above, per 100 students, primary: below the floor"
    assert item["clause"] == "教督〔2017〕6号 1.2"
    assert (item["responsible_kind"], item["gap_unit"]) == ("school", "persons")
    assert item["due_on"] == date(2023, 8, 31), "the stage in which the plan carries out what this indicator decides"
    coefficient = told[0].build.row("rectification_ledger", county_code=FILED, school_id="", indicator_id="backbone_teachers_per_100", stage="primary")
    assert (coefficient["responsible_kind"], coefficient["responsible"], coefficient["gap_unit"]) == ("department", None, "ratio")
    assert coefficient["due_on"] == date(2023, 12, 31), "the goal that all coefficients decide"
    elsewhere = told[0].rows("rectification_ledger", county_code=ROLLED)
    assert elsewhere and {row["due_on"] for row in elsewhere} == {None}, "a county without this plan has no day of it"


def test_the_history_grows_with_changes_alone(told):
    def rows(release, name):
        return release.rows("indicator_history", school_id=SCHOOLS[name], indicator_id="backbone_teachers_per_100")

    # the values of `mended` change three times; those of `fine` twice
    assert [len(rows(release, "mended")) for release in told] == [1, 1, 2, 3, 3, 4]
    assert [len(rows(release, "fine")) for release in told] == [1, 2, 2, 3, 3, 3]
    last = sorted(rows(told[-1], "mended"), key=lambda row: row["valid_from"])
    assert [(row["valid_from"], row["valid_to"], row["release_id"]) for row in last] == [
        (DAYS[0], DAYS[2], IDS[0]), (DAYS[2], DAYS[3], IDS[2]), (DAYS[3], DAYS[5], IDS[3]), (DAYS[5], None, IDS[5]),
    ]  # fmt: skip
    assert [row["value"] for row in last] == pytest.approx([0, 200 / 300, 1, 100 / 300])
    gone = sorted(rows(told[-1], "gone"), key=lambda row: row["valid_from"])
    assert [(row["valid_from"], row["valid_to"]) for row in gone] == [(DAYS[0], DAYS[1]), (DAYS[3], DAYS[4]), (DAYS[4], DAYS[5])]


def test_the_journals_are_those_told_again_from_the_releases(told):
    for count in range(1, len(told) + 1):
        assert_replayed(told[:count])


def assert_replayed(told: list[Told]) -> None:
    releases = [replay.Release(each.release_id, each.day, each.rows) for each in told]
    history = told[-1].rows("indicator_history")
    assert sorted(map(_row, replay.history_of(releases))) == sorted(map(_row, history))
    ledger = {tuple(row[name] for name in replay.ABOUT): row for row in told[-1].rows("rectification_ledger")}
    expected = replay.ledger_of(releases)
    assert ledger.keys() == expected.keys()
    for about, item in expected.items():
        assert {name: ledger[about][name] for name in replay.STATE} == {name: item.get(name) for name in replay.STATE}, about


def _row(row: dict) -> tuple:
    return tuple(str(row[name]) for name in (*replay.SUBJECT, *replay.SAID, "valid_from", "valid_to", "release_id"))


def test_a_correction_of_the_same_day_is_a_change_and_saying_it_again_is_none(told, build):
    """Day 1 is said anew with one value more; then once more, with nothing new."""
    world = county_on(0)
    world.file(FILED, filed(SCHOOLS["mended"], "primary_school", "primary", DAYS[0], backbone_teachers=1), order=5)
    world.release_id, world.journals = "20250901-002", told[0].journals()
    corrected = Told(world.release_id, DAYS[0], build(world, *WITHOUT_TESTS))
    rows = corrected.rows("indicator_history", school_id=SCHOOLS["mended"], indicator_id="backbone_teachers_per_100")
    assert sorted((row["valid_from"], row["valid_to"], row["release_id"]) for row in rows if row["valid_to"]) == [(DAYS[0], DAYS[0], IDS[0])]
    assert [row["release_id"] for row in rows if row["valid_to"] is None] == ["20250901-002"]
    assert_replayed([told[0], corrected])
    again = county_on(0)
    again.file(FILED, filed(SCHOOLS["mended"], "primary_school", "primary", DAYS[0], backbone_teachers=1), order=5)
    # rows of another rule set that lie in the way are neither continued nor touched
    strange = {"rule_set": "another"}
    again.release_id = "20250901-003"
    again.journals = {
        name: pa.Table.from_pylist([row for said in corrected.rows(table) for row in (said, {**said, **strange})], schema)
        for name, (table, schema) in JOURNALS.items()
    }
    repeated = build(again, *WITHOUT_TESTS)
    for table, _ in JOURNALS.values():
        assert repeated.rows(table) == corrected.rows(table), "nothing of a release that says the same"


def test_the_run_hands_over_exactly_the_columns_that_are_published(manifest):
    types = {"varchar": pa.string(), "double": pa.float64(), "date": pa.date32(), "bigint": pa.int64(), "boolean": pa.bool_()}
    for table, handed in JOURNALS.values():
        columns = manifest.nodes[f"model.junheng.{table}"].columns
        assert {name: types[column.data_type] for name, column in columns.items()} == {field.name: field.type for field in handed}
