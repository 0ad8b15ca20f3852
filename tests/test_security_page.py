"""docs/security.md keeps its promises: the tests that it names are there, and so are the settings and folders."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.settings import Settings
from warehouse.layout import Layout

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_threat_names_tests_that_are_there():
    rows = [line for line in PAGE.partition("## Threats")[2].splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 10
    for row in rows:
        named = re.findall(r"`(tests/\S+\.py)`", row.rsplit("|", 2)[1])
        assert named and all((PROJECT / name).is_file() for name in named), row


def test_every_setting_that_it_names_is_read():
    assert {name.lower() for name in re.findall(r"JUNHENG_([A-Z_]+)", PAGE)} <= {*Settings.model_fields}


def test_every_folder_of_the_home_is_told(tmp_path):
    layout = Layout(tmp_path)
    layout.prepare()
    made = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    told = set(re.findall(r"`([a-z_]+)/[^`]*`", PAGE.partition("## Periods")[0]))
    assert made <= told, f"not told: {made - told}"
