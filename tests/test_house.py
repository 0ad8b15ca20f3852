"""The house rules that a machine can see: who may import whom, and what may not stand in the tree."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
# What each room may import of the other rooms: imports run one way.
ALLOWED = {
    "sources": set(),
    "warehouse": {"sources"},
    "expectations": {"sources", "warehouse"},
    "pipelines": {"sources", "warehouse", "expectations", "sandbox"},
    "sandbox": set(),
}
# Tools that live in one room alone.
HOMES = {"great_expectations": {"expectations"}, "dagster": {"pipelines"}, "dagster_dbt": {"pipelines"}, "dbt": {"pipelines"}}


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", ALLOWED)
def test_imports_run_one_way(room):
    for path in (PROJECT / room).rglob("*.py"):
        others = imports_of(path) & ALLOWED.keys() - {room}
        assert others <= ALLOWED[room], f"{path.relative_to(PROJECT)} imports {sorted(others - ALLOWED[room])}"


@pytest.mark.parametrize("tool", HOMES)
def test_a_tool_lives_in_one_room(tool):
    for room in ALLOWED.keys() - HOMES[tool]:
        for path in (PROJECT / room).rglob("*.py"):
            assert tool not in imports_of(path), f"{path.relative_to(PROJECT)} imports {tool}"


def test_the_environment_is_read_in_one_place():
    for room in ("sources", "warehouse", "expectations"):
        for path in (PROJECT / room).rglob("*.py"):
            assert not re.search(r"environ\[?.{0,3}JUNHENG_", path.read_text(encoding="utf-8")), path


def test_every_room_says_what_belongs_in_it():
    for room in ALLOWED:
        for path in (PROJECT / room).rglob("*.py"):
            said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            assert said, f"{path.relative_to(PROJECT)} does not say what it is"


def test_no_download_address_stands_in_the_constraints():
    text = (PROJECT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text and "--index" not in text


def test_every_constraint_says_why_it_is_there():
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if "==" in line and not line.lstrip().startswith("#"):
            assert following.lstrip().startswith("# via"), f"{line} has no reason beside it"


def test_no_threshold_is_written_in_sql():
    """A limit has one home, a seed; SQL that holds one would be the second."""
    limits = ("4.2", "5.3", "0.765", "3.825", "4.93", "6.375", "8.67", "10.2", "1.955", "2.04", "0.85", "0.45", "1.32")
    for path in (PROJECT / "dbt_project").rglob("*.sql"):
        if "target" not in path.parts:
            text = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
            found = [limit for limit in limits if re.search(rf"(?<![\d.]){re.escape(limit)}(?![\d.])", text)]
            assert not found, f"{path.relative_to(PROJECT)} holds {found}"


def test_the_two_readmes_name_the_same_commands_and_tables():
    def spoken(name: str) -> set[str]:
        return set(re.findall(r"`([a-z_]+|make [a-z]+|junheng [a-z ]+|JUNHENG_[A-Z_]+)`", (PROJECT / name).read_text(encoding="utf-8")))

    assert spoken("README.md") == spoken("README.zh-CN.md")


def test_git_tracks_nothing_large_or_private():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, tracked):
        path = PROJECT / name
        assert not path.exists() or path.stat().st_size < 1_000_000, f"{name} is large"
        assert not re.search(r"(^|/)\.env$|\.duckdb$|\.sqlite$", name), name
