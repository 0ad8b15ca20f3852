"""A database over ADBC, read-only, columns as text in batches.

Here: the two kinds of URI, bounded attempts to connect, the catalogue, casts.
Not here: which tables and columns are wanted (pull.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import pyarrow as pa
import tenacity

from sources.connections import Patience
from sources.refusal import Misconfigured, Unreachable

SOURCE = "hr_payroll"
BATCH_ROWS = 16_384


class Connected:
    """An open connection, one transaction from beginning to end. `origin` is the address without user, password and options."""

    def __init__(self, connection, kind: str, origin: str):
        self._connection, self._kind, self.origin = connection, kind, origin

    def close(self) -> None:
        self._connection.close()

    def columns(self, table: str) -> set[str]:
        """Names of a table's columns; empty where there is no such table."""
        if self._kind == "sqlite":
            query = f"select name from pragma_table_info('{table}')"
        else:
            query = (
                "select column_name from information_schema.columns "
                f"where table_name = '{table}' and table_schema = any (current_schemas(false))"
            )
        return set(pa.Table.from_batches(self._batches(query)).column(0).to_pylist())

    def texts(self, table: str, columns: list[str], where: str = "", *, distinct: bool = False) -> Iterator[pa.RecordBatch]:
        """Yield a table's columns as text, so that NUMERIC and DATE come out of every
        database in one spelling and exactly. NULL comes as empty text: the SQLite
        driver takes a column's type from its first rows, and NULLs have none.

        `where`: a condition on the rows, in SQL. `distinct`: equal rows come once.
        """
        wanted = ", ".join(f"coalesce(cast({name} as text), '') as {name}" for name in (f'"{column}"' for column in columns))
        condition = f" where {where}" if where else ""
        yield from self._batches(f'select {"distinct " if distinct else ""}{wanted} from "{table}"{condition}')

    def value(self, query: str) -> str | None:
        """The one cell that a query gives, as text; None where it is null."""
        rows = [row for batch in self._batches(query) for row in batch.column(0).to_pylist()]
        return str(rows[0]) if rows and rows[0] is not None else None

    def _batches(self, query: str) -> Iterator[pa.RecordBatch]:
        from adbc_driver_manager import dbapi

        try:
            with self._connection.cursor() as cursor:
                if self._kind == "sqlite":
                    cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(BATCH_ROWS)})
                cursor.execute(query)
                reader = cursor.fetch_record_batch()
                empty = True
                for batch in reader:
                    empty = False
                    yield batch
                if empty:
                    yield pa.RecordBatch.from_pylist([], schema=reader.schema)
        except (dbapi.Error, pa.ArrowException, OSError) as error:
            _stop(self.origin, f"stopped answering ({type(error).__name__})", "读取中断")


def connected(uri: str, patience: Patience) -> Connected:
    """Open a database for reading. Raises Misconfigured or Unreachable; neither
    holds the password, because a driver's own words may repeat the URI."""
    parts = urlsplit(uri)
    if parts.scheme == "sqlite":
        return _sqlite(uri, patience)
    if parts.scheme in ("postgresql", "postgres"):
        return _postgresql(parts, patience)
    raise Misconfigured(
        "JUNHENG_HR_URI must begin with sqlite:/// or postgresql://. / JUNHENG_HR_URI 应以 sqlite:/// 或 postgresql:// 开头。"
    )


def literal(text: str) -> str:
    """A text as SQL writes it; both databases turn it into the type that it is compared with."""
    return "'" + text.replace("'", "''") + "'"


def _sqlite(uri: str, patience: Patience) -> Connected:
    import adbc_driver_sqlite.dbapi as sqlite
    from adbc_driver_manager import dbapi

    path = Path(unquote(uri.removeprefix("sqlite://").split("?")[0].removeprefix("/")))
    origin = f"sqlite:///{path}"
    if not path.is_file():
        # A missing file would be made, empty, by opening it.
        _stop(origin, "is not there: check JUNHENG_HR_URI", "不存在：请检查 JUNHENG_HR_URI")
    try:
        # Manual commit, as Python's databases have it: the first SELECT begins the one transaction of this connection.
        database = sqlite.connect(f"file:{quote(str(path.resolve()))}?mode=ro")
        return _at_one_moment(database, "sqlite", origin, f"pragma busy_timeout = {round(patience.longest_wait * 1000)}")
    except dbapi.Error:
        _stop(origin, "is no SQLite database that can be read", "不是可读取的 SQLite 数据库")


def _postgresql(parts, patience: Patience) -> Connected:
    import adbc_driver_postgresql.dbapi as postgresql
    from adbc_driver_manager import dbapi

    host = parts.hostname or "localhost"
    origin = f"postgresql://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
    options = {"connect_timeout": str(max(2, round(patience.connect_timeout)))} | dict(parse_qsl(parts.query))
    uri = urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(options), ""))
    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(min(3, patience.attempts)),
        wait=tenacity.wait_exponential(multiplier=patience.first_wait, max=patience.longest_wait),
        # A wrong password stays wrong: only what may pass is tried again.
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, dbapi.Error) and "authentication" not in str(error)),
        reraise=True,
    )
    try:
        database = retrying(postgresql.connect, uri)
        return _at_one_moment(database, "postgresql", origin, "set transaction isolation level repeatable read, read only")
    except dbapi.Error as error:
        said = str(error)
    if "authentication" in said:
        _stop(origin, "did not accept user and password: check JUNHENG_HR_URI", "不接受用户名或密码：请检查 JUNHENG_HR_URI")
    if "does not exist" in said:
        _stop(origin, "has no such database or user: check JUNHENG_HR_URI", "没有该数据库或用户：请检查 JUNHENG_HR_URI")
    _stop(origin, "could not be reached", "无法连接")


def _at_one_moment(connection, kind: str, origin: str, statement: str) -> Connected:
    """A connection whose every answer is of one moment, whatever others write meanwhile.

    PostgreSQL shows the state at the first question of its transaction; SQLite
    keeps writers waiting, or in WAL mode shows the state likewise. A writer that
    holds SQLite is waited for, within bounds.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement)
    return Connected(connection, kind, origin)


def _stop(origin: str, what_en: str, what_zh: str) -> NoReturn:
    raise Unreachable(
        SOURCE,
        f"The personnel database ({origin}) {what_en}. The last good delivery stays in use.",
        f"人事数据库（{origin}）{what_zh}。沿用上一次有效数据。",
    ) from None
