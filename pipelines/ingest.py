"""Ingest: every source as one asset group, every delivered table as an asset with its gate.

Here: one factory that makes the raw assets from the register of sources.
Not here: the steps of an intake (intake.py) and any one system (sources/).
"""

from collections.abc import Iterator

import dagster as dg

from pipelines.intake import Intake, take_in
from pipelines.judging import judge_delivery
from pipelines.resources import Home
from sources.declaration import Source, Table
from sources.refusal import Misconfigured
from sources.register import SOURCES

GATE = "gate"
REGISTER = "registry"
KINDS = {"files": {"excel", "parquet"}, "service": {"http", "parquet"}, "database": {"sql", "parquet"}}


def raw_assets() -> list[dg.AssetsDefinition]:
    """One multi-asset a source, in the order of the register."""
    return [raw_asset(source) for source in SOURCES]


def raw_asset(source: Source) -> dg.AssetsDefinition:
    """All tables of a source: read, landed, judged and promoted in one step.

    File sources wait for the school register, which names the county of files
    that do not say it. The gate of a table turns red when something offered
    now was refused or held; it warns, because the last good delivery stays in
    use, and it fails outright when what rests in raw is not what was landed.
    """
    deps = [] if source.name == REGISTER else [dg.AssetKey([REGISTER, "schools"])]
    specs = [_spec(source, table, deps) for table in source.tables]
    checks = [
        dg.AssetCheckSpec(
            GATE,
            asset=spec.key,
            blocking=True,
            description="Every delivery offered now was accepted, and raw is what was landed. / 本次交来的数据均已验收，落地文件未被改动。",
        )
        for spec in specs
    ]

    @dg.multi_asset(name=f"ingest_{source.name}", specs=specs, check_specs=checks, pool="warehouse")
    def ingest(context: dg.AssetExecutionContext, home: Home) -> Iterator[dg.MaterializeResult]:
        with home.record.stage(f"ingest {source.name}"):
            try:
                intake = take_in(source, home.settings, home.layout, home.ledger, judge_delivery)
            except Misconfigured as problem:
                home.record.misconfigured = str(problem)
                raise dg.Failure(str(problem)) from problem
        home.record.add_source(source.name, intake.state, intake.records, intake.message_en, intake.message_zh)
        for record in (*intake.refused, *intake.held):
            context.log.warning(f"{record.message_en} / {record.message_zh}")
        for table in source.tables:
            yield _result(home, intake, table)

    return ingest


def _spec(source: Source, table: Table, deps: list[dg.AssetKey]) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=dg.AssetKey([source.name, table.name]),
        deps=deps,
        group_name="raw",
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
    accepted = [record for record in records if record.outcome == "landed"]
    stopped = [record for record in records if record.outcome != "landed"]
    altered = home.ledger.altered(intake.source.name, table.name)
    metadata = {
        "state": intake.state,
        "deliveries": len(accepted),
        "dagster/row_count": sum(record.rows_delivered for record in accepted),
        "rows quarantined": sum(record.rows_quarantined for record in accepted),
        "digests": [record.digest for record in accepted],
        "origins": sorted({record.origin for record in accepted}),
    }
    check = dg.AssetCheckResult(
        passed=not stopped and not altered and intake.state != "unreachable",
        asset_key=dg.AssetKey([intake.source.name, table.name]),
        check_name=GATE,
        severity=dg.AssetCheckSeverity.ERROR if altered else dg.AssetCheckSeverity.WARN,
        metadata={
            "refused or held": [f"{record.message_en} / {record.message_zh}" for record in stopped],
            "altered since landed": altered,
            "source": f"{intake.message_en} / {intake.message_zh}" if intake.message_en else intake.state,
            "rows quarantined by rule": dg.MetadataValue.json(home.ledger.quarantined_by_rule(accepted)),
        },
    )
    return dg.MaterializeResult(asset_key=dg.AssetKey([intake.source.name, table.name]), metadata=metadata, check_results=[check])
