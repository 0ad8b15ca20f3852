"""Rule sets: which there are to judge by.

Here: their ids, and what to say of one that cannot be judged by. Not here: any rule
(dbt_project/seeds, dbt_project/rule_sets) and the reading of files (rule_set_files.py).
"""

from __future__ import annotations

from pipelines import rule_set_files


def rule_sets() -> list[str]:
    """Ids of the rule sets of our seeds and of the files beside them."""
    return sorted({*rule_set_files.rule_sets_of_seeds(), *(path.stem for path in rule_set_files.rule_set_files())})


def rule_set_problems(asked: str) -> list[str]:
    """Why a run by `asked` cannot start, a sentence each; empty when it can.

    Every file must hold, whichever is asked for: all of them are read in every run.
    """
    known = rule_sets()
    return rule_set_files.problems() + ([] if asked in known else [no_rule_set(asked, known)])


def no_rule_set(asked: str, known: list[str]) -> str:
    """What to say when a rule set is asked for that nobody wrote."""
    return (
        f"There is no rule set {asked!r}; known are {', '.join(known)}. A rule set is a file dbt_project/rule_sets/<id>.csv "
        f"(docs/rule_sets.md). / 没有规则版本 {asked!r}，现有：{'、'.join(known)}。"
    )
