"""A file that cannot be used is refused before anybody is asked for its county."""

from __future__ import annotations

import pytest
from reading import read_file

from sources.declaration import Context
from sources.refusal import Misconfigured, Refusal

NOWHERE = Context(pseudonym_key=b"a key that serves tests alone")
FILE_SOURCES = ("registry", "finance_budget", "asset_register", "declared", "student_status", "hr_payroll")
LEDGER = ["序号", "学校标识码", "学校名称", "台账编号", "用途类别", "建筑结构", "面积（平方米）", "使用状况", "投入使用日期", "备注"]
SPACE = ["1", "2141000001", "某小学", "XF001", "普通教室", "砖混", "100", "在用", "1990-09-01", ""]
ROOMS = ["学校标识码", "房间编号", "教室类别", "使用面积（平方米）", "是否网络多媒体教室", "使用状况"]


def refused(name: str, path, context: Context = NOWHERE) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        read_file(name, path, context=context)
    return refusal.value


@pytest.mark.parametrize("name", FILE_SOURCES)
def test_a_truncated_workbook(workbook, name):
    path = workbook("b.xlsx", 教基3112=[[f"甲{row}", f"乙{row}"] for row in range(500)])
    path.write_bytes(path.read_bytes()[:2000])
    assert refused(name, path).rule == "unreadable"


@pytest.mark.parametrize("name", FILE_SOURCES)
def test_a_foreign_workbook(workbook, name):
    assert refused(name, workbook("b.xlsx", 通讯录=[["科室", "电话"], ["计财", "1"]])).rule == "unknown_layout"


@pytest.mark.parametrize("name", FILE_SOURCES)
@pytest.mark.parametrize("content", [b"\x00\x81\xff" * 400, b"%PDF-1.7", "甲,乙\n1,2\n".encode()], ids=["bytes", "pdf", "foreign"])
def test_a_junk_csv(tmp_path, name, content):
    path = tmp_path / "b.csv"
    path.write_bytes(content)
    assert refused(name, path).rule in {"unknown_encoding", "wrong_kind", "unknown_layout", "missing_column"}


def test_a_statistics_book_without_a_school(workbook):
    assert refused("declared", workbook("b.xlsx", 教基3112=[["2025年"], ["指标名称", "在校生数"], ["总计", "3"]])).rule == "missing_school"


def test_a_second_sheet_that_almost_fits(workbook):
    sound, odd = [LEDGER, SPACE], [[*ROOMS, "负责人"], ["2141000001", "R1", "普通教室", "54", "是", "在用", "某某某"]]
    assert refused("asset_register", workbook("台账_2025-08-31.xlsx", 校舍=sound, 教室=odd)).rule == "unknown_column"
    with pytest.raises(Misconfigured):
        read_file("asset_register", workbook("台账_2025-08-31.xlsx", 校舍=sound), context=NOWHERE)


def test_a_text_file_that_is_cut_short_far_below(csv_file):
    lines = [",".join(LEDGER), *[",".join(SPACE)] * 60_000]
    assert refused("asset_register", csv_file("台账_2025-08-31.csv", [*lines, "1,2141000001,某小"])).rule == "shifted_columns"
    with pytest.raises(Misconfigured):
        read_file("asset_register", csv_file("台账_2025-08-31.csv", lines), context=NOWHERE)


# --- what the refusal of an unknown layout shows -----------------------------------------


def test_the_headings_that_were_found_are_shown_with_their_place_and_no_data(workbook, csv_file):
    rows = [["某县通讯录"], ["科 室", "联系人", "电话*"], ["计财", "张某某", "13800138000"], ["人事", "李某某", "13900139000"]]
    in_book = refused("asset_register", workbook("x.xlsx", 说明=[["填写说明"]], 名单=rows))
    in_text = refused("asset_register", csv_file("x.csv", [",".join(row) for row in rows]))
    for refusal, place in ((in_book, "sheet 名单, 第 2 行 / row 2"), (in_text, "line 2")):
        assert refusal.rule == "unknown_layout"
        for message in (refusal.message_en, refusal.message_zh):
            assert "「科室」「联系人」「电话」" in message and place in message
            assert not any(word in message for word in ("张某某", "13800138000", "计财", "填写说明"))


def test_at_most_fifteen_headings_are_shown(workbook):
    message = refused("asset_register", workbook("x.xlsx", 表=[[f"第{n}栏" for n in range(40)], list(range(40))])).message_en
    assert "「第14栏」" in message and "「第15栏」" not in message and "40 in all" in message


@pytest.mark.parametrize(
    "rows",
    [
        [["张某某", "语文", "410183199002011234"], ["李某某", "数学", "41018319900201123X"]],
        [["张某某", "语文", "138-0013-8000"], ["李某某", "语文", "139 0013 9000"]],
        [["张某某", "女", "1990-02-01"], ["李某某", "女", "1990年3月1日"]],
        [["张某某", "语文", "在职"], ["李某某", "数学", "在职"]],
    ],
    ids=["identity numbers", "telephones", "dates", "repeated words"],
)
def test_rows_without_a_header_are_never_shown(workbook, rows):
    refusal = refused("asset_register", workbook("x.xlsx", 表=rows))
    assert refusal.rule == "unknown_layout" and "no row that looks like a header" in refusal.message_en
    assert not any(cell in refusal.message_en + refusal.message_zh for row in rows for cell in row)


def test_a_heading_that_holds_a_number_of_a_person_is_left_out(workbook):
    message = refused("asset_register", workbook("x.xlsx", 表=[["科室", "电话（问 138 0013 8000）", "备注事项"], ["计财", "1", ""]])).message_zh
    assert "「科室」「备注事项」" in message and "8000" not in message
