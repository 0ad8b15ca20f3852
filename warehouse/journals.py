"""Journals that continue: what an earlier release said, handed to the run that goes on from it.

Here: which release a run continues, and its journals copied to where dbt reads them.
Not here: what follows from them (dbt_project/models/journal) and publishing (release).

A run continues the newest release of its own rule set that speaks of no later day. For
an ordinary run this is the one that `current` names. A run for an older day goes on from
what was known then, and one under another rule set from that rule set's last release, so
neither can write into the history that `current` tells.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from warehouse import durable
from warehouse.layout import Layout
from warehouse.release import releases

CONTINUED = {"history": "indicator_history", "ledger": "rectification_ledger", "quarantine": "quarantine"}


def continued_release(layout: Layout, as_of: date, rule_set: str) -> Path | None:
    """The folder of the release that a run of this day and rule set goes on from, if there is one."""
    for day, _, folder in reversed(releases(layout)):
        if day <= as_of.strftime("%Y%m%d") and durable.read_json(folder / "manifest.json")["rule_set"] == rule_set:
            return folder
    return None


def hand_over(layout: Layout, release: Path | None) -> None:
    """Put the release's journals where dbt reads them. Without a release, or where it is older
    than the journals, the run begins with empty ones."""
    for name, table in CONTINUED.items():
        handed = layout.previous_journal(name)
        said = release / f"{table}.parquet" if release else None
        if said is None or not said.exists():
            handed.unlink(missing_ok=True)
            continue
        handed.parent.mkdir(parents=True, exist_ok=True)
        with durable.new_file(handed) as unfinished:
            shutil.copyfile(said, unfinished)
