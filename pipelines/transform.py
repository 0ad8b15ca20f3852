"""Transform: the dbt project as assets, built by one dbt invocation in this process.

Here: how dbt nodes appear in the graph and how one build is started and told.
Not here: any rule or number (dbt_project/).
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from pipelines import dbt_manifest
from pipelines.resources import Home

OWNERS = ["team:data-engineering"]


class Translator(DagsterDbtTranslator):
    """Group by layer, so that the graph reads like the walk of the data."""

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        if node["resource_type"] == "source":
            return spec
        layer = "seeds" if node["resource_type"] == "seed" else node["fqn"][1]
        return spec.replace_attributes(
            key=dg.AssetKey([node["name"]]),
            group_name=layer,
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
        with home.record.stage("transform"):
            results = build(home, select=_selected_names(context) if context.is_subset else ())
        yield from _events(context, home, results, translator)
        failed = [result for result in results if result.status in ("error", "fail")]
        if failed and not home.record.meets("; ".join(str(result.message) for result in failed)):
            home.record.add_check("transform", False, [_finding(result) for result in failed])
        if failed:
            raise dg.Failure("; ".join(f"{result.node.name}: {result.message}" for result in failed))

    return transform


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
            if key in chosen_assets:
                metadata: dict[str, Any] = {"seconds": round(result.execution_time, 3)}
                if node.name in rows:
                    metadata["dagster/row_count"] = rows[node.name]
                yield dg.MaterializeResult(asset_key=key, metadata=metadata)
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
