"""The register of sources and the layouts fit the declared tables."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from sources.declaration import Source
from sources.layout_file import layouts_in
from sources.refusal import Misconfigured
from sources.register import SOURCES, source
from sources.registry.tables import SCHOOLS, TABLES

TABULAR = ("registry", "asset_register", "finance_budget", "evidence", "survey", "monitoring", "special_education")
DOCUMENT = Path(__file__).parents[2] / "docs" / "layouts.md"


def layouts(name: str):
    reader = import_module(f"sources.{name}.read")
    return layouts_in(reader.LAYOUTS, source(name).tables)


def test_the_sources_are_those_of_the_design():
    assert [one.name for one in SOURCES] == [
        "registry", "student_status", "hr_payroll", "finance_budget", "asset_register", "declared",
        "evidence", "survey", "monitoring", "special_education",
    ]  # fmt: skip
    assert {one.name for one in SOURCES if one.holds_persons} == {"student_status", "hr_payroll", "special_education"}
    assert {one.name for one in SOURCES if one.kind != "files"} == {"student_status", "hr_payroll"}


@pytest.mark.parametrize("one", SOURCES, ids=lambda one: one.name)
def test_a_source_with_personal_keys_says_that_it_holds_persons(one: Source):
    assert one.holds_persons == any(column.is_personal_key for table in one.tables for column in table.columns)


def test_importing_the_register_imports_no_reader():
    code = "import sys, sources.register; print([m for m in ('requests', 'python_calamine', 'adbc_driver_manager', 'tenacity', 'yaml') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=DOCUMENT.parents[1], check=True).stdout
    assert said.strip() == "[]"


@pytest.mark.parametrize("name", TABULAR)
def test_every_table_has_a_layout_that_fills_what_it_must(name):
    made = {"county_code", "fiscal_year"}  # from folder or setting, and from the title
    for table in source(name).tables:
        (layout,) = [layout for layout in layouts(name) if layout.table is table]
        melted = {layout.melt.name, layout.melt.value} if layout.melt else set()
        filled = set(layout.columns.values()) | melted | made
        assert {column.name for column in table.columns if column.required} <= filled
        assert {column.name for column in table.columns} == filled & {column.name for column in table.columns}
        assert set(layout.keys) <= set(layout.columns.values()) - layout.optional


@pytest.mark.parametrize("name", TABULAR)
def test_every_heading_and_setting_is_documented(name):
    text = DOCUMENT.read_text("utf-8")
    for layout in layouts(name):
        for column in layout.needed:
            assert any(heading in text.replace("（", "(").replace("）", ")") for heading in layout.headings_of(column)), (layout.name, column)
        for setting in yaml.safe_load(Path(layout.path).read_text("utf-8") if Path(layout.path).exists() else (DOCUMENT.parents[1] / layout.path).read_text("utf-8")):
            assert setting in text, setting


@pytest.mark.parametrize(
    "text",
    [
        "table: schools\nkeys: [school_id]\ncolumns: {学校标识码: no_such_column}",
        "table: schools\nkeys: [school_id]\ncolumns: {学校标识码: school_id}\nignore: [学校标识码]",
        "table: schools\nkeys: [school_id]\ncolumns: {学校标识码: school_id}\nskip: [备注]",
        "table: schools\nkeys: [school_id\n",
    ],
    ids=["no such column", "mapped and ignored", "unknown setting", "no YAML"],
)
def test_a_layout_that_cannot_be_meant_is_a_configuration_error(tmp_path, text):
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    with pytest.raises(Misconfigured, match="mine.yaml"):
        layouts_in(tmp_path, TABLES)


def test_a_new_layout_is_one_file(tmp_path):
    (tmp_path / "mine.yaml").write_text("table: schools\nkeys: [school_id]\ncolumns: {编码: school_id}", "utf-8")
    (layout,) = layouts_in(tmp_path, TABLES)
    assert (layout.table, layout.column_of("编 码*"), layout.column_of("别的")) == (SCHOOLS, "school_id", None)
