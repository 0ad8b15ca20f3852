"""The bounds of plausibility as data, read once from bounds.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml


@cache
def _all() -> dict:
    return yaml.safe_load(Path(__file__).with_name("bounds.yaml").read_text(encoding="utf-8"))


def bounds_of(source: str, table: str) -> dict[str, dict]:
    """Bounds by column (`rows` for the table itself); empty where none are written."""
    return _all().get(source, {}).get(table, {})
