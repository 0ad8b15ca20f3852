"""The table of rules in both READMEs says what the seeds, the sources and the tests say."""

from __future__ import annotations

from pathlib import Path

import pytest

from every_rule import RESTS_ON, RULES, seed
from rule_table import READMES, rule_table

TESTS = Path(__file__).parent
ALL = seed("indicators")
COMPONENTS = seed("indicator_components")
BY_DOCUMENT = ("evidence", "veto", "precondition")


def parts_of(indicator: dict[str, str]) -> list[dict[str, str]]:
    """What decides an indicator: its components, or itself where it has none."""
    return [row for row in COMPONENTS if row["indicator_id"] == indicator["indicator_id"]] or [indicator]


def measures_of(indicator: dict[str, str]) -> set[str]:
    if indicator["kind"] == "monitored":
        return {"students", *(row["numerator_measure"] for row in seed("monitor_indicators"))}
    parts = parts_of(indicator)
    return {row[side] for row in parts for side in ("numerator_measure", "denominator_measure")} - {""}


@pytest.mark.parametrize("readme", READMES)
def test_every_rule_has_its_row(readme):
    rows = rule_table(readme)
    assert [(row.number, row.indicator_id) for row in rows] == [(row["number"] or "–", row["indicator_id"]) for row in ALL]


@pytest.mark.parametrize("readme", READMES)
def test_measures_are_those_of_the_seeds(readme):
    found = {row.indicator_id: set(row.measures) for row in rule_table(readme)}
    assert found == {row["indicator_id"]: measures_of(row) for row in ALL}


@pytest.mark.parametrize("readme", READMES)
def test_sources_are_those_that_leave_it_open_when_they_are_gone(readme):
    found = {row.indicator_id: set(row.sources) for row in rule_table(readme)}
    assert found == {row["indicator_id"]: {name for name, rules in RESTS_ON.items() if row["indicator_id"] in rules} for row in ALL}


@pytest.mark.parametrize("readme", READMES)
def test_what_is_counted_and_what_documents_decide(readme):
    found = {row.indicator_id: row.decided for row in rule_table(readme)}
    expected = {
        row["indicator_id"]: frozenset("evidence" if part["kind"] in BY_DOCUMENT else "automatic" for part in parts_of(row)) for row in ALL
    }
    assert found == expected


@pytest.mark.parametrize("readme", READMES)
def test_the_named_tests_stand_and_name_the_rule(readme):
    for row in rule_table(readme):
        names = [row.indicator_id, *(part["component"] for part in COMPONENTS if part["indicator_id"] == row.indicator_id)]
        assert row.tests, row
        for name in row.tests:
            text = (TESTS / name).read_text(encoding="utf-8")
            # the tests of every rule read their list from the seed
            assert "from every_rule import" in text or any(f'"{each}"' in text for each in names), f"{name} does not speak of {row.indicator_id}"


def test_both_languages_say_the_same():
    assert rule_table(READMES[0]) == rule_table(READMES[1])


def test_the_rules_that_are_off_are_said_to_be():
    assert {row["indicator_id"] for row in ALL} - set(RULES) == {"veto_offcampus_training_burden"}
