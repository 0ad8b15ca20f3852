"""What changed in the personnel database since a mark, and what is gone.

Here: the two columns and the one table by which a database tells changes: `updated_at` in every
table, and `deletions` with `table_name`, `deleted_at` and the key columns of all tables. A database
without them is read whole each time.
Not here: connecting (database.py), deliveries (pull.py), what a mark is made of (sources/marks.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sources.conform import Block
from sources.declaration import Table
from sources.hr_payroll.database import Connected, literal

PERSON_COLUMN = "id_number"  # what `person_key` is there
DELETIONS, UPDATED_AT, DELETED_AT = "deletions", "updated_at", "deleted_at"


@dataclass(frozen=True)
class Changes:
    """What a database can tell of one table; `names`: the declared columns that it has."""

    database: Connected
    table: Table
    names: list[str]

    def newest(self) -> str | None:
        """The moment of the newest change or deletion, as the database writes it; None where it does not tell."""
        if not self._are_told():
            return None
        return self.database.value(f"select cast(max(moment) as text) from ({self._moments()}) as moments")

    def has_gone_back(self, since: str) -> bool:
        """Whether the newest change is older than what was read before: the database was restored."""
        asked = f"select case when max(moment) >= {literal(since)} then 'no' else 'yes' end from ({self._moments()}) as moments"
        return self.database.value(asked) != "no"

    def blocks(self, since: str) -> Iterator[Block]:
        """Rows changed at that moment or after, then the keys of rows gone since and not there again."""
        changed = f'"{UPDATED_AT}" >= {literal(since)}'
        for batch in self.database.texts(self.table.name, [there(name) for name in self.names], changed):
            yield Block(dict(zip(self.names, batch.columns, strict=True)), batch.num_rows, sheet=self.table.name)
        key = self._key()
        gone = (
            f'"table_name" = {literal(self.table.name)} and "{DELETED_AT}" >= {literal(since)} '
            f'and not exists (select 1 from "{self.table.name}" as present where {" and ".join(map(self._same, key))})'
        )
        for batch in self.database.texts(DELETIONS, [there(name) for name in key], gone, distinct=True):
            yield Block(dict(zip(key, batch.columns, strict=True)), batch.num_rows, sheet=self.table.name, is_deleted=True)

    def _are_told(self) -> bool:
        wanted = {"table_name", DELETED_AT, *(there(name) for name in self._key())}
        return UPDATED_AT in self.database.columns(self.table.name) and wanted <= self.database.columns(DELETIONS)

    def _key(self) -> list[str]:
        return [name for name in self.names if name in self.table.key or name == "county_code"]

    def _moments(self) -> str:
        return (
            f'select max("{UPDATED_AT}") as moment from "{self.table.name}" union all '
            f'select max("{DELETED_AT}") from "{DELETIONS}" where "table_name" = {literal(self.table.name)}'
        )

    def _same(self, name: str) -> str:
        column = f'"{there(name)}"'
        equal = f'present.{column} = "{DELETIONS}".{column}'
        # a plain comparison finds its row by the index of the key
        may_be_empty = name == "county_code" or not self.table.column(name).required
        return f'({equal} or (present.{column} is null and "{DELETIONS}".{column} is null))' if may_be_empty else equal


def there(column: str) -> str:
    """The name of a declared column in the database."""
    return PERSON_COLUMN if column == "person_key" else column
