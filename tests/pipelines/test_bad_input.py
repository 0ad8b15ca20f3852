"""Bad input gets the answer that the design promises, and the rest goes on.

Each test spoils one thing of a working county and says what must stand after.
"""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from county_run import run_county
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import load_workbook


def one(folder: Path, pattern: str) -> Path:
    (found,) = sorted(folder.rglob(pattern))
    return found


def resaved(path: Path, change) -> None:
    workbook = load_workbook(path)
    change(workbook.active)
    workbook.save(path)


def refusal(run, origin_part: str) -> dict:
    (said,) = [refused for refused in run.record.refused if origin_part in refused["origin"]]
    return said


def deliveries(home: Path) -> list[Path]:
    """What was landed; what a run reads of itself and of the release before it (raw/run) is no delivery."""
    return sorted(path for path in (home / "raw").rglob("*.parquet") if path.relative_to(home / "raw").parts[0] != "run")


def verdict_tables(run) -> dict[str, str]:
    return {name: digest for name, digest in run.sums.items() if name.endswith(".parquet") and name not in ("delivery.parquet", "quarantine.parquet")}


@pytest.fixture(scope="module")
def made(small_county, systems, tmp_path_factory):
    """A home with a good release in it; copied by each test, never changed."""
    run = run_county(tmp_path_factory.mktemp("made") / "home", systems)
    assert int(run.code) == 0, run.record.messages
    return run


@pytest.fixture
def good(made, inbox, tmp_path):
    """A copy of that home that a test may go on with, the inbox that made it, and its settings."""
    folder, settings = inbox
    home = tmp_path / "home"
    shutil.copytree(made.home, home, symlinks=True)
    return made, folder, settings, home


def test_the_same_deliveries_twice_change_nothing(good):
    first, _, settings, home = good
    raw = deliveries(home)
    again = run_county(home, settings)
    assert int(again.code) == 0
    assert again.record.outcome == "unchanged"
    assert again.record.release_id == first.record.release_id
    assert deliveries(home) == raw


def test_the_same_file_under_another_name_is_the_same_delivery(good):
    first, inbox, settings, home = good
    path = one(inbox, "教室清单*.xlsx")
    shutil.copy2(path, path.with_name(f"重发_{path.name}"))
    again = run_county(home, settings)
    assert (int(again.code), again.record.outcome) == (0, "unchanged")


def test_a_wrong_token_leaves_the_last_good_pull_in_use(good):
    first, _, settings, home = good
    run = run_county(home, {**settings, "JUNHENG_STUDENT_STATUS_TOKEN": "not-the-token"})
    assert int(run.code) == 4
    (state,) = [source for source in run.record.sources if source["name"] == "student_status"]
    assert state["state"] == "unreachable"
    assert "JUNHENG_STUDENT_STATUS_TOKEN" in state["message_en"]
    assert "not-the-token" not in str(run.record)
    assert verdict_tables(run) == verdict_tables(first)


def test_a_service_that_is_down_leaves_the_last_good_pull_in_use(good, unused_port):
    first, inbox, settings, home = good
    (inbox / "declared" / "later.csv").write_text(
        "as_of_date,county_code,township,school_id,school_name,school_type,stage,measure_id,value\n"
        "2025-09-15,410183,,2141999998,新校,primary_school,primary,students,100\n",
        encoding="utf-8",
    )
    run = run_county(home, {**settings, "JUNHENG_STUDENT_STATUS_URL": f"http://127.0.0.1:{unused_port}"})
    assert (int(run.code), run.record.outcome) == (4, "published")
    (state,) = [source for source in run.record.sources if source["name"] == "student_status"]
    assert "2025-09-01: 14 days before 2025-09-15" in state["message_en"], "how old the data are that it goes on with"
    assert state["message_en"] in [said["en"] for said in run.record.messages]
    manifest = json.loads((run.release / "manifest.json").read_text(encoding="utf-8"))
    (check,) = [check for check in manifest["checks"] if check["name"] == "ingest_student_status"]
    assert not check["passed"] and check["findings"] == [{"message_en": state["message_en"], "message_zh": state["message_zh"]}]
    (source,) = [source for source in manifest["sources"] if source["name"] == "student_status"]
    assert source["data_as_of"] == "2025-09-01"
    students = lambda of: {row["school_id"]: row["students"] for row in of.rows("school_unit") if row["school_id"] != "2141999998"}  # noqa: E731
    assert students(run) == students(first)


def test_a_ledger_that_is_lost_is_written_again_and_nothing_changes(good):
    first, _, settings, home = good
    records = {path: path.read_bytes() for path in (home / "ledger").glob("*/*/*.json")}
    shutil.rmtree(home / "ledger")
    run = run_county(home, settings)
    assert (int(run.code), run.record.outcome) == (0, "unchanged")
    assert len(run.record.mended) == len(records)
    assert {path: path.read_bytes() for path in (home / "ledger").glob("*/*/*.json")} == records


def test_rows_that_were_altered_are_landed_again_where_their_file_is_still_there(good):
    """And where it is not, the old release stands and the file is named."""
    first, inbox, settings, home = good
    def of(table):
        return next(path for path in (home / "raw" / "asset_register" / table).glob("*.parquet") if path.name != "_declared.parquet")
    of("rooms").write_bytes(b"not what it was")
    run = run_county(home, settings)
    assert (int(run.code), run.record.outcome) == (0, "unchanged")

    of("rooms").unlink()
    one(inbox, "教室清单*.xlsx").unlink()
    run = run_county(home, settings)
    assert int(run.code) == 3
    assert any("教室清单" in said["zh"] and "junheng repair" in said["zh"] for said in run.record.messages)
    assert (home / "published" / "current").resolve().name == first.release.name


def test_a_warehouse_file_that_is_torn_is_made_again(good):
    """It holds nothing that raw and the ledger do not hold."""
    first, _, settings, home = good
    torn = home / "warehouse.duckdb"
    torn.write_bytes(torn.read_bytes()[: 1 << 16] + b"torn" * 1000)
    run = run_county(home, settings)
    assert (int(run.code), run.record.outcome) == (0, "unchanged")


def test_a_missing_column_refuses_the_file_and_names_it(good):
    first, inbox, settings, home = good
    path = one(inbox, "教室清单*.xlsx")

    def drop_the_area(sheet):
        for row in sheet.iter_rows(max_row=6):
            for cell in row:
                if cell.value == "使用面积（平方米）":
                    sheet.delete_cols(cell.column)
                    return

    resaved(path, drop_the_area)
    run = run_county(home, settings)
    assert int(run.code) == 4
    said = refusal(run, path.name)
    assert said["rule"] == "missing_column"
    assert "使用面积" in said["message_en"] and path.name in said["message_en"]
    assert verdict_tables(run) == verdict_tables(first)


def test_a_wrong_encoding_is_refused(good):
    first, inbox, settings, home = good
    path = one(inbox, "资产卡片_*2025-08-31.csv")
    path.write_bytes(path.read_bytes()[:-1] + b"\xff\xff\x81")
    run = run_county(home, settings)
    assert int(run.code) == 4
    assert refusal(run, path.name)["rule"] == "unknown_encoding"
    assert verdict_tables(run) == verdict_tables(first)


def test_a_password_protected_workbook_is_refused(good):
    first, inbox, settings, home = good
    path = one(inbox, "校舍场地台账*.xlsx")
    locked = io.BytesIO()
    with path.open("rb") as plain:
        OOXMLFile(plain).encrypt("a password", locked)
    path.write_bytes(locked.getvalue())
    run = run_county(home, settings)
    assert int(run.code) == 4
    assert refusal(run, path.name)["rule"] == "password_protected"
    assert verdict_tables(run) == verdict_tables(first)


def test_a_truncated_file_is_refused(good):
    first, inbox, settings, home = good
    path = one(inbox, "校舍场地台账*.xlsx")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    run = run_county(home, settings)
    assert int(run.code) == 4
    assert refusal(run, path.name)["rule"] == "unreadable"
    assert verdict_tables(run) == verdict_tables(first)


def test_a_missing_unit_line_is_refused(good):
    first, inbox, settings, home = good
    path = one(inbox, "部门预算表_2025*.xlsx")

    def wipe_the_unit(sheet):
        for row in sheet.iter_rows(max_row=3):
            for cell in row:
                if isinstance(cell.value, str) and "单位：" in cell.value:
                    cell.value = None

    resaved(path, wipe_the_unit)
    run = run_county(home, settings)
    assert int(run.code) == 4
    assert refusal(run, path.name)["rule"] == "unit_line_missing"
    assert verdict_tables(run) == verdict_tables(first)


def test_an_unknown_school_code_is_quarantined_and_the_rest_goes_on(good):
    first, inbox, settings, home = good
    path = one(inbox, "教室清单*.xlsx")
    stranger = "2141999999"
    places = []

    def rename_one(sheet):
        for row in sheet.iter_rows(min_row=3):
            for cell in row:
                if isinstance(cell.value, str) and cell.value.isdigit() and len(cell.value) == 10:
                    cell.value = stranger
                    places.append(cell.row)
                    return

    resaved(path, rename_one)
    run = run_county(home, settings)
    assert int(run.code) == 0, run.record.messages
    (row,) = [row for row in run.rows("quarantine") if row["rule"] == "unknown_school"]
    assert row["row_number"] == places[0]
    assert path.name in row["origin"]
    assert stranger not in {row["school_id"] for row in run.rows("school")}


def test_nothing_acceptable_at_all_is_no_release(tmp_path):
    inbox = tmp_path / "inbox" / "declared"
    inbox.mkdir(parents=True)
    (inbox / "filed.csv").write_text("as_of_date,county_code\n2025-09-01,410183\n", encoding="utf-8")
    run = run_county(tmp_path / "home", {"JUNHENG_INBOX": str(inbox.parent)})
    assert int(run.code) == 3
    assert not (tmp_path / "home" / "published" / "current").exists()
    assert [refused["rule"] for refused in run.record.refused] == ["missing_column"]


def test_a_person_source_without_a_key_is_a_configuration_error(small_county, systems, tmp_path):
    from county_run import environment
    from pipelines.doctor import missing_settings
    from pipelines.settings import Settings

    without = {name: value for name, value in systems.items() if name != "JUNHENG_PSEUDONYM_KEY"}
    with environment(**without, JUNHENG_HOME=str(tmp_path)):
        problems = missing_settings(Settings())
    assert any("JUNHENG_PSEUDONYM_KEY" in problem for problem in problems)


def test_no_person_reaches_the_home(good, small_county):
    """Every file that a run wrote, searched for what the systems know about persons."""
    import sqlite3

    _, _, _, home = good
    with sqlite3.connect(small_county / "systems" / "hr_payroll.sqlite") as database:
        persons = database.execute("select id_number, phone, home_address from staff limit 300").fetchall()
    secrets = {value.encode() for person in persons for value in person if value}
    assert len(secrets) > 300
    for path in home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if path.suffix == ".parquet":  # compressed: search the text columns themselves
                table = pq.read_table(path)
                content = "\n".join(
                    str(value) for column in table.columns if str(column.type) == "string" for value in column.unique().to_pylist()
                ).encode()
            assert not [1 for secret in secrets if secret in content], path.relative_to(home)
