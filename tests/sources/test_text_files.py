"""CSV: encodings, lines, and rows that are a column off."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from reading import COUNTY, read_one

from sources.declaration import Context
from sources.refusal import Misconfigured, Refusal
from sources.register import source

CARDS = "序号,单位代码,单位名称,卡片编号,资产名称,固定资产分类代码（2010国标码）,资产分类名称,计量单位,数量,使用方向,使用状况,取得方式,价值类型,价值,累计折旧,净值,入账日期,会计凭证号,使用人,存放地点,备注"


def card(number: int = 1, value: str = "1.00", name: str = "显微镜", remark: str = "", status: str = "在用") -> str:
    return f"{number},12410183MN1000006Q,某小学,ZC{number:04d},{name},2400301,光学仪器,台,2,教学,{status},购置,原值,{value},0,0,20240901,记-1,某某某,楼,{remark}"


@pytest.mark.parametrize(("encoding", "found"), [("gb18030", "gb18030"), ("gbk", "gb18030"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")])
def test_an_encoding_is_found_and_recorded(csv_file, encoding, found):
    read = read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", [CARDS, card(name="显微镜")], encoding))
    assert read.delivery.encoding == found
    assert read.rows[0]["asset_name"] == "显微镜"
    assert read.delivery.as_of_date == date(2025, 8, 31)
    assert read.rows[0]["county_code"] == COUNTY


def test_a_character_that_only_gb18030_has_is_read(csv_file):
    read = read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", [CARDS, card(name="㑇𠮷")], "gb18030"))
    assert read.rows[0]["asset_name"] == "㑇𠮷"


@pytest.mark.parametrize("spoil", [b"\xff\xff", b"\x81\x20", b"\x00"], ids=["no text", "half a character", "a zero byte"])
def test_bytes_that_are_no_text_refuse_the_file(csv_file, spoil):
    path = csv_file("资产卡片_2025-08-31.csv", [CARDS, card()], "gb18030")
    path.write_bytes(path.read_bytes() + spoil)
    with pytest.raises(Refusal) as refusal:
        read_one("asset_register", path)
    assert refusal.value.rule == "unknown_encoding"
    assert "资产卡片_2025-08-31.csv" in refusal.value.message_en and "资产卡片_2025-08-31.csv" in refusal.value.message_zh


def test_digest_and_time_are_those_of_the_file(csv_file):
    path = csv_file("资产卡片_2025-08-31.csv", [CARDS, card()])
    os.utime(path, (1_756_000_000, 1_756_000_000))
    delivery = read_one("asset_register", path).delivery
    assert delivery.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert delivery.modified_at == datetime.fromtimestamp(1_756_000_000, UTC)
    assert delivery.origin == "asset_register/资产卡片_2025-08-31.csv"


def test_row_is_the_line_in_the_file_over_empty_lines_and_breaks_in_cells(csv_file):
    lines = [CARDS, card(1), "", card(2, remark='"两\r\n行"'), card(3), ",,,,,,,,,,,,,,,,,,,,", card(4)]
    read = read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", lines))
    assert [(row["card_id"], row["_row"]) for row in read.rows] == [("ZC0001", 2), ("ZC0002", 4), ("ZC0003", 6), ("ZC0004", 8)]


def test_lines_go_on_over_blocks(csv_file, monkeypatch):
    monkeypatch.setattr("sources.delimited.BLOCK_BYTES", 4096)
    lines = [CARDS, *(card(number) for number in range(1, 401))]
    read = read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", lines, "gb18030"))
    assert [(row["card_id"], row["_row"]) for row in read.rows] == [(f"ZC{number:04d}", number + 1) for number in range(1, 401)]
    assert read.table.column(0).num_chunks > 5


def highest_memory(path) -> int:
    (delivery,) = source("asset_register").read(path, f"asset_register/{path.name}", Context(county_code=COUNTY))
    before, highest = pa.total_allocated_bytes(), 0
    for _ in delivery.rows:
        highest = max(highest, pa.total_allocated_bytes() - before)
    return highest


def test_memory_does_not_grow_with_the_file(csv_file, monkeypatch):
    monkeypatch.setattr("sources.delimited.BLOCK_BYTES", 64 << 10)
    files = [csv_file(f"卡片{rows}_2025-08-31.csv", [CARDS, *map(card, range(rows))], "gb18030") for rows in (30_000, 90_000)]
    small, large = map(highest_memory, files)
    assert large < 1.2 * small


@pytest.mark.parametrize("broken", [card() + ",多一列", card().rsplit(",", 1)[0]], ids=["a cell too many", "a cell too few"])
def test_a_row_that_is_a_column_off_refuses_the_file_by_line_and_without_its_text(csv_file, broken):
    with pytest.raises(Refusal) as refusal:
        read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", [CARDS, card(), broken, card()]))
    assert refusal.value.rule == "shifted_columns"
    assert "line 3" in refusal.value.message_en
    assert "某某某" not in refusal.value.message_en + refusal.value.message_zh


def test_an_unpaired_quotation_mark_refuses_the_file(csv_file):
    with pytest.raises(Refusal) as refusal:
        read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", [CARDS, card(), card(remark='"没有收尾'), card()]))
    assert refusal.value.rule in ("unreadable", "shifted_columns")
    assert "某某某" not in refusal.value.message_en + refusal.value.message_zh


def test_tab_separated_text_named_xls_is_read_as_what_it_is(csv_file):
    path = csv_file("资产卡片_2025-08-31.xls", [line.replace(",", "\t") for line in (CARDS, card(value="5"))], "gbk")
    assert read_one("asset_register", path).rows[0]["original_value_yuan"] == Decimal("5")


def test_a_title_above_the_header_gives_the_date_and_the_unit(csv_file):
    lines = ["固定资产卡片（模拟数据）2025年8月" + "," * 20, "单位：万元" + "," * 20, CARDS, card(value='"1,000.5"')]
    read = read_one("asset_register", csv_file("卡片.csv", lines, "gb18030"))
    assert read.delivery.as_of_date == date(2025, 8, 31)
    assert read.rows[0]["original_value_yuan"] == Decimal("10005000")
    assert read.rows[0]["_row"] == 4


def test_columns_may_stand_in_any_order(csv_file):
    turned = [",".join(reversed(line.split(","))) for line in (CARDS, card(value="7"))]
    assert read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", turned)).rows[0]["original_value_yuan"] == Decimal("7")


def test_a_person_on_a_card_is_never_delivered(csv_file):
    read = read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", [CARDS, card()]))
    assert "某某某" not in str(read.rows)


def test_totals_and_signatures_are_no_cards(csv_file):
    total = "合 计" + "," * 13 + "2.00" + "," * 7
    signature = "填表人：某某某" + "," * 20
    lines = [CARDS, card(1), card(2, name="合计器"), total, signature]
    read = read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", lines))
    assert [row["card_id"] for row in read.rows] == ["ZC0001", "ZC0002"]


def test_a_card_without_its_value_is_delivered_whatever_its_remark_says(csv_file):
    read = read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", [CARDS, card(1, value="", remark="说明：其中合计三台"), card(2)]))
    assert [row["original_value_yuan"] for row in read.rows] == [None, Decimal("1.00")]


@pytest.mark.parametrize(("content", "rule"), [(b"", "empty_file"), (b"%PDF-1.7 ...", "wrong_kind"), (b"\x89PNG\r\n", "wrong_kind"), ("甲,乙\n1,2\n".encode(), "unknown_layout")])
def test_other_files_are_refused_with_a_reason(tmp_path, content, rule):
    path = tmp_path / "资产卡片_2025-08-31.csv"
    path.write_bytes(content)
    with pytest.raises(Refusal) as refusal:
        read_one("asset_register", path)
    assert refusal.value.rule == rule


def test_a_missing_column_is_named(csv_file):
    lines = [",".join(cell for place, cell in enumerate(line.split(",")) if place != 13) for line in (CARDS, card())]
    with pytest.raises(Refusal) as refusal:
        read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", lines))
    assert refusal.value.rule == "missing_column"
    assert "「价值」" in refusal.value.message_en and "line 1" in refusal.value.message_en


def test_a_missing_key_column_is_named_too(csv_file):
    lines = [",".join(cell for place, cell in enumerate(line.split(",")) if place != 3) for line in (CARDS, card())]
    with pytest.raises(Refusal) as refusal:
        read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", lines))
    assert refusal.value.rule == "missing_column"
    assert "卡片编号" in refusal.value.message_zh


def test_an_unknown_column_is_refused_with_the_line_to_add(csv_file):
    with pytest.raises(Refusal) as refusal:
        read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", [CARDS + ",保管员电话", card() + ",1"]))
    assert refusal.value.rule == "unknown_column"
    for message in (refusal.value.message_en, refusal.value.message_zh):
        assert "保管员电话" in message and "ignore" in message and "sources/asset_register/layouts/asset_cards.yaml" in message


def test_one_column_twice_is_refused(csv_file):
    with pytest.raises(Refusal) as refusal:
        read_one("asset_register", csv_file("资产卡片_2025-08-31.csv", [CARDS + ",账面原值", card() + ",1"]))
    assert refusal.value.rule == "repeated_column"


@pytest.mark.parametrize(
    ("relative_path", "expected"),
    [
        ("asset_register/卡片.csv", None),
        ("asset_register/2025-08-31/卡片.csv", date(2025, 8, 31)),
        ("asset_register/2025-08/卡片.csv", date(2025, 8, 31)),
        ("asset_register/410183/2025-08/卡片.csv", date(2025, 8, 31)),
        ("asset_register/2025-07/卡片_2025-08-31.csv", date(2025, 8, 31)),
    ],
)
def test_the_date_is_the_names_else_the_folders_else_none(csv_file, relative_path, expected):
    assert read_one("asset_register", csv_file("卡片.csv", [CARDS, card()]), relative_path).delivery.as_of_date == expected


def test_the_county_is_the_folders_else_the_configured_one_else_an_error(csv_file):
    path = csv_file("资产卡片_2025-08-31.csv", [CARDS, card()])
    in_folder = read_one("asset_register", path, "asset_register/410184/卡片.csv")
    assert (in_folder.delivery.county_code, in_folder.rows[0]["county_code"]) == ("410184", "410184")
    with pytest.raises(Misconfigured, match="JUNHENG_COUNTY_CODE"):
        read_one("asset_register", path, context=Context())
