"""Ingest: every source as one asset group, every delivered table as an asset with its gate.

Here: one factory that makes the raw assets from the register of sources.
Not here: the steps of an intake (intake.py) and any one system (sources/).
"""

import dataclasses
from collections.abc import Iterator
from datetime import date

import dagster as dg

from pipelines.automation import ARRIVED, arrival_key
from pipelines.intake import Intake, take_in
from pipelines.judging import judge_delivery
from pipelines.periods import told_of_accepted
from pipelines.resources import Home
from sources.declaration import Source, Table
from sources.refusal import Misconfigured
from sources.register import SOURCES
from warehouse.delivery_record import HELD, LANDED, REFUSED, DeliveryRecord
from warehouse.mending import Lost
from warehouse.proof import Difference
from warehouse.run_record import UNREACHABLE

OFFERED, GATE, CHANGES = "offered", "gate", "changes_told"
SHOWN_ROWS = 50  # references of stopped rows on the page of a check
REGISTER = "registry"
KINDS = {"files": {"excel", "parquet"}, "service": {"http", "excel", "parquet"}, "database": {"sql", "excel", "parquet"}}


class PullQuestion(dg.Config):
    """What is asked of a system. `full`: everything, beside what changed."""

    full: bool = False


def raw_assets() -> list[dg.AssetsDefinition]:
    """One multi-asset a source, in the order of the register."""
    return [raw_asset(source) for source in SOURCES]


def raw_asset(source: Source) -> dg.AssetsDefinition:
    """All tables of a source: read, landed, judged and promoted in one step.

    File sources wait for the school register, which names the county of files
    that do not say it. `offered` turns red when something offered now was
    refused or held, or the system did not answer: the last good delivery stays
    in use, so nothing is blocked. `gate` blocks what comes after when raw is
    not what was landed and judged, and shows which rows were stopped. Of a system
    `changes_told` turns red when a full pull shows what the changes did not tell.
    """
    deps = [arrival_key(source.name)]
    if source.name != REGISTER:
        deps.append(dg.AssetKey([REGISTER, "schools"]))
    specs = [_spec(source, table, deps) for table in source.tables]
    checks = [check for spec in specs for check in _checks(spec.key, has_system=source.pull is not None)]

    @dg.multi_asset(name=f"ingest_{source.name}", specs=specs, check_specs=checks, pool="warehouse")
    def ingest(context: dg.AssetExecutionContext, home: Home, config: PullQuestion) -> Iterator[dg.MaterializeResult]:
        with home.record.stage(f"ingest {source.name}"):
            try:
                intake = take_in(source, home.settings, home.layout, home.ledger, judge_delivery, full=config.full)
            except Misconfigured as problem:
                home.record.misconfigured = str(problem)
                raise dg.Failure(str(problem)) from problem
        home.record.add_source(source.name, intake.state, intake.records, intake.message_en, intake.message_zh)
        if intake.proofs:
            findings = [untold(source.table(name), found) for name, found in intake.proofs.items() if found]
            home.record.add_check(f"{CHANGES}_{source.name}", not findings, findings, blocking=False)
        for record in (*intake.refused, *intake.held):
            context.log.warning(f"{record.message_en} / {record.message_zh}")
        for told in told_of_accepted(source, intake.accepted, home.layout):
            context.log_event(told)
        for table in source.tables:
            yield _result(home, intake, table)

    return ingest


def _spec(source: Source, table: Table, deps: list[dg.AssetKey]) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=dg.AssetKey([source.name, table.name]),
        deps=deps,
        group_name="raw",
        automation_condition=ARRIVED,
        description=f"{source.label_zh}·{table.label_zh} / {source.label_en}: {table.label_en}",
        kinds=KINDS[source.kind],
        owners=["team:data-engineering"],
        tags={"layer": "raw", "source": source.name},
        metadata={
            "dagster/column_schema": dg.TableSchema(
                columns=[
                    dg.TableColumn(column.name, str(column.type), description=f"{column.label_zh} / {column.label_en}")
                    for column in table.columns
                ]
            )
        },
    )


def _result(home: Home, intake: Intake, table: Table) -> dg.MaterializeResult:
    records = list(intake.of_table(table.name))
    accepted = [record for record in records if record.outcome == LANDED]
    stopped = [record for record in records if record.outcome in (REFUSED, HELD)]
    altered = home.ledger.altered(intake.source.name, table.name)
    if altered:
        home.record.add_check(f"raw_{intake.source.name}_{table.name}", False, [Lost.of(record).message for record in altered])
    metadata = {
        "state": intake.state,
        "deliveries": len(accepted),
        "dagster/row_count": sum(record.rows_delivered or 0 for record in accepted),
        "rows quarantined": sum(record.rows_quarantined or 0 for record in accepted),
        "digests": [record.digest for record in accepted],
        "origins": sorted({record.origin for record in accepted}),
    }
    key = dg.AssetKey([intake.source.name, table.name])
    offered = dg.AssetCheckResult(
        passed=not stopped and intake.state != UNREACHABLE,
        asset_key=key,
        check_name=OFFERED,
        metadata={
            "state": f"{intake.state} {intake.message_zh} {intake.message_en}".strip(),
            "data in use speak of": str(home.ledger.data_in_use(intake.source.name, date.max) or "–"),
            "refused or held": dg.MetadataValue.md(
                "\n".join(f"- {record.message_zh}\n  {record.message_en}" for record in stopped) or "–"
            ),
        },
    )
    gate = dg.AssetCheckResult(
        passed=not altered,
        asset_key=key,
        check_name=GATE,
        metadata={
            "rows delivered": metadata["dagster/row_count"],
            "rows quarantined": metadata["rows quarantined"],
            "rows by rule": dg.MetadataValue.json(home.ledger.quarantined_by_rule(accepted)),
            "rows stopped": dg.MetadataValue.md(_stopped_rows(home, accepted)),
            "altered since landed": ", ".join(record.delivery_id for record in altered) or "–",
        },
    )
    told = [_changes_told(key, intake, table)] if intake.source.pull else []
    return dg.MaterializeResult(asset_key=key, metadata=metadata, check_results=[offered, gate, *told])


def _changes_told(key: dg.AssetKey, intake: Intake, table: Table) -> dg.AssetCheckResult:
    found = intake.proofs.get(table.name)
    said = {"proved by a full pull": table.name in intake.proofs, "kinds": sorted({record.kind for record in intake.of_table(table.name)})}
    if found:
        said |= {"rows": dataclasses.asdict(found), "message": "\n".join(untold(table, found).values())}
    return dg.AssetCheckResult(
        passed=not found, asset_key=key, check_name=CHANGES, severity=dg.AssetCheckSeverity.WARN, metadata=said
    )


def untold(table: Table, found: Difference) -> dict[str, str]:
    """What to say when a full pull shows what the changes did not tell."""
    return {
        "message_en": f"{table.label_en}: the full pull differs from the changes told since the last one: {found.appeared} rows had not "
        f"been told, {found.vanished} had gone in silence, {found.changed} had changed in silence. The full pull is used. Ask the "
        "operator of the system why a change did not move its time of change, or a deletion left no trace.",
        "message_zh": f"{table.label_zh}：全量数据与上次全量以来的增量不一致：{found.appeared} 行未曾通知新增，{found.vanished} 行未曾通知删除，"
        f"{found.changed} 行未曾通知变更。以全量数据为准；请向系统管理方核实为何变更未更新时间、删除未留记录。",
    }


def _checks(key: dg.AssetKey, *, has_system: bool) -> list[dg.AssetCheckSpec]:
    told = dg.AssetCheckSpec(
        CHANGES,
        asset=key,
        description="全量数据证实了此前的增量 / a full pull shows what the changes before it told",
    )
    return [
        *([told] if has_system else []),
        dg.AssetCheckSpec(
            OFFERED,
            asset=key,
            description="本次交来的数据均已验收；被退回的不影响沿用上一份 / everything offered now was accepted; the last good delivery stays in use",
        ),
        dg.AssetCheckSpec(
            GATE,
            asset=key,
            blocking=True,
            description="原始层就是当时落地并验收的内容，坏行已列出 / raw is what was landed and judged, and its bad rows are listed",
        ),
    ]


def _stopped_rows(home: Home, accepted: list[DeliveryRecord]) -> str:
    """Where the stopped rows stand (file, sheet, row) and by which rule: never what is in them."""
    rows = home.ledger.quarantined_rows(accepted, at_most=SHOWN_ROWS)
    if not rows:
        return "–"
    lines = [f"| {row['origin']} | {row['sheet'] or ''} | {row['row'] or ''} | {row['column_name']} | {row['rule']} |" for row in rows]
    return "\n".join(["| file | sheet | row | column | rule |", "|---|---|---|---|---|", *lines])
