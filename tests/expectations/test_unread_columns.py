"""A column that could not be read in most rows holds the whole delivery."""

from __future__ import annotations

import pytest

from expectations.delivery_gate import judge_delivery
from sources.declaration import Damage

SOURCE = "asset_register"


def judged(tables, clean, landed, rows: int, damages: list[Damage]):
    return judge_delivery(landed(SOURCE, tables[SOURCE][1], clean(tables[SOURCE][1], rows), damages=damages))


def unread(count: int, column: str = "area_m2", rule: str = "too_many_decimals", first: int = 0) -> list[Damage]:
    return [Damage(place, column, rule) for place in range(first, first + count)]


@pytest.mark.parametrize("rule", ["too_many_decimals", "not_a_number", "not_a_date", "out_of_range", "not_whole", "error_cell"])
def test_more_than_half_is_held_and_says_which_column_and_how_many(tables, clean, landed, rule):
    verdict = judged(tables, clean, landed, 20, unread(11, rule=rule))
    assert (verdict.outcome, verdict.rule) == ("held", "unreadable_column")
    assert "area" in verdict.message_en and "11 of 20 rows" in verdict.message_en and "send it again" in verdict.message_en
    assert "面积" in verdict.message_zh and "11 / 20 行" in verdict.message_zh and "重新报送" in verdict.message_zh
    assert verdict.found == {("area_m2", rule): 11}


@pytest.mark.parametrize(("rows", "bad"), [(20, 10), (9, 9), (100, 50), (1000, 400)], ids=["half", "nine rows", "half of many", "fewer"])
def test_half_or_fewer_than_ten_rows_stop_by_themselves(tables, clean, landed, rows, bad):
    verdict = judged(tables, clean, landed, rows, unread(bad))
    assert (verdict.outcome, verdict.quarantined.num_rows) == ("landed", bad)


def test_several_reasons_in_one_column_count_together_and_a_row_once(tables, clean, landed):
    assert judged(tables, clean, landed, 20, unread(6) + unread(6, rule="not_a_number", first=6)).rule == "unreadable_column"
    assert judged(tables, clean, landed, 20, unread(8) + unread(8, rule="not_a_number")).outcome == "landed"


def test_two_columns_do_not_count_together(tables, clean, landed):
    assert judged(tables, clean, landed, 20, unread(10) + unread(10, "in_use_since", "not_a_date", 10)).outcome == "landed"


def test_what_the_judge_finds_in_values_that_were_read_holds_nothing(tables, clean, landed):
    table = tables["declared"][0]
    rows = [row | {"measure_id": f"no_such_measure_{place}"} for place, row in enumerate(clean(table, 20))]
    verdict = judge_delivery(landed("declared", table, rows))
    assert (verdict.outcome, verdict.quarantined.num_rows) == ("landed", 20)
