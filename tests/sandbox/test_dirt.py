"""A dirty county: what is planted, that it is planted where the answer file says, and that the same order gives the same dirt."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from sandbox.advance import advance_sandbox
from sandbox.dirt.answers import read_answers
from sandbox.dirt.kind import FILE_REFUSED, OUTCOMES, QUARANTINED, READ_RIGHT
from sandbox.dirt.kinds import USUAL_RATE, all_kinds, rates
from sandbox.make import make_sandbox

SCHOOLS, SEED = 12, 3
OF_EXPORTS = {"highest_degree_of_old", "pay_that_is_not_its_parts"}  # columns that no system has


@pytest.fixture(scope="module")
def dirty(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dirty") / "county"
    make_sandbox(folder, schools=SCHOOLS, seed=SEED, dirt=rates(USUAL_RATE, []))
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_names_are_names_of_one_kind_each():
    names = [kind.name for kind in all_kinds()]
    assert len(set(names)) == len(names) >= 150
    assert all(kind.outcome in OUTCOMES and 0 < kind.rate < 0.1 and kind.zh and kind.en and kind.section for kind in all_kinds())


def test_every_kind_stands_in_a_county_of_the_usual_rate(dirty, tmp_path):
    planted = {answer.kind for answer in read_answers(dirty)}
    make_sandbox(tmp_path / "exports", schools=SCHOOLS, seed=SEED, files_only=True, dirt=rates(USUAL_RATE, list(OF_EXPORTS)))
    of_exports = {answer.kind for answer in read_answers(tmp_path / "exports")}
    assert planted == {kind.name for kind in all_kinds()} - OF_EXPORTS and of_exports >= OF_EXPORTS


def test_classes_evened_out_on_the_roll_stand_at_the_limit(tmp_path):
    folder = tmp_path / "county"
    make_sandbox(folder, schools=SCHOOLS, seed=SEED, dirt=rates(None, ["evened_out_on_roll"]))
    (answer,) = read_answers(folder)
    with sqlite3.connect(folder / "systems" / "student_status.sqlite") as store:
        bodies = [json.loads(body) for (body,) in store.execute("select body from students")]
    store.close()
    sizes = Counter(item["班号"] for item in bodies if item["学校标识码"] in answer.hit and item["学籍状态"] == "在籍在读")
    limit = 50 if answer.hit[0].startswith("3") else 45
    assert len(sizes) >= 4 and set(sizes.values()) == {limit}
    assert len({item["全国学籍号"] for item in bodies if item["学校标识码"] in answer.hit}) >= sizes.total()


def test_the_same_order_gives_the_same_dirt(dirty, tmp_path):
    make_sandbox(tmp_path / "again", schools=SCHOOLS, seed=SEED, dirt=rates(USUAL_RATE, []))
    assert digests(tmp_path / "again") == digests(dirty)


def test_a_clean_county_has_no_answers(small):
    assert read_answers(small) == []


def test_one_kind_alone_changes_its_own_file_alone(tmp_path):
    make_sandbox(tmp_path / "clean", schools=SCHOOLS, seed=SEED)
    make_sandbox(tmp_path / "one", schools=SCHOOLS, seed=SEED, dirt=rates(None, ["error_cell"]))
    clean, one = digests(tmp_path / "clean"), digests(tmp_path / "one")
    changed = {name for name, digest in one.items() if clean.get(name) != digest}
    assert changed == {"inbox/finance_budget/410183/预算指标_2025_模拟数据.csv", "truth/faults.csv", "sandbox.json"}


def test_the_answer_names_the_line_that_holds_the_fault(tmp_path):
    folder = tmp_path / "county"
    make_sandbox(folder, schools=SCHOOLS, seed=SEED, dirt=rates(None, ["error_cell=0.02"]))
    answers = read_answers(folder)
    assert len(answers) >= 2
    for answer in answers:
        assert (answer.expected, answer.rule, answer.column) == (QUARANTINED, "error_cell", "amount_yuan")
        lines = (folder / "inbox" / answer.file).read_text("gb18030").splitlines()
        assert lines[int(answer.row) - 1].split(",")[9].startswith("#")
    assert sum("#" in line for line in lines) == len(answers)


def test_a_system_holds_the_fault_that_its_answer_tells(tmp_path):
    folder = tmp_path / "county"
    make_sandbox(folder, schools=SCHOOLS, seed=SEED, dirt=rates(None, ["unknown_grade=0.001"]))
    with sqlite3.connect(folder / "systems" / "student_status.sqlite") as store:
        bodies = [json.loads(body) for (body,) in store.execute("select body from students")]
    store.close()
    strange = [item for item in bodies if item["年级"] in ("学前班", "13", "毕业班")]
    answers = read_answers(folder)
    assert Counter(item["学校标识码"] for item in strange) == Counter(answer.row_key.partition("|")[0] for answer in answers)
    assert all(answer.hit == (answer.row_key.partition("|")[0],) for answer in answers)


def test_what_must_be_read_right_or_refused_hits_nobody(dirty):
    assert not [answer for answer in read_answers(dirty) if answer.expected in (READ_RIGHT, FILE_REFUSED) and answer.hit]


def test_the_answer_file_holds_no_person(dirty):
    with sqlite3.connect(dirty / "systems" / "student_status.sqlite") as store:
        persons = {json.loads(body)["身份证件号"] for (body,) in store.execute("select body from students limit 500")} - {""}
    store.close()
    text = (dirty / "truth" / "faults.csv").read_text("utf-8")
    assert not [person for person in persons if person in text]


def test_rates_multiply_and_single_ones_are_set():
    usual, ten = rates(USUAL_RATE, []), rates(10 * USUAL_RATE, [])
    assert all(ten[name] == pytest.approx(10 * rate) for name, rate in usual.items())
    assert rates(None, ["error_cell", "asset_twice=0.5"]) == {"error_cell": usual["error_cell"], "asset_twice": 0.5}
    assert "error_cell" not in rates(USUAL_RATE, ["error_cell=0"])
    assert rates(0, []) == {}


@pytest.mark.parametrize("chosen", [["no_such_kind"], ["error_cell=much"], ["error_cell=-1"], ["error_cell=2"]])
def test_a_name_or_number_that_is_none_is_refused(chosen):
    with pytest.raises(ValueError):
        rates(None, chosen)


def test_a_dirty_county_does_not_move(dirty):
    with pytest.raises(ValueError, match="does not move"):
        advance_sandbox(dirty, 1)


def test_every_answer_names_a_place_that_is_there(dirty):
    for answer in read_answers(dirty):
        folder = dirty if answer.file.startswith("systems/") else dirty / "inbox"
        assert (folder / answer.file).is_file(), answer
        assert bool(answer.rule or answer.measure) == (answer.expected != READ_RIGHT), answer


def test_rows_of_the_answer_file_are_numbered(dirty):
    with (dirty / "truth" / "faults.csv").open(encoding="utf-8", newline="") as file:
        assert [int(row["fault"]) for row in csv.DictReader(file)] == list(range(1, len(read_answers(dirty)) + 1))
