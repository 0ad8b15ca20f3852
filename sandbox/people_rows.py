"""Rows of the personnel database that are added and changed from day to day.

Here: adding rows to a table and changing cells of some. Not here: which rows, and
why (teacher_changes.py, career_changes.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def added(table: pa.Table, columns: Mapping[str, object], rows: int) -> pa.Table:
    """The table with `rows` more; a column that is not given is null, one that is a single value is that in each row."""
    county = table["county_code"][0]
    more = []
    for field in table.schema:
        value = county if field.name == "county_code" else columns.get(field.name)
        if isinstance(value, pa.Scalar) or not isinstance(value, list | np.ndarray | pa.Array):
            more.append(pa.repeat(value if isinstance(value, pa.Scalar) else pa.scalar(value, field.type), rows).cast(field.type))
        else:
            more.append(pa.array(value).cast(field.type))
    if unknown := columns.keys() - set(table.column_names):
        raise KeyError(f"no such column: {sorted(unknown)}")
    return pa.concat_tables([table, pa.Table.from_arrays(more, schema=table.schema)])


def changed(table: pa.Table, rows: np.ndarray, columns: Mapping[str, object]) -> pa.Table:
    """The table with these cells of `rows` replaced; values are one for all rows, or one each in their order."""
    order = np.argsort(rows, kind="stable")
    mask = np.zeros(len(table), bool)
    mask[rows] = True
    for name, value in columns.items():
        place = table.schema.get_field_index(name)
        field = table.schema.field(place)
        if isinstance(value, list | np.ndarray | pa.Array):
            new = pa.array(value).cast(field.type).take(pa.array(order))
        else:
            new = pa.scalar(value, field.type)
        table = table.set_column(place, field, pc.replace_with_mask(table.column(place).combine_chunks(), pa.array(mask), new))
    return table


def rows_of(table: pa.Table, persons: np.ndarray) -> np.ndarray:
    """Places of the rows of these persons."""
    return np.flatnonzero(pc.is_in(table["id_number"], value_set=pa.array(persons, pa.string())).to_numpy(zero_copy_only=False))
