"""The graph: what there is, how it hangs together, and when it moves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def repository():
    from pipelines.definitions import build_definitions

    return build_definitions().get_repository_def()


def test_every_delivered_table_is_an_asset_with_a_blocking_gate(repository):
    from sources.register import SOURCES

    graph = repository.asset_graph
    for source in SOURCES:
        for table in source.tables:
            key = dg.AssetKey([source.name, table.name])
            assert graph.has(key)
            assert graph.get(key).description
            checks = {check.name: graph.get(check).blocking for check in graph.get_check_keys_for_assets({key})}
            assert checks == {"offered": False, "gate": True} | ({"changes_told": False} if source.pull else {})


def test_raw_leads_to_the_release(repository):
    graph = repository.asset_graph
    upstream = dg.AssetSelection.assets("release").upstream().resolve(graph)
    from sources.register import SOURCES

    for source in SOURCES:
        assert any(key.path[0] == source.name for key in upstream), f"no table of {source.name} leads to the release"


def test_every_asset_has_group_owner_kind_and_description(repository):
    graph = repository.asset_graph
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name and node.group_name != "default", key
        assert node.owners, key
        assert node.kinds, key
        assert node.description, key


def test_the_daily_schedule_runs_at_two_in_shanghai(repository):
    schedule = repository.get_schedule_def("daily")
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.execution_timezone == "Asia/Shanghai"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING


def test_dagster_validates_the_workspace_without_a_warning_of_ours():
    said = subprocess.run(
        [str(Path(sys.executable).with_name("dagster")), "definitions", "validate", "--workspace", "workspace.yaml"],
        cwd=PROJECT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    told = said.stdout + said.stderr
    assert said.returncode == 0, told
    ours = [line for line in told.splitlines() if "Warning" in line and "site-packages" not in line]
    assert not ours, told


def test_loading_the_definitions_imports_no_judge_and_no_reader():
    """Great Expectations, calamine and ADBC cost seconds; the graph needs none of them."""
    heavy = ("great_expectations", "python_calamine", "adbc_driver_manager", "openpyxl")
    code = (
        "import sys; from pipelines.definitions import build_definitions; build_definitions(); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300, check=True)
    assert said.stdout.strip().splitlines()[-1] == "[]"
