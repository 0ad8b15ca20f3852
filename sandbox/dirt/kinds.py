"""The registry: every kind of fault that can be planted, and how much of each is asked for.

Here: the list, the usual rate and choosing by name. Not here: the kinds themselves (one
module a source).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sandbox.dirt.kind import Kind

USUAL_RATE = 0.002  # `--dirty 0.002`: every kind at its own usual rate; twice as much: twice all rates


@cache
def all_kinds() -> tuple[Kind, ...]:
    from sandbox.dirt import asset_register, bad_exports, declared, finance_budget, hr_payroll, sent_again, small_sources, spoilt_files, student_status

    # whole files and figures first: what they repeat, or are held against, must be free of anything else
    modules = (sent_again, spoilt_files, bad_exports, declared, student_status, hr_payroll, finance_budget, asset_register, small_sources)
    return tuple(kind for module in modules for kind in module.KINDS)


def rates(dirty: float | None, chosen: Sequence[str]) -> dict[str, float]:
    """Rate by name of the kinds that are on.

    `dirty`: all kinds, their usual rates times dirty / USUAL_RATE; None: none but the `chosen`, each `NAME` (its
    usual rate, so multiplied) or `NAME=RATE` (0 turns it off). Raises ValueError for a name or number that is none.
    """
    times = 1.0 if dirty is None else _number(str(dirty), "--dirty") / USUAL_RATE
    usual = {kind.name: kind.rate * times for kind in all_kinds()}
    found = dict(usual) if dirty is not None else {}
    for choice in chosen:
        name, is_told, told = choice.partition("=")
        if name not in usual:
            raise ValueError(f"no kind of fault is called {name}: `junheng sandbox kinds` lists them / 没有这种差错")
        found[name] = _number(told, choice) if is_told else usual[name]
    return {name: min(rate, 1.0) for name, rate in found.items() if rate > 0}


def _number(text: str, said: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError(f"{said}: a rate is a number from 0 to 1 / 比率应在 0 与 1 之间")
    return number
