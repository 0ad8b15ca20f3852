"""A process that settles or publishes and stops, on a condition, after a named step.

Run as `python stops.py JOB HOME STEP`: prints the step when it is finished and
waits to be killed. JOB is `settle` (three tables of one file), `publish`, `retire` or `purge`.
"""

import sys
from datetime import date
from pathlib import Path

import pyarrow as pa

from sources.declaration import Delivery
from warehouse.landing import land
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.ledger_tables import QUARANTINED_ROWS
from warehouse.purging import purge
from warehouse.release import publish
from warehouse.retention import retire
from warehouse.settling import settle_together


def stop_after(wanted: str):
    def after(step: str) -> None:
        if step == wanted:
            print(step, flush=True)
            sys.stdin.read()  # ends only with the process that started this one

    return after


class Verdict:
    outcome, rule, message_en, message_zh = "landed", None, None, None
    quarantined = pa.Table.from_pylist([{name: None for name in QUARANTINED_ROWS.names} | {"position": 0}], schema=QUARANTINED_ROWS)


def main(job: str, home: str, step: str) -> None:
    layout = Layout(Path(home))
    if job == "publish":
        publish(layout.candidate("killed"), layout, as_of_date=date(2025, 9, 1), rule_set="cn-2017-6", default_rule_set="cn-2017-6",
                tool_version="0", after=stop_after(step))  # fmt: skip
        return
    if job == "retire":
        retire(layout, 1, after=stop_after(step))
        return
    if job == "purge":
        purge(layout, Ledger(layout).records(), after=stop_after(step))
        return
    from sources.asset_register.tables import ASSET_CARDS, BUILDINGS, ROOMS

    settle_together([(land(_delivery(table), layout), Verdict) for table in (ASSET_CARDS, BUILDINGS, ROOMS)], layout, after=stop_after(step))


def _delivery(table) -> Delivery:
    schema = table.delivered_schema
    rows = pa.Table.from_pylist([{name: None for name in schema.names} | {"county_code": "410183"}], schema=schema)
    return Delivery("asset_register", table, "410183", "book.xlsx", iter(rows.to_batches()), as_of_date=date(2025, 9, 1), digest="a" * 64)


if __name__ == "__main__":
    main(*sys.argv[1:])
