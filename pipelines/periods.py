"""Periods: the rhythm of each source, and the months and school years that are counted apart.

Here: one asset a source that says when something of it was last accepted, with the freshness
that its real rhythm demands; months of pay and school years of statistics as partitions; the
jobs that judge such a period again.
Not here: taking in (ingest.py), and the history that a release tells (dbt_project/models/journal).

Only pay and statistics come in periods; everything else speaks of a day, and partitions of it
would be empty boxes. A whole run reads all periods at once, so no run is bound to one: these
assets are written by the runs that accept something of their period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import dagster as dg
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sources.declaration import Source
from sources.register import SOURCES
from warehouse.delivery_record import DeliveryRecord
from warehouse.layout import Layout

CHINA = "Asia/Shanghai"
GROUP = "delivered"
MONTHS = dg.MonthlyPartitionsDefinition(start_date="2015-01", fmt="%Y-%m", timezone=CHINA, end_offset=1)
# A school year is named by the year that it begins in.
SCHOOL_YEARS = dg.TimeWindowPartitionsDefinition(start="2015", fmt="%Y", cron_schedule="0 0 1 9 *", timezone=CHINA, end_offset=1)


def _by(deadline: str, within: timedelta) -> dg.FreshnessPolicy:
    return dg.FreshnessPolicy.cron(deadline_cron=deadline, lower_bound_delta=within, timezone=CHINA)


# When the newest delivery of a source must have come, in the rhythm that its office keeps.
RHYTHMS = {
    "student_status": _by("0 6 * * *", timedelta(hours=24)),  # the roll states a new day every day
    "hr_payroll": _by("0 0 10 * *", timedelta(days=28)),  # staff and posts are settled with the month's pay
    "registry": _by("0 0 1 10 *", timedelta(days=360)),  # the register follows the new school year
    "finance_budget": _by("0 0 1 4 *", timedelta(days=360)),  # the year's budget is approved in the first quarter
    "asset_register": _by("0 0 1 * *", timedelta(days=28)),  # cards are booked month by month
    "declared": _by("0 0 1 11 *", timedelta(days=360)),  # statistics of 1 September, filed in October
    "evidence": dg.FreshnessPolicy.time_window(fail_window=timedelta(days=366)),
    "survey": dg.FreshnessPolicy.time_window(fail_window=timedelta(days=366)),
    "monitoring": dg.FreshnessPolicy.time_window(fail_window=timedelta(days=3 * 366)),  # the national round is of three years
    "special_education": _by("0 0 1 11 *", timedelta(days=360)),
}


@dataclass(frozen=True)
class Periods:
    """A source whose deliveries are counted by period.

    `name` of the asset; `column` of the landed rows that names the period: a month as
    `YYYY-MM`, or a day.
    """

    name: str
    label_zh: str
    label_en: str
    source: str
    tables: tuple[str, ...]
    column: str
    partitions: dg.TimeWindowPartitionsDefinition
    freshness: dg.FreshnessPolicy

    @property
    def key(self) -> dg.AssetKey:
        return dg.AssetKey([GROUP, self.name])

    @property
    def job_name(self) -> str:
        return f"backfill_{self.name}"

    def as_of(self, partition: str) -> date:
        """The day that a period's release speaks of: a month's last, a school year's first."""
        if self.partitions is SCHOOL_YEARS:
            return self.begins(partition)
        return (self.partitions.time_window_for_partition_key(partition).end - timedelta(days=1)).date()

    def begins(self, partition: str) -> date:
        return self.partitions.time_window_for_partition_key(partition).start.date()

    def of_value(self, value: date | str | None) -> str | None:
        """The period that a row's value lies in; None for one that names none that is counted."""
        if value is None:
            return None
        if isinstance(value, date):
            value = str(value.year if (value.month, value.day) >= (9, 1) else value.year - 1)
        return value if self.partitions.has_partition_key(value) else None


PAYROLL = Periods(
    "payroll", "工资月份", "months of pay", "hr_payroll", ("monthly_pay",), "pay_month", MONTHS, _by("0 0 10 * *", timedelta(days=28))
)
STATISTICS = Periods(
    "statistics", "统计学年", "school years of statistics", "declared", ("measures", "county_measures"), "_as_of_date",
    SCHOOL_YEARS, _by("0 0 1 11 *", timedelta(days=360)),
)  # fmt: skip
PERIODS = (PAYROLL, STATISTICS)


def delivered_assets() -> list[dg.AssetSpec]:
    """One asset a source, and one for each of the two that come in periods. No run makes them by
    itself: a run that accepts something says so."""
    return [*(_of_source(source) for source in SOURCES), *(_of_periods(periods) for periods in PERIODS)]


def _of_source(source: Source) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=dg.AssetKey([GROUP, source.name]),
        deps=[dg.AssetKey([source.name, table.name]) for table in source.tables],
        group_name=GROUP,
        description=f"{source.label_zh}最近一次验收入库 / {source.label_en}: when something new was last accepted",
        freshness_policy=RHYTHMS[source.name],
        kinds={"parquet"},
        owners=["team:data-engineering"],
        tags={"layer": GROUP, "source": source.name},
    )


def _of_periods(periods: Periods) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=periods.key,
        deps=[dg.AssetKey([periods.source, table]) for table in periods.tables],
        group_name=GROUP,
        description=f"{periods.label_zh}：哪些期间已有数据 / {periods.label_en} that something was accepted of",
        partitions_def=periods.partitions,
        freshness_policy=periods.freshness,
        kinds={"parquet"},
        owners=["team:data-engineering"],
        tags={"layer": GROUP, "source": periods.source},
    )


def told_of_accepted(source: Source, records: Iterable[DeliveryRecord], layout: Layout) -> Iterator[dg.AssetMaterialization]:
    """What to tell of newly accepted deliveries: of the source, and of each period that their rows name."""
    records = list(records)
    if not records:
        return
    yield dg.AssetMaterialization(dg.AssetKey([GROUP, source.name]), metadata={"deliveries": len(records)})
    for periods in PERIODS:
        of_these = [record for record in records if record.source == periods.source and record.table_name in periods.tables]
        for partition in sorted({period for record in of_these for period in _periods_of(periods, record, layout)}):
            yield dg.AssetMaterialization(periods.key, partition=partition)


def _periods_of(periods: Periods, record: DeliveryRecord, layout: Layout) -> set[str]:
    path = layout.raw_file(record.source, record.table_name, record.delivery_id)
    values = pc.unique(pq.read_table(path, columns=[periods.column]).column(0)).to_pylist()
    return {period for value in values if (period := periods.of_value(value))}


def backfill_jobs() -> list:
    """A job a kind of period: everything behind raw, judged as of the period's day. No source is read."""
    return [_backfill_job(periods) for periods in PERIODS]


def _backfill_job(periods: Periods):
    sources = dg.AssetSelection.key_prefixes(*([source.name] for source in SOURCES))
    return dg.define_asset_job(
        periods.job_name,
        selection=dg.AssetSelection.all() - sources,
        config=dg.PartitionedConfig(
            partitions_def=periods.partitions,
            run_config_for_partition_key_fn=lambda partition: question(periods, partition),
        ),
        description=f"{periods.label_zh}：据留存的原始数据重算该期间 / {periods.label_en}: judge a period again from retained raw",
    )


def question(periods: Periods, partition: str) -> dict:
    """Run configuration of a period: the day that the run speaks of, and the first that it may."""
    asked = {"as_of": periods.as_of(partition).isoformat(), "period_begins": periods.begins(partition).isoformat()}
    return {"ops": {"run_inputs": {"config": asked}}}
