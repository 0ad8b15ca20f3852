"""Planting: the chosen kinds into a made county, one after the other, and the answer file.

Here: the order, and what is told of each fault. Not here: the kinds, and how a release did
(scorer.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sandbox.dirt.answers import Answer, write_answers
from sandbox.dirt.ground import Ground
from sandbox.dirt.kinds import all_kinds
from sandbox.plan import County


def plant(folder: Path, county: County, rates: Mapping[str, float], seed: int, *, has_systems: bool) -> list[Answer]:
    """Plant the kinds that have a rate into the county in `folder`; the same arguments give the same bytes.

    Returns, and writes to `truth/faults.csv`, one answer a fault.
    """
    ground = Ground(folder, county, seed, has_systems)
    planted = [(kind, fault) for kind in sorted(all_kinds(), key=lambda kind: kind.turn) if kind.name in rates for fault in kind.plant(ground, rates[kind.name])]
    ground.save()
    answers = [Answer.of(number, kind, fault) for number, (kind, fault) in enumerate(planted, start=1)]
    write_answers(answers, folder)
    return answers
