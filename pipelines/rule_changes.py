"""Changes of the rules: which files hold rules, and whether they are those of the release before.

Here: their digests, and writing a change into the log of decisions.
Not here: what the rules say (dbt_project/seeds, dbt_project/rule_sets) and reading them (rule_set_files.py).
"""

from __future__ import annotations

import hashlib

from pipelines.settings import PROJECT_ROOT, Settings
from warehouse import durable
from warehouse.decisions import RULE_SET_CHANGED, RULES_CHANGED, decide, decisions
from warehouse.layout import Layout
from warehouse.release import current_release

FILES_NAMED = 5


def rule_digests() -> dict[str, str]:
    """SHA-256 of every file that holds rules: the seeds, the rule sets, and the layouts of the sources' files."""
    rules = (path for folder in ("seeds", "rule_sets") for path in (PROJECT_ROOT / "dbt_project" / folder).glob("*.csv"))
    files = [*rules, *(PROJECT_ROOT / "sources").glob("**/layouts/*.yaml")]
    return {path.relative_to(PROJECT_ROOT).as_posix(): durable.sha256_of(path) for path in sorted(files)}


def log_changed_rules(layout: Layout, settings: Settings) -> None:
    """Write down that somebody changed the rule set of the settings, or the files of the rules,
    since the current release; each change once, however often it is run."""
    standing = current_release(layout)
    if standing is None:
        return
    named = f"release {standing['release_id']}"
    if standing["rule_set"] != settings.rule_set:
        _decide_once(
            layout, settings, RULE_SET_CHANGED, f"{standing['rule_set']} -> {settings.rule_set}",
            f"JUNHENG_RULE_SET is not that of {named} / 规则版本设置与该发布版本不同",
        )  # fmt: skip
    before, now = standing["rule_digests"], rule_digests()
    changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    if before and changed:
        content = hashlib.sha256("".join(f"{name} {now.get(name)}" for name in changed).encode()).hexdigest()[:12]
        files = ", ".join(changed[:FILES_NAMED]) + (f" and {len(changed) - FILES_NAMED} more" if len(changed) > FILES_NAMED else "")
        _decide_once(layout, settings, RULES_CHANGED, f"{files} ({content})", f"files of rules are not those of {named} / 规则文件与该发布版本不同")


def _decide_once(layout: Layout, settings: Settings, kind: str, subject: str, because: str) -> None:
    last = next((said for said in reversed(decisions(layout)) if said.decision_kind == kind), None)
    if last is None or last.subject != subject:
        decide(layout, kind, subject=subject, because=because, by=settings.operator)
