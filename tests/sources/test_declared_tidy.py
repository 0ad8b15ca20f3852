"""The tidy declared file: the shape that a county with nothing else starts from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import read_one

from sources.declaration import Context
from sources.refusal import Refusal

COLUMNS = ("as_of_date", "county_code", "township", "school_id", "school_name", "school_type", "stage", "measure_id", "value")
NOWHERE = Context()


def row(stage="primary", measure="students", value="100", school="2141000001", county="410183", day="2025-09-01") -> tuple[str, ...]:
    return (day, county, "青屏街", school, "青屏街小学", "primary_school", stage, measure, value)


def text(*rows: tuple[str, ...], columns=COLUMNS) -> list[str]:
    return [",".join(columns), *(",".join(cells) for cells in rows)]


def refused(path) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        read_one("declared", path, context=NOWHERE)
    return refusal.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_in_either_encoding(csv_file, encoding):
    read = read_one("declared", csv_file("填报.csv", text(row(), row(measure="teaching_area_m2", value="450.123456789")), encoding), context=NOWHERE)
    assert (read.delivery.row_date, read.delivery.as_of_date, read.delivery.county_code) == ("as_of_date", None, None)
    assert read.rows[0] == {
        "as_of_date": date(2025, 9, 1), "county_code": "410183", "township": "青屏街", "school_id": "2141000001", "school_name": "青屏街小学",
        "school_type": "primary_school", "stage": "primary", "measure_id": "students", "value": Decimal(100), "_sheet": None, "_row": 2, "_key": None,
    }  # fmt: skip
    assert read.rows[1]["value"] == Decimal("450.123456789")


def test_damaged_utf8_is_refused_and_not_garbled_as_gb18030(csv_file):
    even = tuple(cell.replace("青屏街", "城关") for cell in row())  # two characters of UTF-8 are three of GBK
    path = csv_file("填报.csv", text(*[even] * 10))
    content = path.read_bytes()

    def is_gb18030(spoiled: bytes) -> bool:
        try:
            return bool(spoiled.decode("gb18030"))
        except UnicodeDecodeError:
            return False

    without_two_bytes = (content[:place] + content[place + 2 :] for place in range(len(content) // 2, len(content)) if content[place] > 0x7F)
    path.write_bytes(next(spoiled for spoiled in without_two_bytes if is_gb18030(spoiled)))
    assert refused(path).rule == "unknown_encoding"


def test_column_order_is_free(csv_file):
    lines = [",".join(reversed(line.split(","))) for line in text(row())]
    assert read_one("declared", csv_file("填报.csv", lines)).rows[0]["school_id"] == "2141000001"


def test_empty_is_missing_and_zero_is_zero(csv_file):
    read = read_one("declared", csv_file("填报.csv", text(row(value=""), row(measure="backbone_teachers", value="0"))))
    assert [row["value"] for row in read.rows] == [None, Decimal(0)]
    assert not read.delivery.damages


def test_counties_and_dates_may_share_a_file(csv_file):
    read = read_one("declared", csv_file("填报.csv", text(row(), row(county="410184", school="2141000009"), row(day="20240901"))))
    assert [(row["county_code"], row["as_of_date"]) for row in read.rows] == [
        ("410183", date(2025, 9, 1)), ("410184", date(2025, 9, 1)), ("410183", date(2024, 9, 1)),
    ]  # fmt: skip


def test_a_figure_that_is_no_number_is_damage_of_its_cell(csv_file):
    assert read_one("declared", csv_file("填报.csv", text(row(), row(value="约20", measure="rooms")))).damages == {(1, "value", "not_a_number")}


@pytest.mark.parametrize(
    ("columns", "cells", "rule", "named"),
    [((*COLUMNS, "remark"), (*row(), "x"), "unknown_column", "remark"), (COLUMNS[:-1], row()[:-1], "missing_column", "value"), ((*COLUMNS, "value"), (*row(), "1"), "repeated_column", "value")],
)
def test_other_columns_refuse_the_file(csv_file, columns, cells, rule, named):
    refusal = refused(csv_file("填报.csv", text(cells, columns=columns)))
    assert refusal.rule == rule and named in refusal.found and "填报.csv" in refusal.message_zh


def test_whole_and_stage_for_one_measure_refuse_the_file(csv_file):
    refusal = refused(csv_file("填报.csv", text(row("whole", "teaching_area_m2"), row("junior", "teaching_area_m2"))))
    assert refusal.rule == "whole_and_stage"
    assert "2141000001" in refusal.message_en and "teaching_area_m2" in refusal.message_en


@pytest.mark.parametrize(
    "other",
    [row("junior", "sports_area_m2"), row("junior", "teaching_area_m2", school="2141000002"), row("junior", "teaching_area_m2", day="2024-09-01"), row("junior", "teaching_area_m2", county="410184"), row("junior", "teaching_area_m2", value="")],
    ids=["another measure", "another school", "another day", "another county", "nothing filed"],
)
def test_whole_and_stage_of_different_things_stand_side_by_side(csv_file, other):
    assert len(read_one("declared", csv_file("填报.csv", text(row("whole", "teaching_area_m2"), other))).rows) == 2


def test_whole_and_stage_are_seen_far_apart(csv_file, monkeypatch):
    monkeypatch.setattr("sources.delimited.BLOCK_BYTES", 4096)
    monkeypatch.setattr("sources.declared.tidy.BATCH_ROWS", 64)
    others = [row("whole", "teaching_area_m2", school=f"{serial:010d}") for serial in range(2000)]
    lines = text(row("whole", "sports_area_m2"), *others, row("primary", "sports_area_m2"))
    assert refused(csv_file("填报.csv", lines)).rule == "whole_and_stage"


def parquet(tmp_path, **changed: pa.Array):
    columns = {name: pa.array([cell]) for name, cell in zip(COLUMNS, row(), strict=True)}
    path = tmp_path / "填报.parquet"
    pq.write_table(pa.table(columns | changed), path)
    return path


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (pa.array([0.1]), "0.1"),
        (pa.array([1234567.25]), "1234567.25"),
        (pa.array([1e7]), "10000000"),
        (pa.array([2.5], pa.float32()), "2.5"),
        (pa.array([7]), "7"),
        (pa.array([Decimal("12.340")]), "12.34"),
        (pa.array(["1,234.5"]), "1234.5"),
        (pa.array(["5"]).dictionary_encode(), "5"),
        (pa.array([float("nan")]), None),
        (pa.array([None], pa.float64()), None),
    ],
)
def test_a_parquet_value_of_any_number_type(tmp_path, value, read):
    found = read_one("declared", parquet(tmp_path, value=value))
    assert found.rows[0]["value"] == (None if read is None else Decimal(read))
    assert not found.delivery.damages
    assert found.rows[0]["_row"] == 1


def test_parquet_dates_and_codes(tmp_path):
    read = read_one("declared", parquet(tmp_path, as_of_date=pa.array([date(2025, 9, 1)]), school_id=pa.array([2141000001]), county_code=pa.array([410183])))
    assert (read.rows[0]["as_of_date"], read.rows[0]["school_id"], read.rows[0]["county_code"]) == (date(2025, 9, 1), "2141000001", "410183")


def test_codes_as_floats_refuse_the_file(tmp_path):
    assert refused(parquet(tmp_path, school_id=pa.array([2141000001.0]))).rule == "wrong_type"


def test_a_truncated_parquet_file_is_refused(tmp_path):
    path = parquet(tmp_path)
    path.write_bytes(path.read_bytes()[:-9])
    assert refused(path).rule == "unreadable"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.floats(0, 1e12, allow_nan=False).filter(lambda number: number == 0 or number > 1e-3), min_size=1, max_size=20))
def test_a_double_is_its_shortest_spelling(tmp_path, numbers):
    path = tmp_path / "填报.parquet"
    columns = {name: pa.array([cell] * len(numbers)) for name, cell in zip(COLUMNS, row(), strict=True)}
    pq.write_table(pa.table(columns | {"value": pa.array(numbers)}), path)
    read = read_one("declared", path)
    too_fine = {position for position, _, _ in read.damages}
    for position, number in enumerate(numbers):
        exact = Decimal(repr(number))
        assert (position in too_fine) == (-exact.normalize().as_tuple().exponent > 16)
        assert read.rows[position]["value"] == (None if position in too_fine else exact)
