"""Every indicator of the standard: met by a county that meets everything, and by itself enough to fail.

The list of indicators is the standard's own, and what each source decides is written
from the standard's clauses (every_rule.py). One warehouse holds a county that meets everything, one for every indicator
that fails there alone, and one for every source that has nothing of it. They are read
and built past the gates (many_counties.py); a whole run of a county that meets
everything is in test_everything_met.py, so that the two can go side by side.
"""

from __future__ import annotations

from datetime import date

import pytest

from every_rule import PARTS, RESTS_ON, RULES
from many_counties import Counties, judged_together
from rule_table import READMES, rule_table
from sandbox.fulfilment import EVERYTHING
from sandbox.make import Order, make_counties
from sandbox.serve import serve
from sources.register import SOURCES

AS_OF = date(2025, 9, 1)
SIZE = {"schools": 12, "students": 1000}
INDICATORS = sorted(RULES)


def county_of(spoilt: str | None) -> str:
    """The code of the county that fails `spoilt` alone, or has nothing in the source `spoilt`; of None of the one that passes."""
    return str(410183 + [None, *INDICATORS, *RESTS_ON].index(spoilt))


@pytest.fixture(scope="module")
def counties(tmp_path_factory) -> Counties:
    folder = tmp_path_factory.mktemp("every-indicator")
    orders = [Order(county_of(None), **SIZE, fulfilling=EVERYTHING)]
    orders += [Order(county_of(name), **SIZE, fulfilling=EVERYTHING - {name}, seed=seed) for seed, name in enumerate(INDICATORS)]
    orders += [Order(county_of(source), **SIZE, fulfilling=EVERYTHING, without=(source,)) for source in RESTS_ON]
    make_counties(folder / "sandbox", orders, as_of=AS_OF)
    with serve(folder / "sandbox") as settings:
        return judged_together(folder / "home", settings, AS_OF)


def reasons_by_part(parts: dict[str, dict]) -> dict[str, tuple[str, list[str]]]:
    return {part: (row["verdict"], row["reasons"]) for part, row in parts.items()}


def test_the_sandbox_and_the_tables_here_know_every_rule():
    assert set(INDICATORS) == EVERYTHING
    assert set(RULES.values()) == set(PARTS) and len(RULES) == 32 + 1 + 6 + 2  # the school rule beside the 32
    assert set(RESTS_ON) == {source.name for source in SOURCES}
    # every rule rests on some source
    assert {name for names in RESTS_ON.values() for name in names} == set(RULES)


def test_a_county_that_meets_everything_passes_in_every_part(counties):
    assert reasons_by_part(counties.compliance[county_of(None)]) == dict.fromkeys((*PARTS, "all"), ("pass", []))


@pytest.mark.parametrize("indicator", INDICATORS)
def test_one_indicator_alone_fails_the_county(counties, indicator):
    failed = ("fail", [f"{indicator}:not_met"])
    expected = dict.fromkeys(PARTS, ("pass", [])) | {RULES[indicator]: failed, "all": failed}
    assert reasons_by_part(counties.compliance[county_of(indicator)]) == expected


@pytest.mark.parametrize("indicator", INDICATORS)
def test_it_is_the_only_test_that_is_not_met(counties, indicator):
    found = counties.compliance[county_of(indicator)]["all"]
    assert (found["not_met"], found["undecided"]) == (1, 0)


@pytest.mark.parametrize("source", RESTS_ON)
def test_without_a_source_what_rests_on_it_is_undecided(counties, source):
    by_part: dict[str, list[str]] = {part: [] for part in PARTS}
    for name, status in RESTS_ON[source].items():
        by_part[RULES[name]].append(f"{name}:{status}")
    expected = {part: ("undecided" if reasons else "pass", sorted(reasons)) for part, reasons in by_part.items()}
    expected["all"] = ("undecided", sorted(reason for reasons in by_part.values() for reason in reasons))
    assert reasons_by_part(counties.compliance[county_of(source)]) == expected


def test_the_readme_says_on_which_basis_a_rule_is_decided(counties):
    found: dict[str, set[str]] = {}
    for row in counties.rows("county_indicator"):
        found.setdefault(row["indicator_id"], set()).add(row["basis"])
    for row in rule_table(READMES[0]):
        assert found.get(row.indicator_id, set()) - {"none"} <= row.basis, row.indicator_id
