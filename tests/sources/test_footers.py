"""Footers below a table, wherever their words stand: none of them is a row."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sources.rows import kinds


def kinds_of(*rows: tuple[str, ...]):
    columns = [pa.array(list(cells), pa.string()) for cells in zip(*rows, strict=True)]
    return kinds(columns, [columns[1], columns[2]], len(rows))


@pytest.mark.parametrize(
    "footer",
    [
        ("单位负责人：", "", "填表人：", ""),
        ("填表人：", "某某", "报出日期：2025年9月1日", ""),
        ("", "填表人：某某", "", ""),
        ("注：本表为模拟数据", "", "", ""),
    ],
)
def test_a_footer_is_no_row_even_where_a_name_stands_under_a_code(footer):
    found = kinds_of(("1", "2141000001", "A", "3"), footer)
    assert found.detail.tolist() == [True, False]


@pytest.mark.parametrize("row", [("2", "2141000002", "B", "备注：无"), ("3", "2141000003", "说明：老楼", "")])
def test_a_remark_hides_no_row(row):
    assert kinds_of(row).detail.tolist() == [True]
