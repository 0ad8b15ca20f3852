"""Personnel and payroll from a database over ADBC: SQLite or PostgreSQL.

Here: connecting, checking that the columns are there, one SELECT a table of
the needed columns alone (no name, phone or address is ever asked for). Whether a
table is read whole or for what changed.
Not here: how changes are found (changes.py) and what a state or a degree means (dbt seeds).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from sources.conform import Block, conformed
from sources.connections import Database, Patience
from sources.declaration import DELTA, FULL, Context, Damage, Delivery, Table
from sources.hr_payroll.changes import Changes, there
from sources.hr_payroll.database import SOURCE, Connected, connected
from sources.hr_payroll.tables import TABLES
from sources.marks import Reading, full_is_due
from sources.refusal import Misconfigured, Refusal, Unreachable

MAY_LACK = {"pay_kind"}  # columns that a database need not have: they come as empty


def pull(settings: Database, context: Context, *, patience: Patience = Patience()) -> Iterator[Delivery]:
    """Yield one delivery a table, as of the date in `system_state`.

    A table with a mark is read for what changed since; then whole too where a full
    pull is due. Rows stream batch by batch and are to be walked in turn. Raises
    Unreachable when the database does not answer, Refusal `missing_column` when its
    schema is another, Misconfigured for a URI of another kind or without a key for
    pseudonyms. No error holds the URI's password.
    """
    key = _key(context)
    with closing(connected(settings.uri, patience)) as database:
        state = _State.of(database)
        for table in TABLES:
            changes = _changes(database, table)
            reading, newest = state.reading(database, table, key), changes.newest()
            mark, known = reading.mark(newest), context.marks.get(table.name)
            since = reading.moment(known)
            if since and newest and not changes.has_gone_back(since):
                # Nothing is newer: there is nothing to read. The day that the system states is news all the same.
                changed = iter(()) if since == newest else changes.blocks(since)
                yield _delivery(database, state, table, key, changed, kind=DELTA, since=known, mark=mark)
                if not full_is_due(context, state.as_of_date):
                    continue
            yield _delivery(database, state, table, key, _blocks(changes), kind=FULL, mark=mark)


def marks(settings: Database, context: Context, *, patience: Patience = Patience()) -> dict[str, str]:
    """How far each table could be read now; a table is absent where the database does
    not tell its changes. Raises as `pull` does."""
    key = _key(context)
    with closing(connected(settings.uri, patience)) as database:
        state = _State.of(database)
        found = {table.name: state.reading(database, table, key).mark(_changes(database, table).newest()) for table in TABLES}
        return {name: mark for name, mark in found.items() if mark}


@dataclass(frozen=True)
class _State:
    """What the system says of itself in `system_state`."""

    as_of_date: date
    counties: tuple[str, ...]
    instance: str

    @classmethod
    def of(cls, database: Connected) -> _State:
        _check_columns(database, "system_state", ["as_of_date", "county_code"])
        names = ["as_of_date", "county_code", *({"instance"} & database.columns("system_state"))]
        rows = pa.Table.from_batches(database.texts("system_state", names)).to_pylist()
        dates = {str(row["as_of_date"])[:10] for row in rows}
        try:
            (only,) = dates
            as_of_date = date.fromisoformat(only)
        except ValueError:
            raise Unreachable(
                SOURCE,
                f"The personnel database ({database.origin}) states no single date in system_state that its data speak of.",
                f"人事数据库（{database.origin}）的 system_state 未给出唯一的数据日期。",
            ) from None
        counties = sorted({row["county_code"] for row in rows if row["county_code"]})
        return cls(as_of_date, tuple(counties), "|".join(sorted({row.get("instance", "") for row in rows})))

    @property
    def county_code(self) -> str | None:
        return self.counties[0] if len(self.counties) == 1 else None

    def reading(self, database: Connected, table: Table, key: bytes) -> Reading:
        return Reading.of(table, key, database.origin, self.instance, *self.counties)


def _delivery(database: Connected, state: _State, table: Table, key: bytes, blocks: Iterator[Block], **how: str | None) -> Delivery:
    damages: list[Damage] = []
    return Delivery(
        source=SOURCE,
        table=table,
        county_code=state.county_code,
        origin=f"{database.origin}/{table.name}",
        rows=conformed(table, blocks, damages, key, how["kind"]),
        as_of_date=state.as_of_date,
        damages=damages,
        **how,
    )


def _changes(database: Connected, table: Table) -> Changes:
    """Raises Refusal where the table lacks a column that it must have."""
    present = database.columns(table.name)
    names = [column.name for column in table.columns if column.name not in MAY_LACK or column.name in present]
    _check_columns(database, table.name, [there(name) for name in names])
    return Changes(database, table, names)


def _blocks(changes: Changes) -> Iterator[Block]:
    for batch in changes.database.texts(changes.table.name, [there(name) for name in changes.names]):
        yield Block(dict(zip(changes.names, batch.columns, strict=True)), batch.num_rows, sheet=changes.table.name)


def _key(context: Context) -> bytes:
    if context.pseudonym_key is None:
        raise Misconfigured(
            "The personnel source holds persons: set JUNHENG_PSEUDONYM_KEY. / 人事数据含个人信息：请设置 JUNHENG_PSEUDONYM_KEY。"
        )
    return context.pseudonym_key


def _check_columns(database: Connected, table: str, wanted: list[str]) -> None:
    present = database.columns(table)
    absent = [name for name in wanted if name not in present]
    if absent:
        raise Refusal(
            "missing_column", file=f"{database.origin}/{table}", expected="、".join(absent),
            found="没有该列 / no such column" if present else "没有该表，或无权读取 / no such table, or no right to read it",
            do_en="Provide a view of this name with these columns: see docs/layouts.md.",
            do_zh="请提供含这些列的同名视图，见 docs/layouts.md。",
        )  # fmt: skip
