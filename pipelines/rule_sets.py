"""Rule sets: which there are to judge by.

Here: reading their ids from the seed. Not here: any rule (dbt_project/seeds).
"""

from __future__ import annotations

import csv

from pipelines.settings import PROJECT_ROOT

SEED = PROJECT_ROOT / "dbt_project" / "seeds" / "rule_sets.csv"


def rule_sets() -> list[str]:
    """Ids of the rule sets that the seed holds."""
    with SEED.open(encoding="utf-8", newline="") as stream:
        return sorted({row["rule_set"] for row in csv.DictReader(stream)})


def no_rule_set(asked: str, known: list[str]) -> str:
    """What to say when a rule set is asked for that nobody wrote."""
    return (
        f"There is no rule set {asked!r}; known are {', '.join(known)}. A rule set is rows of dbt_project/seeds/{SEED.name}. "
        f"/ 没有规则版本 {asked!r}，现有：{'、'.join(known)}。"
    )
