"""Which assets an arrival asks for: exactly those that depend on it, together, and no unsound ones."""

from __future__ import annotations

import dagster as dg
import pytest
from pipelines.automation import arrival_key
from pipelines.lineage import OF_THE_RUN, built_in_every_run, moved_by
from sources.register import SOURCES, source

NAMES = [known.name for known in SOURCES]


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    from pipelines.definitions import build_definitions

    return build_definitions()


class County:
    """The conditions of the whole graph, evaluated tick by tick on an instance in memory."""

    def __init__(self, definitions: dg.Definitions):
        self.definitions, self.instance = definitions, dg.DagsterInstance.ephemeral()
        self.cursor = dg.evaluate_automation_conditions(definitions, self.instance).cursor

    def arrives(self, *names: str) -> None:
        for name in names:
            self.instance.report_runless_asset_event(dg.AssetMaterialization(arrival_key(name)))

    def is_made(self, *keys: list[str]) -> None:
        for key in keys:
            self.instance.report_runless_asset_event(dg.AssetMaterialization(dg.AssetKey(key)))

    def check_fails(self, asset: list[str], check: str) -> None:
        said = dg.AssetCheckEvaluation(check_name=check, passed=False, asset_key=dg.AssetKey(asset), metadata={}, blocking=True)
        self.instance.report_runless_asset_event(said)

    def tick(self) -> set[str]:
        """What the next evaluation asks for."""
        result = dg.evaluate_automation_conditions(self.definitions, self.instance, cursor=self.cursor)
        self.cursor = result.cursor
        return {found.key.to_user_string() for found in result.results if not found.true_subset.is_empty}


def raw_of(*names: str) -> set[str]:
    return {f"{name}/{table.name}" for name in names for table in source(name).tables}


def of_the_run(definitions: dg.Definitions) -> set[str]:
    keys = definitions.get_repository_def().asset_graph.get_all_asset_keys()
    return {key.to_user_string() for key in keys if key.path[0] in OF_THE_RUN}


@pytest.mark.parametrize("name", NAMES)
def test_an_arrival_asks_in_one_tick_for_all_that_depends_on_it_and_nothing_else(definitions, name):
    county = County(definitions)
    county.arrives(name)
    assert county.tick() == raw_of(name) | of_the_run(definitions) | moved_by([name]) | {"release_candidate", "release"}
    assert county.tick() == set()


def test_an_arrival_that_is_seen_with_the_end_of_a_run_asks_for_all_that_depends_on_it(definitions):
    """What the run before made last is news of the same tick; it must not count as the answer to the arrival."""
    county = County(definitions)
    county.arrives("finance_budget")
    asked = county.tick()
    county.is_made(*(name.split("/") for name in sorted(asked)))
    county.arrives("survey")
    expected = raw_of("survey") | of_the_run(definitions) | moved_by(["survey"]) | {"release_candidate", "release"}
    assert county.tick() == expected
    assert county.tick() == set()


def test_arrivals_of_one_moment_share_a_run(definitions):
    county = County(definitions)
    county.arrives("finance_budget", "survey")
    asked = county.tick()
    assert raw_of("finance_budget", "survey") < asked
    assert asked & raw_of(*NAMES) == raw_of("finance_budget", "survey")
    assert moved_by(["finance_budget", "survey"]) < asked


def test_a_failed_gate_of_raw_that_stays_as_it_is_stops_what_depends_on_it(definitions):
    county = County(definitions)
    county.check_fails(["student_status", "students"], "gate")
    county.arrives("finance_budget")
    asked = county.tick()
    assert asked == raw_of("finance_budget"), "taken in, and nothing judged beside raw that is not what it was"


def test_a_failed_gate_of_what_is_made_anew_stops_nothing(definitions):
    county = County(definitions)
    county.check_fails(["release_candidate"], "gate_school")
    county.check_fails(["finance_budget", "budget_lines"], "gate")
    county.arrives("finance_budget")
    assert "release" in county.tick()


def test_what_every_run_builds_reads_no_source_but_through_the_run(definitions):
    """Walked upwards in Dagster's own graph, which knows nothing of the walk in the manifest."""
    graph = definitions.get_repository_def().asset_graph
    assert "int_run" in built_in_every_run()
    for name in built_in_every_run():
        assert _only_through_the_run(graph, name), name


def _only_through_the_run(graph, name: str) -> bool:
    """Whether every way up from a model to a source's raw leads through the run's own inputs."""
    seen, waiting = set(), [dg.AssetKey([name])]
    while waiting:
        key = waiting.pop()
        if key in seen or key.path[0] in OF_THE_RUN:
            continue
        if key.path[0] in NAMES:
            return False
        seen.add(key)
        waiting.extend(graph.get(key).parent_keys)
    return True


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_moved_by_a_source_has_no_way_up_to_it(definitions, name):
    graph = definitions.get_repository_def().asset_graph
    models = {key for key in graph.get_all_asset_keys() if graph.get(key).group_name not in ("raw", "seeds", "release", "arrivals", "delivered")}
    left = {key for key in models if key.path[-1] not in moved_by([name])}
    assert left
    for key in left:
        assert all(parent.path[0] != name for parent in graph.get(key).parent_keys), key
        assert {parent for parent in graph.get(key).parent_keys if parent in models} <= left | {
            dg.AssetKey([carrier]) for carrier in built_in_every_run()
        }, key
