"""The table of rules in a README, as rows.

Here: finding and parsing it.
Not here: what must stand in it (test_rule_table.py, pipelines/test_every_indicator.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
_ROW = re.compile(r"^\| (?P<number>[\dVX.–]+) \| `(?P<id>[a-z0-9_]+)`", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """One rule: what stands in back-ticks in each cell, in the order it stands there."""

    number: str
    indicator_id: str
    sources: tuple[str, ...]
    basis: frozenset[str]
    measures: tuple[str, ...]
    decided: frozenset[str]
    tests: tuple[str, ...]


def rule_table(readme: str) -> list[Row]:
    """Every row of the table, in its order; raises ValueError where a row has other cells than seven."""
    text = (PROJECT / readme).read_text(encoding="utf-8")
    rows = []
    for line in text.splitlines():
        if found := _ROW.match(line):
            cells = line.strip().strip("|").split(" | ")
            if len(cells) != 7:
                raise ValueError(f"{readme}: {found['id']} has {len(cells)} cells")
            ticked = [tuple(re.findall(r"`([^`]+)`", cell)) for cell in cells]
            _, _, sources, basis, measures, decided, tests = ticked
            rows.append(Row(found["number"], found["id"], sources, frozenset(basis), measures, frozenset(decided), tests))
    return rows
