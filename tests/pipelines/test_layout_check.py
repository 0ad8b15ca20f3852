"""`junheng layout check`, and a layout that somebody writes by its help."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import xlsxwriter
import yaml
from county_run import environment
from openpyxl import load_workbook
from typer.testing import CliRunner

from pipelines.command_line import app
from sources.declaration import Context
from sources.register import source

COUNTY = "410183"
# A bureau's own card export: other headings, another order, two header rows, 万元, a title with the day.
TITLE = "某县教育系统资产明细（2025年8月31日）"
GROUPS = [("保管单位代码", 0, 0), ("保管单位名称", 1, 1), ("资产", 2, 4), ("使用", 5, 6), ("金额", 7, 8)]
HEADINGS = ["保管单位代码", "保管单位名称", "卡片号", "分类代码", "名称", "方向", "状况", "账面原价（万元）", "累计折旧"]
ROWS = [
    ["2141000001", "甲小学", "K-1", "2010105", "台式机", "教学", "在用", "1.25", "0.5"],
    ["2141000002", "乙小学", "K-2", "2010105", "投影机", "教学", "在用", "0.08", "0.01"],
]
LAYOUT = """\
table: asset_cards
keys: [card_id, class_code]
header_rows: 2
columns:
  保管单位代码: holder_code
  保管单位名称: holder_name
  资产/卡片号: card_id
  资产/分类代码: class_code
  资产/名称: asset_name
  使用/方向: use_direction
  使用/状况: use_status
  金额/账面原价（万元）: original_value_yuan
unit: {columns: [original_value_yuan], default: 元}
optional: [class_name, quantity, entered_on]
ignore: [金额/累计折旧]
"""


@pytest.fixture
def own_export(tmp_path) -> Path:
    path = tmp_path / "inbox" / "asset_register" / "资产明细.xlsx"
    path.parent.mkdir(parents=True)
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("明细")
    sheet.merge_range(0, 0, 0, 8, TITLE)
    for text, first, last in GROUPS:
        if first == last:
            sheet.merge_range(1, first, 2, first, text)
        else:
            sheet.merge_range(1, first, 1, last, text)
            for column in range(first, last + 1):
                sheet.write_string(2, column, HEADINGS[column])
    for row, cells in enumerate(ROWS, start=3):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell)
    book.close()
    return path


def check(path: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    with environment(JUNHENG_INBOX=str(path.parents[1]), JUNHENG_ENV_FILE="none", **settings):
        answer = CliRunner().invoke(app, ["layout", "check", str(path), *arguments])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer.exit_code, answer.output


def has_data(said: str) -> bool:
    return any(cell in said for row in ROWS for cell in row if not re.fullmatch(r"[\d.]{1,4}", cell))


def test_a_wholly_unknown_header_gets_a_draft_that_reads(own_export, tmp_path):
    code, said = check(own_export)
    assert code == 2 and not has_data(said)
    draft = yaml.safe_load(said[said.index("table:") : said.index("结论")])
    assert draft["table"] == "asset_cards" and draft["header_rows"] == 2
    headings = {*draft["columns"], *draft["ignore"]}
    assert headings == {"保管单位代码", "保管单位名称", "资产/卡片号", "资产/分类代码", "资产/名称", "使用/方向", "使用/状况", "金额/账面原价(万元)", "金额/累计折旧"}


def test_a_layout_written_by_the_bureau_is_used_from_its_own_folder(own_export, tmp_path):
    layouts = tmp_path / "layouts"
    (layouts / "asset_register").mkdir(parents=True)
    (layouts / "asset_register" / "own_cards.yaml").write_text(LAYOUT, "utf-8")
    code, said = check(own_export, JUNHENG_LAYOUTS=str(layouts), JUNHENG_COUNTY_CODE=COUNTY)
    assert code == 0 and not has_data(said), said
    assert "own_cards -> asset_cards" in said and "2 行 rows" in said and "as of 2025-08-31" in said and COUNTY in said
    assert "金额单位 unit of money: 万元" in said and "忽略 ignored: 金额/累计折旧" in said
    (delivery,) = source("asset_register").read(own_export, "asset_register/资产明细.xlsx", Context(county_code=COUNTY, own_layouts=layouts))
    rows = [row for batch in delivery.rows for row in batch.to_pylist()]
    assert [(row["holder_code"], row["card_id"], str(row["original_value_yuan"])) for row in rows] == [
        ("2141000001", "K-1", "12500.00"), ("2141000002", "K-2", "800.00"),
    ]  # fmt: skip
    assert (delivery.layout, str(delivery.as_of_date)) == ("own_cards", "2025-08-31")


def test_a_layout_that_maps_money_without_a_unit_is_refused(own_export, tmp_path):
    layouts = tmp_path / "layouts"
    (layouts / "asset_register").mkdir(parents=True)
    (layouts / "asset_register" / "own_cards.yaml").write_text("\n".join(line for line in LAYOUT.splitlines() if not line.startswith("unit")), "utf-8")
    code, said = check(own_export, JUNHENG_LAYOUTS=str(layouts))
    assert code == 2 and "own_cards.yaml" in said and "unit" in said


def test_an_unknown_and_a_renamed_heading(workbook_of, tmp_path):
    path = workbook_of("asset_register/教室_2025-08-31.xlsx", ["学校标识码", "房间编号", "教室类别", "使用面积（平方米）", "网络多媒体教室", "使用状况", "责任人"], ["2141000001", "R1", "普通教室", "60", "是", "在用", "某某某"])
    code, said = check(path)
    assert code == 2 and "某某某" not in said and "R1" not in said
    assert "不认识 unknown: 网络多媒体教室、责任人" in said and "-> is_multimedia" in said
    added = yaml.safe_load(said[said.index("columns:") : said.index("结论")])
    assert added == {"columns": {"网络多媒体教室": "is_multimedia"}, "ignore": ["责任人"]}


@pytest.mark.parametrize(("content", "words"), [("甲,乙\n1,2\n", "没有版式"), ("\x00\x01\x02", "refused")])
def test_what_is_no_table(tmp_path, content, words):
    path = tmp_path / "inbox" / "x.csv"
    path.parent.mkdir()
    path.write_text(content)
    code, said = check(path)
    assert code == 2 and words in said


def test_a_source_that_is_not_there(own_export):
    code, said = check(own_export, "--source", "payroll")
    assert code == 2 and "hr_payroll" in said


@pytest.fixture
def workbook_of(tmp_path):
    def make(name: str, *rows: list[str]) -> Path:
        path = tmp_path / "inbox" / name
        path.parent.mkdir(parents=True)
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet("表")
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)
        book.close()
        return path

    return make


def test_every_file_of_a_made_up_county_is_recognised(tmp_path):
    from sandbox.make import make_sandbox

    make_sandbox(tmp_path / "county", schools=12, students=1200, files_only=True)
    with environment(JUNHENG_INBOX=str(tmp_path / "county" / "inbox"), JUNHENG_ENV_FILE="none"):
        for path in sorted((tmp_path / "county" / "inbox").rglob("*")):
            if path.is_file():
                answer = CliRunner().invoke(app, ["layout", "check", str(path)])
                assert answer.exit_code == 0, f"{path.name}: {answer.output}"


def check_filed(path: Path, folder: Path) -> tuple[int, str]:
    """A file of the drop folder `declared`, where sheets are known by labels and not by layouts."""
    (folder / "declared").mkdir(parents=True)
    return check(Path(shutil.copy2(path, folder / "declared" / path.name)))


def test_a_statistics_book_is_known_by_its_forms_and_told_measure_by_measure(small_county, tmp_path):
    (book,) = (small_county / "inbox" / "declared").glob("教育事业统计*.xlsx")
    code, said = check_filed(book, tmp_path)
    assert code == 0, said
    assert "统计报表 statistics book" in said and "students × 2" in said  # a nine-year school files both stages
    assert "没有版式" not in said and "草稿" not in said


def test_a_renamed_label_of_a_book_says_where_to_write_it_and_drafts_nothing(small_county, tmp_path):
    (book,) = (small_county / "inbox" / "declared").glob("教育事业统计*.xlsx")
    renamed = load_workbook(book)
    for sheet in renamed:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value == "在校生数"):
            cell.value = "在读生数"
    renamed.save(tmp_path / book.name)
    code, said = check_filed(tmp_path / book.name, tmp_path / "inbox")
    assert code == 2, said
    assert "「在校生数」" in said and "statistics_measures.yaml" in said
    assert "草稿" not in said
