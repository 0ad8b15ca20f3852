"""What tests of other rooms read from the seeds."""

from __future__ import annotations

import csv
from pathlib import Path

SEEDS = Path(__file__).parents[1] / "dbt_project" / "seeds"


def rows_of(seed: str) -> list[dict[str, str]]:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure_ids(seed: str) -> set[str]:
    return {row["measure_id"] for row in rows_of(seed)}
