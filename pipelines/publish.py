"""Publish: the candidate, the last gate, the release.

Here: two assets and the checks between them.
Not here: how files are written and switched (warehouse/release.py) and what a
table must look like (expectations/suites/published.py).
"""

import subprocess
from importlib.metadata import version

import dagster as dg

from pipelines import dbt_manifest
from pipelines.judging import judge_release, write_data_docs
from pipelines.resources import Home
from pipelines.settings import PROJECT_ROOT
from warehouse.ledger import LANDED
from warehouse.published_tables import PUBLISHED_TABLES

CANDIDATE = dg.AssetKey("release_candidate")
RELEASE = dg.AssetKey("release")


def gate_name(table: str) -> str:
    return f"gate_{table}"


def candidate() -> dg.AssetsDefinition:
    """All published tables as they would be released, each judged before any reader sees it."""
    checks = [
        dg.AssetCheckSpec(
            gate_name(table.name),
            asset=CANDIDATE,
            blocking=True,
            description=f"{table.label_zh}可以发布 / {table.name} is fit to publish",
        )
        for table in PUBLISHED_TABLES
    ]

    @dg.asset(
        key=CANDIDATE,
        deps=[dg.AssetKey([table.name]) for table in PUBLISHED_TABLES],
        check_specs=checks,
        group_name="release",
        description="待发布的全部结果表 / every published table, exported and judged, not yet visible to readers",
        kinds={"parquet", "duckdb"},
        owners=["team:data-engineering"],
        tags={"layer": "release"},
        pool="warehouse",
    )
    def release_candidate(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
        from warehouse.candidate import export_candidate

        folder = home.layout.candidate(context.run.run_id)
        with home.record.stage("export"):
            export_candidate(home.layout.warehouse_file, folder, dbt_manifest.manifest())
        with home.record.stage("gate release"):
            verdict = judge_release(folder)
        for table in PUBLISHED_TABLES:
            findings = verdict.findings_of(table.name)
            home.record.add_check(gate_name(table.name), not findings, [{"message_en": f"{table.name}: {found.message_en}", "message_zh": f"{table.label_zh}：{found.message_zh}"} for found in findings])
        return dg.MaterializeResult(
            metadata={"dagster/row_count": verdict.rows, "folder": str(folder.relative_to(home.layout.home))},
            check_results=[
                dg.AssetCheckResult(
                    passed=not verdict.findings_of(table.name),
                    check_name=gate_name(table.name),
                    metadata={"findings": [finding.sentence for finding in verdict.findings_of(table.name)]},
                )
                for table in PUBLISHED_TABLES
            ],
        )

    return release_candidate


def release() -> dg.AssetsDefinition:
    """The verdict where everybody reads it: an immutable folder, then one atomic switch."""

    @dg.asset(
        key=RELEASE,
        deps=[CANDIDATE],
        group_name="release",
        description="已发布的判定结果 / the published verdict: Parquet, one DuckDB file, dictionary, manifest and digests",
        kinds={"parquet", "duckdb"},
        owners=["team:supervision-office"],
        tags={"layer": "release"},
        pool="warehouse",
    )
    def publish_release(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
        from warehouse.release import publish

        record, ledger = home.record, home.ledger
        pages = write_data_docs(home.layout.data_docs)
        with record.stage("publish"):
            publication = publish(
                home.layout.candidate(context.run.run_id),
                home.layout,
                as_of_date=record.as_of_date,
                rule_set=record.rule_set,
                default_rule_set=home.settings.rule_set,
                tool_version=version("junheng"),
                git_commit=git_commit(),
                county_codes={landed.county_code for landed in ledger.find(outcome=LANDED) if landed.county_code},
                deliveries=[landed.to_json() for landed in ledger.find(outcome=LANDED)],
                checks=record.checks,
                sources=record.sources,
            )
        home.came_to(publication)
        with record.stage("data docs"):
            pages.result()
        return dg.MaterializeResult(
            metadata={
                "outcome": publication.outcome,
                "release": publication.release_id,
                "is current": publication.became_current,
            }
        )

    return publish_release


def git_commit() -> str | None:
    """The commit that the project stands at; None where it is not a checkout."""
    try:
        asked = subprocess.run(
            ["git", "-C", str(PROJECT_ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=False, timeout=10
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return asked.stdout.strip() or None if asked.returncode == 0 else None
