"""Days and months as people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.calendar_text import days, months, stated_date
from sources.numerals import plain

DAY = date(2014, 9, 1)


def day_of(text: str, **options) -> tuple[date | None, bool]:
    values, unread = days(plain(pa.array([text])), **options)
    return values[0].as_py(), bool(unread[0])


@pytest.mark.parametrize(
    "text",
    [
        "20140901", "2014-09-01", "2014-9-1", "2014/9/1", "2014.9.1", "2014年9月1日", "2014年09月01日", "２０１４年９月１日",
        "2014 年 9 月 1 日", "2014-09-01 00:00:00", "2014-09-01T08:30:00Z", "2014-09-01 08:30:00.000+08:00", "41883", "41883.5", "'20140901",
        "201409", "2014.9", "2014-09", "2014年9月",
    ],
)  # fmt: skip
def test_a_day_is_read(text):
    # 41883: 1899-12-30 and 41,883 days
    assert day_of(text) == (DAY, False)


@pytest.mark.parametrize("text", ["2014-02-30", "20140431", "2014-13-01", "201413", "2014", "2014年", "九月一日", "2014-9-1-1", "0000-01-01", "1234567"])
def test_what_is_no_day_is_damage(text):
    assert day_of(text) == (None, True)


@pytest.mark.parametrize("text", ["", "-", "—", "无"])
def test_no_day_is_missing(text):
    assert day_of(text) == (None, False)


def test_the_end_of_something_in_a_month_is_its_last_day():
    assert day_of("2024年2月", last_of_month=True) == (date(2024, 2, 29), False)
    assert day_of("2024-12", last_of_month=True) == (date(2024, 12, 31), False)
    assert day_of("2024-12-05", last_of_month=True) == (date(2024, 12, 5), False)


def test_months_keep_no_day():
    values, unread = months(plain(pa.array(["20140901", "202309", "2023-9", "2023年9月", "45170", "2023.13", "-"])))
    assert values.to_pylist() == ["2014-09", "2023-09", "2023-09", "2023-09", "2023-09", None, None]
    assert unread.tolist() == [False, False, False, False, False, True, False]


WRITTEN = ("{0:%Y%m%d}", "{0:%Y-%m-%d}", "{0.year}-{0.month}-{0.day}", "{0.year}年{0.month}月{0.day}日", "{0.year}/{0.month}/{0.day}")


@given(st.lists(st.dates(date(1900, 1, 1), date(2199, 12, 31)), min_size=1, max_size=30), st.sampled_from(WRITTEN))
def test_every_day_comes_back(dates, written):
    values, unread = days(plain(pa.array([written.format(day) for day in dates])))
    assert values.to_pylist() == dates
    assert not unread.any()


@given(st.integers(10_000, 99_999))
def test_a_serial_counts_days_from_the_day_before_1900(serial):
    assert day_of(str(serial))[0] == date(1899, 12, 30) + timedelta(days=serial)


@given(st.text(max_size=20))
def test_no_text_at_all_stops_the_parser(text):
    value, unread = day_of(text)
    assert value is None or not unread


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("新密市学校名录（模拟数据）2025年9月1日", date(2025, 9, 1)),
        ("资产卡片_2025-08-31", date(2025, 8, 31)),
        ("资产卡片_20250831_v2", date(2025, 8, 31)),
        ("2025-08", date(2025, 8, 31)),
        ("2024年2月校舍", date(2024, 2, 29)),
        ("导出 2025.8.31", date(2025, 8, 31)),
        ("2025年", date(2025, 1, 1)),
        ("2025-2026学年", date(2025, 1, 1)),
        ("部门预算表_2025年", date(2025, 1, 1)),
        ("共120250831件", None),
        ("2025-02-30", date(2025, 1, 1)),
        ("没有日期", None),
    ],
)
def test_a_date_in_a_sentence(text, day):
    assert stated_date(text, year_means=(1, 1)) == day


def test_a_year_alone_says_nothing_where_nothing_was_agreed():
    assert stated_date("部门预算表_2025年") is None
