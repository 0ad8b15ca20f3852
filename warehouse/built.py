"""What was built from what: the state of the ledger that the warehouse file and `current` rest on.

Here: naming a state of the ledger, source by source, and remembering the state that the
tables were last built from and the one that `current` tells.
Not here: the records (ledger), which models follow from a change (pipelines/lineage.py).

A run that rebuilds less than everything may do so only while the rest of the warehouse
file still says what raw says. Both files are plain memory: without them everything is
built again, which is slower and never wrong.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from warehouse import durable
from warehouse.layout import Layout


@dataclass(frozen=True)
class Built:
    """What tables were built from.

    `project`: digest of models, seeds and rules; `as_of_date`, `rule_set`,
    `county_code`: what the run spoke of; `sources`: `ledger_state` of every source.
    """

    project: str
    as_of_date: str
    rule_set: str
    county_code: str | None
    sources: dict[str, str] = field(default_factory=dict)

    def speaks_alike(self, other: Built) -> bool:
        """Whether both were made by the same rules and for the same question, whatever had arrived."""
        return dataclasses.replace(self, sources={}) == dataclasses.replace(other, sources={})

    def moved_since(self, other: Built) -> set[str]:
        """Sources of which the ledger says something else than it did for `other`."""
        return {name for name, state in self.sources.items() if other.sources.get(name) != state}


def ledger_state(layout: Layout, source: str) -> str:
    """The state of a source's records as 32 hex digits; the same while no record is written or removed.

    A record is replaced by a rename into its table's folder, so the folders' times tell; nothing
    is opened, and years of records cost no more than a day's.
    """
    folders = sorted(path for path in (layout.ledger / source).glob("*") if path.is_dir())
    said = "|".join(f"{folder.name}:{folder.stat().st_mtime_ns}" for folder in folders)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def ledger_states(layout: Layout, sources: Iterable[str]) -> dict[str, str]:
    """`ledger_state` by source name."""
    return {source: ledger_state(layout, source) for source in sources}


def remember(path: Path, built: Built) -> None:
    """Write it down, replacing what was remembered before."""
    durable.write_json(path, dataclasses.asdict(built))


def remembered(path: Path) -> Built | None:
    """What is remembered there; None where nothing is, or not in a form that this version knows."""
    if not path.exists():
        return None
    try:
        return Built(**durable.read_json(path))
    except (ValueError, TypeError):
        return None
