"""Personnel and payroll from a database over ADBC: SQLite or PostgreSQL.

Here: connecting, checking that the columns are there, one SELECT a table of
the needed columns alone (no name, phone or address is ever asked for).
Not here: what a state or a degree means (dbt seeds).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pyarrow as pa

from sources.conform import Block, conformed
from sources.connections import Database, Patience
from sources.declaration import Context, Damage, Delivery, Table
from sources.hr_payroll.database import SOURCE, Connected, connected
from sources.hr_payroll.tables import TABLES
from sources.refusal import Misconfigured, Refusal, Unreachable

PERSON_COLUMN = "id_number"  # what `person_key` is there
MAY_LACK = {"pay_kind"}  # columns that a database need not have: they come as empty


def pull(settings: Database, context: Context, *, patience: Patience = Patience()) -> Iterator[Delivery]:
    """Yield one delivery a table, as of the date in `system_state`.

    Rows stream batch by batch and are to be walked in turn. Raises Unreachable
    when the database does not answer, Refusal `missing_column` when its schema
    is another, Misconfigured for a URI of another kind or without a key for
    pseudonyms. No error holds the URI's password.
    """
    if context.pseudonym_key is None:
        raise Misconfigured(
            "The personnel source holds persons: set JUNHENG_PSEUDONYM_KEY. / 人事数据含个人信息：请设置 JUNHENG_PSEUDONYM_KEY。"
        )
    with closing(connected(settings.uri, patience)) as database:
        as_of_date, county_code = _state(database)
        for table in TABLES:
            names = _names(database, table)
            _check_columns(database, table.name, [_there(name) for name in names])
            damages: list[Damage] = []
            yield Delivery(
                source=SOURCE,
                table=table,
                county_code=county_code,
                origin=f"{database.origin}/{table.name}",
                rows=conformed(table, _blocks(database, table, names), damages, context.pseudonym_key),
                as_of_date=as_of_date,
                damages=damages,
            )


def _names(database: Connected, table: Table) -> list[str]:
    there = database.columns(table.name)
    return [column.name for column in table.columns if column.name not in MAY_LACK or column.name in there]


def _blocks(database: Connected, table: Table, names: list[str]) -> Iterator[Block]:
    for batch in database.texts(table.name, [_there(name) for name in names]):
        yield Block(dict(zip(names, batch.columns, strict=True)), batch.num_rows, sheet=table.name)


def _there(column: str) -> str:
    return PERSON_COLUMN if column == "person_key" else column


def _check_columns(database: Connected, table: str, wanted: list[str]) -> None:
    there = database.columns(table)
    absent = [name for name in wanted if name not in there]
    if absent:
        raise Refusal(
            "missing_column", file=f"{database.origin}/{table}", expected="、".join(absent),
            found="没有该列 / no such column" if there else "没有该表，或无权读取 / no such table, or no right to read it",
            do_en="Provide a view of this name with these columns: see docs/layouts.md.",
            do_zh="请提供含这些列的同名视图，见 docs/layouts.md。",
        )  # fmt: skip


def _state(database: Connected) -> tuple[date, str | None]:
    _check_columns(database, "system_state", ["as_of_date", "county_code"])
    rows = pa.Table.from_batches(database.texts("system_state", ["as_of_date", "county_code"])).to_pylist()
    dates = {str(row["as_of_date"])[:10] for row in rows}
    counties = {row["county_code"] for row in rows if row["county_code"]}
    try:
        (only,) = dates
        return date.fromisoformat(only), counties.pop() if len(counties) == 1 else None
    except ValueError:
        raise Unreachable(
            SOURCE,
            f"The personnel database ({database.origin}) states no single date in system_state that its data speak of.",
            f"人事数据库（{database.origin}）的 system_state 未给出唯一的数据日期。",
        ) from None
