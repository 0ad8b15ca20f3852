"""The judge is quiet, quick, and tells positions, never values."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import pandas as pd
import pyarrow as pa
import pytest

from expectations.data_docs import offline, write_data_docs
from expectations.delivery_gate import judge_delivery
from expectations.judge import expect, judge, suite_of
from expectations.rules import BLOCK, HOLD, QUARANTINE, REFUSE, RULES
from warehouse.ledger_tables import QUARANTINED_ROWS


def frame(**columns) -> pd.DataFrame:
    return pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)


def test_findings_are_positions_and_counts():
    suite = suite_of("s", [expect("ExpectColumnValuesToBeInSet", "unknown_word", column="a", value_set=["x"], detail_zh="x", detail_en="x")])
    (finding,) = judge(frame(a=["x", "secret", None, "x", "secret"]), suite).findings
    assert (finding.rule, finding.column, finding.count, finding.positions.tolist()) == ("unknown_word", "a", 2, [1, 4])


def test_results_kept_for_pages_hold_no_value():
    suite = suite_of("s", [expect("ExpectColumnValuesToBeInSet", "unknown_word", column="a", value_set=["x"])])
    assert "secret" not in repr(judge(frame(a=["x", "secret"]), suite).results)


def test_what_could_not_be_evaluated_has_not_passed():
    suite = suite_of("s", [expect("ExpectColumnValuesToNotBeNull", "missing_value", column="gone")])
    (finding,) = judge(frame(a=["x"]), suite).findings
    assert finding.rule == "not_judged"


def test_every_rule_speaks_both_languages_and_says_how_much_it_stops():
    for name, rule in RULES.items():
        assert rule.severity in (QUARANTINE, HOLD, REFUSE, BLOCK)
        assert re.search("[一-龥]", rule.message_zh("列", "界限")), name
        assert rule.message_en("column", "bound").isascii(), name


QUIET = """
import sys, time
start = time.perf_counter()
import expectations, expectations.gate, expectations.data_docs, expectations.judge
assert "great_expectations" not in sys.modules, "importing the gates must not import GX"
print(time.perf_counter() - start)
import pandas as pd, pyarrow as pa, socket
def nobody(*_, **__): raise AssertionError("the judge wanted the network")
socket.socket.connect = nobody
from expectations.judge import expect, judge, suite_of
frame = pa.table({"a": list(range(1000))}).to_pandas(types_mapper=pd.ArrowDtype)
assert not judge(frame, suite_of("s", [expect("ExpectColumnValuesToBeBetween", "out_of_bounds", column="a", min_value=5)])).passed
"""


def test_importing_is_cheap_and_judging_is_silent_and_stays_at_home(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GX_")} | {"HOME": str(tmp_path)}
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    environment["PYTHONPATH"] = root
    done = subprocess.run([sys.executable, "-c", QUIET], capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert "it/s" not in done.stderr, "no progress bars"
    assert not [path for path in tmp_path.rglob("*") if "expectations" in path.name], "no files of GX"


def test_a_hundred_thousand_pupils_are_judged_within_a_second(tables, clean, landed):
    table = tables["student_status"][3]
    rows = pa.Table.from_pylist(clean(table, 1000), schema=table.delivered_schema)
    keys = pa.array([f"{i:032x}" for i in range(100_000)])
    many = pa.concat_tables([rows] * 100).set_column(table.delivered_schema.get_field_index("student_key"), "student_key", keys)
    pending = landed("student_status", table, clean(table, 1))
    seconds = []
    import pyarrow.parquet as pq

    landed_rows = pq.read_table(pending.path)
    more = many.append_column("_as_of_date", pa.repeat(landed_rows["_as_of_date"][0], len(many)))
    more = more.append_column("_delivery", pa.repeat("d", len(many))).append_column("_position", pa.array(range(len(many))))
    pq.write_table(more.cast(table.landed_schema), pending.path)
    for _ in range(3):
        start = time.perf_counter()
        assert judge_delivery(pending).found == {}
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 1, seconds


def test_data_docs_hold_counts_alone_and_ask_nothing_of_the_network(tables, clean, landed, tmp_path):
    table = tables["student_status"][3]
    rows = clean(table, 5)
    rows[3]["grade"] = None
    rows[2]["birth_month"] = "1066-10"
    verdict = judge_delivery(landed("student_status", table, rows))
    site = tmp_path / "data_docs"
    for _ in range(2):  # a later run replaces the page
        index = write_data_docs(site, {"student_status.students": verdict.results}).read_text(encoding="utf-8")
    assert {path.name for path in site.rglob("*")} == {"index.html", "student_status.students.html", "suites.json"}
    (link,) = re.findall("href='([^']+)'", index)
    page = (site / link).read_text(encoding="utf-8")
    assert "birth_month" in page
    for path in site.rglob("*"):
        text = path.read_text(encoding="utf-8")  # every file is text: what is not could not be looked through
        assert "1066-10" not in text
        assert rows[3]["student_key"] not in text
        assert not re.search(r"https?:|(?:src|href)=[\"']?//|@import|url\(", text), path
        for target in re.findall(r"<a\b[^>]*\bhref=[\"']([^\"']*)", text):
            assert f'id="{target[1:]}"' in text if target.startswith("#") else (site / target).exists(), f"{path.name}: {target}"


def test_data_docs_say_in_words_what_passed_and_what_failed(tmp_path):
    suite = suite_of("s", [
        expect("ExpectColumnValuesToBeInSet", "unknown_word", column="a", value_set=["x"]),
        expect("ExpectColumnValuesToNotBeNull", "missing_value", column="gone"),  # not judged
        expect("ExpectColumnValuesToNotBeNull", "missing_value", column="a"),
    ])  # fmt: skip
    index = write_data_docs(tmp_path / "docs", {"s": judge(frame(a=["x", "y"]), suite).results})
    page = (tmp_path / "docs" / "s.html").read_text(encoding="utf-8")
    assert "未通过 failed: 2" in index.read_text(encoding="utf-8")
    cells = re.findall(r"<td[^>]*-cell-\d+-1\"[^>]*>.*?</td>", page[page.index('id="section-2"') :], re.DOTALL)
    assert sorted(re.findall("未通过 failed|通过 passed", " ".join(cells))) == ["未通过 failed", "未通过 failed", "通过 passed"]
    assert "<i " not in page and "Subscribe" not in page and "<script" not in page


def test_pages_of_suites_that_are_not_judged_again_stay(tmp_path):
    def results(value):
        return judge(frame(a=[value]), suite_of("s", [expect("ExpectColumnValuesToBeInSet", "unknown_word", column="a", value_set=["x"])])).results

    site = tmp_path / "docs"
    write_data_docs(site, {"registry.schools": results("y"), "school": results("x")})
    before = (site / "registry.schools.html").read_bytes()
    index = write_data_docs(site, {"school": results("y")}).read_text(encoding="utf-8")
    assert (site / "registry.schools.html").read_bytes() == before
    assert index.count("failed: 1") == 2
    assert len(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", index)) == 2, "each line says when it was judged"


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://a.example/x.js"></script>',
        "<link rel='stylesheet' href='http://a.example/x.css' integrity='x'>",
        '<img alt="a" src="https://a.example/logo.png?d=1">',
        '<a class="b" href="https://a.example/newsletter">more</a>',
    ],
)
def test_pages_are_made_offline(tag):
    assert "a.example" not in offline(f"<html><head></head><body>{tag}</body></html>")


def test_quarantined_rows_have_the_shape_that_staging_reads(tables, clean, landed):
    table = tables["asset_register"][0]
    verdict = judge_delivery(landed("asset_register", table, [{**clean(table, 1)[0], "quantity": -1}]))
    assert verdict.quarantined.schema.equals(QUARANTINED_ROWS)
    (row,) = verdict.quarantined.to_pylist()
    assert (row["column_name"], row["rule"], row["position"], row["row"]) == ("quantity", "out_of_bounds", 0, 2)
