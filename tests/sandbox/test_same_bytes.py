"""The same arguments give the same bytes; another seed is another county."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from sandbox.make import make_sandbox, planned
from sandbox.truth import truth_of

AS_OF = date(2025, 9, 1)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bytes") / "first"
    make_sandbox(folder, schools=14, students=2_500, seed=5, as_of=AS_OF)
    return folder


def test_made_again_elsewhere_in_another_process_and_zone(first, tmp_path):
    code = (
        "from datetime import date; from pathlib import Path; from sandbox.make import make_sandbox;"
        f"make_sandbox(Path({str(tmp_path / 'again')!r}), schools=14, students=2500, seed=5, as_of=date(2025, 9, 1))"
    )
    other = os.environ | {"PYTHONHASHSEED": "7", "TZ": "America/Sao_Paulo", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", code], env=other, check=True)
    assert digests(tmp_path / "again") == digests(first)


def test_made_over_another_leaves_nothing_of_it(first, tmp_path):
    make_sandbox(tmp_path / "over", schools=16, students=2_000, seed=9, as_of=date(2026, 3, 1))
    make_sandbox(tmp_path / "over", schools=14, students=2_500, seed=5, as_of=AS_OF)
    assert digests(tmp_path / "over") == digests(first)


def test_another_seed_changes_every_file_that_holds_schools(first, tmp_path):
    make_sandbox(tmp_path / "other", schools=14, students=2_500, seed=6, as_of=AS_OF)
    same = {name for name, digest in digests(tmp_path / "other").items() if digests(first)[name] == digest}
    assert same <= {"truth/county_compliance.csv"}


def test_the_plan_can_be_made_again_from_the_summary(first):
    """The answer key and another database are made from the same plan as the files."""
    summary = json.loads((first / "sandbox.json").read_text(encoding="utf-8"))
    county = planned(first)
    assert summary["students"] == sum(sum(school.students.values()) for school in county.schools)
    written = (first / "truth/school_unit.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [line.split(",")[1:4] for line in written] == [[u.school_id, u.stage, str(u.students)] for u in truth_of(county).units]


def test_a_folder_of_something_else_is_not_touched(tmp_path):
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no sandbox"):
        make_sandbox(tmp_path, schools=14)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_county_too_small_for_every_kind_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 12"):
        make_sandbox(tmp_path / "none", schools=11)
    assert not (tmp_path / "none").exists()
