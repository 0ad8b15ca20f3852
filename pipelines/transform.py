"""Transform: the dbt project as assets, built by one dbt invocation in this process.

Here: how dbt nodes appear in the graph and how one build is started and told.
Not here: any rule or number (dbt_project/).
"""

import os
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from pipelines import dbt_manifest
from pipelines.automation import condition_of_model
from pipelines.lineage import moved_by, project_digest
from pipelines.resources import Home
from sources.register import SOURCES
from warehouse.built import Built, ledger_states, remember, remembered
from warehouse.layout import read_run_context

OWNERS = ["team:data-engineering"]
BUILT_TOO = "一并重建：此前的运行未完成，或数据日期、规则已变化 / built too: an earlier run did not end, or the day or the rules are others"


class Translator(DagsterDbtTranslator):
    """Group by layer, so that the graph reads like the walk of the data."""

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        if node["resource_type"] == "source":
            return spec
        is_seed = node["resource_type"] == "seed"
        layer = "seeds" if is_seed else node["fqn"][1]
        return spec.replace_attributes(
            key=dg.AssetKey([node["name"]]),
            group_name=layer,
            automation_condition=None if is_seed else condition_of_model(node["name"]),
            owners=OWNERS,
            tags={"layer": layer},
            kinds={"dbt", "duckdb"},
            description=node["description"] or node["name"],
        )


def transformation() -> dg.AssetsDefinition:
    """All dbt models and seeds as one multi-asset with their tests as blocking checks."""
    translator = Translator()

    @dbt_assets(
        manifest=dbt_manifest.manifest(),
        dagster_dbt_translator=translator,
        exclude="resource_type:unit_test",
        name="transformation",
        pool="warehouse",
    )
    def transform(context: dg.AssetExecutionContext, home: Home) -> Iterator[Any]:
        state = state_of(home)
        select = to_build(state, remembered(home.layout.built_from), _selected_names(context) if context.is_subset else None)
        # While dbt writes, nothing is known of the warehouse file: a build that ends here is followed by a whole one.
        home.layout.built_from.unlink(missing_ok=True)
        with home.record.stage("transform"):
            results = build(home, select=select)
        yield from _events(context, home, results, translator)
        failed = [result for result in results if result.status in ("error", "fail")]
        if failed and not home.record.meets("; ".join(str(result.message) for result in failed)):
            home.record.add_check("transform", False, [_finding(result) for result in failed])
        if failed:
            raise dg.Failure("; ".join(f"{result.node.name}: {result.message}" for result in failed))
        remember(home.layout.built_from, state)

    return transform


def state_of(home: Home) -> Built:
    """What a build of now would rest on. Asked before dbt reads: what is written meanwhile is newer."""
    said = read_run_context(home.layout)
    return Built(
        project=project_digest(),
        as_of_date=said["as_of_date"].isoformat(),
        rule_set=said["rule_set"],
        county_code=said["county_code"],
        sources=ledger_states(home.layout, [source.name for source in SOURCES]),
    )


def to_build(state: Built, before: Built | None, asked: Collection[str] | None) -> tuple[str, ...]:
    """Names of the nodes to build, sorted; empty is everything.

    `asked` is None where everything was asked for. What was asked for is widened by what else is
    not as raw has it: a run that failed after landing, or one on another path, left it behind.
    Where the day, the rules or the project are others than before, no model stays as it is.
    """
    if asked is None or before is None or not state.speaks_alike(before):
        return ()
    return tuple(sorted(set(asked) | moved_by(state.moved_since(before))))


def build(home: Home, *, select: tuple[str, ...] = ()) -> list[Any]:
    """One `dbt build` in this process; returns dbt's results, a row a node.

    Raises dagster.Failure when dbt could not run at all.
    """
    from dbt.cli.main import dbtRunner

    from warehouse.warehouse_file import remove_if_torn

    layout = home.layout
    if remove_if_torn(layout.warehouse_file):
        select = ()
    os.environ["JUNHENG_HOME"] = str(layout.home)
    os.environ["DO_NOT_TRACK"] = "1"
    arguments = [
        "build", "--quiet", "--exclude-resource-type", "unit_test",
        "--project-dir", dbt_manifest.DBT_PROJECT, "--profiles-dir", dbt_manifest.DBT_PROJECT,
        "--target-path", layout.dbt / "target", "--log-path", layout.dbt / "logs", "--log-level-file", "warn",
        *(("--select", *select) if select else ()),
    ]  # fmt: skip
    outcome = dbtRunner(manifest=dbt_manifest.parsed_manifest()).invoke([str(argument) for argument in arguments])
    if outcome.result is None:
        raise dg.Failure(f"dbt could not run: {outcome.exception}")
    return list(outcome.result.results)


def _finding(result: Any) -> dict[str, str]:
    said = f"{result.node.name}: {result.message}"
    return {
        "message_en": f"{said}. The old release stands; `dbt show`/the run's page in Dagster shows the rows.",
        "message_zh": f"{said}。原发布版本保持不变，可在 Dagster 运行页面查看详情。",
    }


def _selected_names(context: dg.AssetExecutionContext) -> tuple[str, ...]:
    return tuple(sorted(key.path[-1] for key in context.selected_asset_keys))


def _events(context, home: Home, results: list[Any], translator: Translator) -> Iterator[Any]:
    """Dagster's view of dbt's results: materialisations with row counts, and checks."""
    from dagster_dbt.asset_utils import get_asset_check_key_for_test

    from warehouse.candidate import row_counts

    manifest = dbt_manifest.manifest()
    rows = row_counts(home.layout.warehouse_file, manifest)
    chosen_assets, chosen_checks = context.selected_asset_keys, context.selected_asset_check_keys
    for result in results:
        node = result.node
        if node.resource_type in ("model", "seed") and result.status == "success":
            key = dg.AssetKey([node.name])
            metadata: dict[str, Any] = {"seconds": round(result.execution_time, 3)}
            if node.name in rows:
                metadata["dagster/row_count"] = rows[node.name]
            if key in chosen_assets:
                yield dg.MaterializeResult(asset_key=key, metadata=metadata)
            else:  # an observation: a materialisation beyond what was asked for would ask for its children again
                yield dg.AssetObservation(asset_key=key, metadata=metadata, description=BUILT_TOO)
        elif node.resource_type == "test":
            key = get_asset_check_key_for_test(manifest, translator, node.unique_id, None)
            if key in chosen_checks:
                yield dg.AssetCheckResult(
                    passed=result.status in ("pass", "warn"),
                    asset_key=key.asset_key,
                    check_name=key.name,
                    severity=dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR,
                    metadata={"rows against it": int(result.failures or 0), "what dbt says": str(result.message or "")},
                )
