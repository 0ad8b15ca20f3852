"""The words in which a source says what it delivers.

Here: columns, tables, deliveries, damages: the shapes that every room shares.
Not here: any one system's columns (each source's tables.py) and any limit
(a threshold is a seed, a plausibility bound is an expectation).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

TEXT = pa.string()
WHOLE = pa.int64()
DATE = pa.date32()
YEAR_MONTH = pa.string()  # "2025-09": a month is kept as text, a day would be invented
METRES2 = pa.decimal128(18, 4)
YUAN = pa.decimal128(18, 2)
HOURS = pa.decimal128(18, 2)
DEGREES = pa.decimal128(12, 8)
FILED = pa.decimal128(38, 16)  # a figure somebody filed, in whatever fineness

FULL, DELTA = "full", "delta"  # kinds of a delivery: all that there is, or what changed since a mark


@dataclass(frozen=True)
class Column:
    """One column of a delivered table.

    `required`: a row without it is quarantined. `pattern`: a regular
    expression that the whole text must match. `is_identity`: a school, person
    or unit code; more than 1 % damaged in one such column refuses the file.
    `is_personal_key`: arrives as an identity number, is landed as a keyed hash.
    `is_free_text`: people's own words; long runs of digits are blotted out before landing.
    `is_loose_code`: a code that people type: full width and blanks within say nothing.
    `is_division`: an administrative division; its six digits are landed and no more of the cell, which may hold an address.
    """

    name: str
    type: pa.DataType
    label_zh: str
    label_en: str
    required: bool = False
    pattern: str | None = None
    is_identity: bool = False
    is_personal_key: bool = False
    is_free_text: bool = False
    is_loose_code: bool = False
    is_division: bool = False


@dataclass(frozen=True)
class Table:
    """A table that a source delivers: its columns, its key, and its scope.

    `scope`: the columns within which a newer file replaces an older delivery:
    `("holder_code",)` means unit by unit, so that a county export and a single
    unit's correction can stand side by side. Empty means that a file replaces
    the whole table of its county. A pull of a system always does, whatever the
    scope: a school that the system no longer names is gone.
    """

    name: str
    label_zh: str
    label_en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    scope: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def unit_column(self) -> str | None:
        """The column that names whose row it is: the first code of a school or unit, never of a person."""
        return next((column.name for column in self.columns if column.is_identity and not column.is_personal_key), None)

    @property
    def delivered_schema(self) -> pa.Schema:
        """What a source yields: the declared columns, then the place of origin."""
        return self.delivered_as(FULL)

    @property
    def landed_schema(self) -> pa.Schema:
        """What rests in raw: the same, then which delivery brought the row."""
        return self.landed_as(FULL)

    def delivered_as(self, kind: str) -> pa.Schema:
        """What a source yields in a delivery of that kind: a delta also says which rows are gone."""
        return pa.schema([pa.field(c.name, c.type) for c in self.columns] + PLACE + ([IS_DELETED] if kind == DELTA else []))

    def landed_as(self, kind: str) -> pa.Schema:
        """What rests in raw of a delivery of that kind."""
        return pa.schema(list(self.delivered_as(kind)) + DELIVERED_BY)


# Where a row came from. Files give sheet and row; HTTP gives the resource and
# databases the table as `_sheet`, and both give the (pseudonymised) key.
PLACE = [
    pa.field("_sheet", pa.string()),
    pa.field("_row", pa.int64()),
    pa.field("_key", pa.string()),
]
# Of a delta: true for a tombstone, which holds the county and the key and is null beside them.
IS_DELETED = pa.field("_is_deleted", pa.bool_())
DELIVERED_BY = [
    pa.field("_as_of_date", pa.date32()),  # the day the row speaks of
    pa.field("_delivery", pa.string()),  # delivery id, joins raw/ledger/deliveries
    pa.field("_position", pa.int64()),  # 0-based place in the landed table, joins quarantined rows
]


@dataclass(frozen=True)
class Damage:
    """A cell that could not be read as its column's type. Never holds the value.

    `position` is the 0-based place of the row in the delivered table.
    """

    position: int
    column: str
    rule: str  # not_a_number, not_whole, too_many_decimals, not_a_date, bad_code, ...


@dataclass(frozen=True)
class Context:
    """What a reader must be told: the key for pseudonyms, the county that a file
    without county codes belongs to (None: not known), and the folder of the
    bureau's own layouts, one sub-folder a source (None: there is none).

    For a pull: `marks` holds, by table, how far the system was read the last time; a
    table without one is pulled whole. `full_from` is the day from which a full pull
    is due: a system that speaks of that day or a later one is asked for what changed
    and, beside it, for everything (None: never due).
    """

    pseudonym_key: bytes | None = None
    county_code: str | None = None
    own_layouts: Path | None = None
    marks: Mapping[str, str] = field(default_factory=dict)
    full_from: date | None = None


@dataclass
class Delivery:
    """One table of one file, pull or extract, ready to be landed.

    `rows` yields batches of `table.delivered_as(kind)` and may be walked once;
    `damages` is complete when `rows` is exhausted. `digest` is the sha256 of a
    file's bytes; None for a pull, whose digest is that of its landed rows.
    `as_of_date` None with `row_date` None means undated: landing holds it.
    `row_date` names the column that dates each row by itself. `kind` is `full` or
    `delta`; a delta holds what changed after the mark `since`. `mark` is what to ask
    from the next time (None: the system can only be read whole).
    """

    source: str
    table: Table
    county_code: str | None
    origin: str
    rows: Iterator[pa.RecordBatch]
    as_of_date: date | None = None
    row_date: str | None = None
    digest: str | None = None
    modified_at: datetime | None = None
    encoding: str | None = None
    layout: str | None = None
    kind: str = FULL
    since: str | None = None
    mark: str | None = None
    damages: list[Damage] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """A system that the county's numbers lie in, and the ways into it.

    Every source has a drop folder: `read(path, relative_path, context)` yields
    the deliveries of one file and raises `Refusal` for one that cannot be used.
    `kind` is `files` where that is the only way; a `service` or `database` is
    also asked directly, by `pull(connection, context)`. Both ways deliver the
    same tables, and may be on together. `marks(connection, context)` asks a system
    cheaply how far it could be read now, by table: where that equals what `context`
    or the ledger holds, nothing has changed. `has_layouts`: its sheets are read by the
    layouts in `sources/<name>/layouts`, one a kind of sheet. A source without them
    tells by `form_of(path, relative_path)` which of its own forms a file is; "": none.
    """

    name: str
    label_zh: str
    label_en: str
    kind: str
    tables: tuple[Table, ...]
    read: Callable[..., Iterator[Delivery]]
    holds_persons: bool = False
    pull: Callable[..., Iterator[Delivery]] | None = None
    marks: Callable[..., Mapping[str, str]] | None = None
    has_layouts: bool = True
    form_of: Callable[[Path, str], str] | None = None

    def raw_schema(self, table: Table) -> pa.Schema:
        """All columns that Parquet of the table may have: what can be pulled may come as a delta."""
        return table.landed_as(DELTA if self.pull else FULL)

    def table(self, name: str) -> Table:
        return next(table for table in self.tables if table.name == name)
