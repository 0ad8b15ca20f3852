"""Text becomes the declared types; what cannot be read is named by place, never by value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from sources.asset_register.tables import ASSET_CARDS
from sources.conform import Block, conformed
from sources.declaration import Damage
from sources.hr_payroll.tables import BACKBONE_TITLES, SUBJECTS_TAUGHT
from sources.refusal import Misconfigured
from sources.student_status.tables import STUDENTS

KEY = b"a key of the test"


def block(sheet="表", rows=True, powers=None, **columns) -> Block:
    length = len(next(iter(columns.values())))
    numbers = pa.array(range(5, 5 + length), pa.int64()) if rows else None
    return Block({name: pa.array(values, pa.string()) for name, values in columns.items()}, length, sheet, numbers, powers or {})


def run(table, *blocks, key=KEY) -> tuple[list[dict], list[Damage]]:
    damages: list[Damage] = []
    batches = list(conformed(table, blocks, damages, key))
    return pa.Table.from_batches(batches, table.delivered_schema).to_pylist(), damages


def test_each_column_gets_its_type_and_its_place():
    rows, damages = run(
        ASSET_CARDS,
        block(holder_code=["１２410183MN1000006Q"], original_value_yuan=["1.5"], quantity=["3.0"], entered_on=["20140901"], powers={"original_value_yuan": 4}),
    )  # fmt: skip
    assert not damages
    assert rows[0]["holder_code"] == "12410183MN1000006Q"
    assert rows[0]["original_value_yuan"] == Decimal("15000.00")
    assert rows[0]["quantity"] == 3
    assert rows[0]["entered_on"] == date(2014, 9, 1)
    assert rows[0]["card_id"] is None
    assert (rows[0]["_sheet"], rows[0]["_row"], rows[0]["_key"]) == ("表", 5, None)


def test_damages_count_positions_over_all_blocks():
    first = block(card_id=["1", "2"], original_value_yuan=["12", "约20"], entered_on=["#REF!", "2014"])
    second = block(card_id=["4.10183E+17"], original_value_yuan=["0.123"], quantity=["2.5"])
    rows, damages = run(ASSET_CARDS, first, second)
    assert set(damages) == {
        Damage(1, "original_value_yuan", "not_a_number"),
        Damage(0, "entered_on", "error_cell"),
        Damage(1, "entered_on", "not_a_date"),
        Damage(2, "original_value_yuan", "too_many_decimals"),
        Damage(2, "quantity", "not_whole"),
        Damage(2, "card_id", "damaged_id"),
    }
    assert [row["original_value_yuan"] for row in rows] == [Decimal("12.00"), None, None]
    assert rows[2]["card_id"] is None


def test_a_name_keeps_what_it_says_and_an_empty_one_is_missing():
    rows, damages = run(ASSET_CARDS, block(holder_name=["　实验小学（东校区） ", "-", " ", "无"]))
    assert [row["holder_name"] for row in rows] == ["实验小学（东校区）", "-", None, "无"]
    assert not damages


def test_a_persons_number_leaves_as_a_key_and_a_damaged_one_leaves_nothing():
    number = "99999919900101123x"
    rows, damages = run(SUBJECTS_TAUGHT, block(rows=False, person_key=[number, "4.10183E+17", None], term=["2025-2026-1"] * 3, stage=["小学"] * 3, course=["语文"] * 3))
    assert len(rows[0]["person_key"]) == 32 and number[:17] not in str(rows)
    assert [row["person_key"] for row in rows[1:]] == [None, None]
    assert damages == [Damage(1, "person_key", "damaged_id")]
    assert rows[0]["_key"] == f"{rows[0]['person_key']}|2025-2026-1|小学|语文"
    assert rows[0]["_row"] is None


def test_a_birth_date_is_landed_as_its_month():
    rows, _ = run(STUDENTS, block(rows=False, birth_month=["20140915", "2014-09-15", "2014年9月15日"]))
    assert [row["birth_month"] for row in rows] == ["2014-09"] * 3


def test_the_last_day_of_a_title_given_by_month_is_the_months_last():
    rows, _ = run(BACKBONE_TITLES, block(awarded_on=["2024-02"], valid_to=["2024-02"]))
    assert rows[0]["awarded_on"] == date(2024, 2, 1)
    assert rows[0]["valid_to"] == date(2024, 2, 29)


def test_a_table_of_persons_needs_a_key():
    with pytest.raises(Misconfigured, match="JUNHENG_PSEUDONYM_KEY"):
        run(STUDENTS, block(school_id=["2141000001"]), key=None)
