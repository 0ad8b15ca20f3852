"""The tidy county file: recognised by its header, as strict as that of schools."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reading import read_one

from sources.declaration import Context
from sources.refusal import Refusal

COLUMNS = ("as_of_date", "county_code", "stage", "category", "measure_id", "value")
ROWS = [
    ("2025-09-01", "410183", "primary", "城市", "funding_standard_yuan", "720.50"),
    ("2025-09-01", "410183", "all", "", "disabled_children", ""),
    ("2025-09-01", "410184", "all", "家长", "survey_sent", "0"),
]
READ = [
    (date(2025, 9, 1), "410183", "primary", "城市", "funding_standard_yuan", Decimal("720.5")),
    (date(2025, 9, 1), "410183", "all", None, "disabled_children", None),
    (date(2025, 9, 1), "410184", "all", "家长", "survey_sent", Decimal(0)),
]
NOWHERE = Context()


def rows_of(path) -> list[tuple]:
    read = read_one("declared", path, context=NOWHERE)
    assert (read.delivery.table.name, read.delivery.row_date, read.delivery.layout) == ("county_measures", "as_of_date", "tidy_county")
    assert not read.damages
    return [tuple(row[name] for name in COLUMNS) for row in read.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (5, 3, 1, 0, 2, 4)])
def test_text_in_either_encoding_and_any_order(csv_file, encoding, order):
    lines = [",".join(cells[place] for place in order) for cells in (COLUMNS, *ROWS)]
    assert rows_of(csv_file("县级.csv", lines, encoding)) == READ


@pytest.mark.parametrize("value", [pa.string(), pa.float64(), pa.decimal128(20, 4)])
def test_parquet_of_any_type_of_value(tmp_path, value):
    columns = list(zip(*ROWS, strict=True))
    text = pa.array([figure or None for figure in columns[5]], pa.string())
    table = pa.table({name: list(cells) for name, cells in zip(COLUMNS[:5], columns[:5], strict=True)} | {"value": text.cast(value)})
    pq.write_table(table, tmp_path / "县级.parquet")
    assert rows_of(tmp_path / "县级.parquet") == READ


@pytest.mark.parametrize(
    ("columns", "rule", "named"),
    [
        (COLUMNS[:3] + COLUMNS[4:], "missing_column", "category"),
        ((*COLUMNS, "remark"), "unknown_column", "remark"),
        ((*COLUMNS, "category"), "repeated_column", "category"),
        (("as_of_date", "county_code", "stage", "category", "measure", "value"), "missing_column", "measure_id"),
        ((*COLUMNS, "school_id"), "missing_column", "school_type"),  # what has schools is a file of schools
    ],
)
def test_other_columns_refuse_the_file(csv_file, columns, rule, named):
    lines = [",".join(columns), ",".join("1" for _ in columns)]
    with pytest.raises(Refusal) as refusal:
        read_one("declared", csv_file("县级.csv", lines), context=NOWHERE)
    assert refusal.value.rule == rule and named in refusal.value.message_zh
