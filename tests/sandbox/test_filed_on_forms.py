"""Figures on the municipal forms or in the tidy file: the same ones, each in one place."""

from __future__ import annotations

from written_files import AS_OF, filed

from sandbox.make import make_sandbox


def test_a_county_of_files_alone_files_the_same(tmp_path):
    """By the plan of one county: every school on the form, or a few of them."""
    for name, files_only in (("systems", False), ("files", True)):
        make_sandbox(tmp_path / name, schools=20, students=3_000, seed=4, as_of=AS_OF, files_only=files_only)
    both = filed(tmp_path / "systems"), filed(tmp_path / "files")
    assert both[0] == both[1]
    forms = [{path.name for path in (tmp_path / name / "inbox" / "declared").glob("*填报表*.xlsx")} for name in ("systems", "files")]
    assert forms[0] < forms[1] and "县级填报表_模拟数据.xlsx" in forms[1] - forms[0]
    tidy = (tmp_path / "files" / "inbox" / "declared" / "填报数据_模拟数据.csv").read_text(encoding="utf-8")
    assert not [measure for measure in ("zoned_students", "junior_graduates", "teaching_area_m2", "public_funds_budget_yuan") if measure in tidy]
