"""Publish: the candidate, the last gate, the release.

Here: two assets and the checks between them.
Not here: how files are written and switched (warehouse/release.py) and what a
table must look like (expectations/suites/published.py).
"""

import subprocess
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq

from pipelines import dbt_manifest
from pipelines.automation import RELEASE, depends_on_arrivals
from pipelines.judging import judge_release, write_data_docs
from pipelines.resources import Home
from pipelines.rule_changes import rule_digests
from pipelines.settings import PROJECT_ROOT
from sources.register import SOURCES
from warehouse import durable
from warehouse.balance import Balance, balances
from warehouse.built import remember, remembered
from warehouse.layout import Layout, declared_tables
from warehouse.published_tables import PUBLISHED_TABLES
from warehouse.release import UNCHANGED, current_release
from warehouse.run_record import OFF, UNREACHABLE, RunRecord

CANDIDATE = dg.AssetKey("release_candidate")


def gate_name(table: str) -> str:
    return f"gate_{table}"


def balance_name(source: str, table: str) -> str:
    return f"balance_{source}_{table}"


def candidate() -> dg.AssetsDefinition:
    """All published tables as they would be released, each judged before any reader sees it;
    and for every delivered table the balance of its rows."""
    checks = [
        dg.AssetCheckSpec(
            gate_name(table.name),
            asset=CANDIDATE,
            blocking=True,
            description=f"{table.label_zh}可以发布 / {table.name} is fit to publish",
        )
        for table in PUBLISHED_TABLES
    ] + [
        dg.AssetCheckSpec(
            balance_name(source, table.name),
            asset=CANDIDATE,
            blocking=True,
            description=f"{table.label_zh}：交付 = 采用 + 隔离 + 被取代 + 待用 / {source}.{table.name}: delivered = accepted + quarantined + superseded + held",
        )
        for source, table in declared_tables()
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
        automation_condition=depends_on_arrivals(),
        pool="warehouse",
    )
    def release_candidate(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
        from warehouse.candidate import export_candidate

        folder = home.layout.candidate(context.run.run_id)
        with home.record.stage("export"):
            export_candidate(home.layout.warehouse_file, folder, dbt_manifest.manifest())
        with home.record.stage("gate release"):
            verdict = judge_release(folder)
        home.record.quarantined = quarantined_rows(folder)
        for table in PUBLISHED_TABLES:
            findings = verdict.findings_of(table.name)
            home.record.add_check(gate_name(table.name), not findings, [{"message_en": f"{table.name}: {found.message_en}", "message_zh": f"{table.label_zh}：{found.message_zh}"} for found in findings])
        accounts = balances(folder, home.ledger, [(source, table.name) for source, table in declared_tables()])
        for (source, table), account in accounts.items():
            home.record.add_check(balance_name(source, table), account.holds, [] if account.holds else [_unbalanced(source, table, account)])
        return dg.MaterializeResult(
            metadata={"dagster/row_count": verdict.rows, "folder": str(folder.relative_to(home.layout.home))},
            check_results=[
                dg.AssetCheckResult(
                    passed=not verdict.findings_of(table.name),
                    check_name=gate_name(table.name),
                    metadata={"findings": [finding.sentence for finding in verdict.findings_of(table.name)]},
                )
                for table in PUBLISHED_TABLES
            ]
            + [
                dg.AssetCheckResult(
                    passed=account.holds, check_name=balance_name(source, table), metadata={"rows": account.sentence}
                )
                for (source, table), account in accounts.items()
            ],
        )

    return release_candidate


def _unbalanced(source: str, table: str, account: Balance) -> dict[str, str]:
    return {
        "message_en": f"{source}.{table}: rows are not accounted for: {account.sentence}. The old release stands; tell the data engineer.",
        "message_zh": f"{source}.{table}：行数不平：{account.sentence}。原发布版本保持不变，请联系数据工程人员。",
    }


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
        automation_condition=depends_on_arrivals(),
        pool="warehouse",
    )
    def publish_release(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
        from warehouse.release import publish
        from warehouse.retention import retire

        record = home.record
        pages = write_data_docs(home.layout.data_docs)
        with record.stage("publish"):
            publication = publish(
                home.layout.candidate(context.run.run_id),
                home.layout,
                as_of_date=record.as_of_date,
                rule_set=record.rule_set,
                default_rule_set=home.settings.rule_set,
                tool_version=version("junheng"),
                git_commit=git("rev-parse", "HEAD") or None,
                git_dirty=None if (changed := git("status", "--porcelain")) is None else bool(changed),
                rule_digests=rule_digests(),
                checks=[*ingest_gates(record), *dbt_tests(home), *record.checks],
                sources=with_those_not_asked(record.sources, home.layout),
            )
        home.came_to(publication)
        if home.settings.keep_releases:
            with record.stage("retention"):
                record.retired = retire(home.layout, home.settings.keep_releases)
        if publication.became_current or publication.outcome == UNCHANGED:
            current_rests_on(home.layout)
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


def current_rests_on(layout: Layout) -> None:
    """Remember that `current` tells what the warehouse file was built from: the sensors ask for a run until it does."""
    if (built := remembered(layout.built_from)) is not None:
        remember(layout.current_from, built)


def with_those_not_asked(asked: list[dict], layout: Layout) -> list[dict]:
    """The states of all sources: of those that this run did not ask, what `current` says of them."""
    standing = current_release(layout)
    said = {source["name"]: source for source in (standing or {}).get("sources", ())} | {source["name"]: source for source in asked}
    return [said[source.name] for source in SOURCES if source.name in said]


def quarantined_rows(candidate: Path) -> dict[str, int]:
    """Rows that stand in quarantine now, by file and rule."""
    rows = pq.read_table(candidate / "quarantine.parquet", columns=["delivery_id", "position", "origin", "rule", "status"]).to_pylist()
    places = {(row["delivery_id"], row["position"], row["origin"], row["rule"]) for row in rows if row["status"] == "open"}
    return dict(Counter(f"{origin} ({rule})" for _, _, origin, rule in sorted(places, key=str)))


def ingest_gates(record: RunRecord) -> list[dict]:
    """What the gates of the sources said in this run: deliveries that passed, and those that did not."""
    gates = []
    for source in record.sources:
        failed = sum(stopped["source"] == source["name"] for stopped in (*record.refused, *record.held))
        if source["state"] != OFF:
            counts = {"passed": source["deliveries"] - failed, "failed": failed}
            gate = {"name": f"ingest_{source['name']}", "passed": not failed and source["state"] != UNREACHABLE, "counts": counts}
            if source["state"] == UNREACHABLE:  # and how old the data are that took its place
                gate["findings"] = [{"message_en": source["message_en"], "message_zh": source["message_zh"]}]
            gates.append(gate)
    return gates


def dbt_tests(home: Home) -> list[dict]:
    """How many of dbt's tests passed and failed in this run; nothing where dbt did not run in it."""
    results = home.layout.dbt / "target" / "run_results.json"  # of this run: taken away when a run starts
    if not results.exists():
        return []
    said = durable.read_json(results)
    states = [result["status"] for result in said["results"] if result["unique_id"].startswith("test.")]
    counts = {"passed": states.count("pass"), "failed": len(states) - states.count("pass")}
    return [{"name": "dbt_tests", "passed": not counts["failed"], "counts": counts}]


def git(*arguments: str) -> str | None:
    """What git says of the project's folder; None where it is not a checkout."""
    try:
        asked = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(PROJECT_ROOT), *arguments], capture_output=True, text=True, check=False, timeout=10
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return asked.stdout.strip() if asked.returncode == 0 else None
