"""Judging in a process of its own, beside the pulls.

Here: one worker that imports Great Expectations (seconds) while this process
imports Dagster and reads the first source, and that keeps what the judge
returned for the Data Docs. Not here: judging (expectations/).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import cache
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse import access
from warehouse.landing import PendingDelivery

if TYPE_CHECKING:
    from expectations.delivery_gate import DeliveryVerdict
    from expectations.release_gate import ReleaseVerdict


@cache
def worker() -> ProcessPoolExecutor:
    """The worker, started once a process. A fresh interpreter: a forked copy of a process
    with threads may hang."""
    pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"), initializer=_end_with_parent)
    pool.submit(_warm_up)
    # Not atexit: a run of the daemon is a child of multiprocessing, which passes atexit by and waits for
    # its own children before it ends, this one for ever.
    Finalize(None, pool.shutdown, exitpriority=100)  # before the queues of multiprocessing, which have 10
    return pool


def judge_delivery(pending: PendingDelivery) -> Future[DeliveryVerdict]:
    """Ask for a verdict; the caller lands the next table meanwhile."""
    return _submit(_judge_delivery, pending)


def judge_release(folder: Path) -> ReleaseVerdict:
    """The verdict on a candidate's tables."""
    return _submit(_judge_release, folder).result()


def write_data_docs(folder: Path) -> Future:
    """Start writing the pages about everything judged since the last time; the caller
    may go on, and asks the future when it needs to know."""
    return _submit(_write_data_docs, folder)


def _submit(task: Callable, *arguments: object) -> Future:
    """Hand a task to the worker; one that has died since is replaced once."""
    try:
        return worker().submit(task, *arguments)
    except BrokenProcessPool:
        worker.cache_clear()
        return worker().submit(task, *arguments)


# --- in the worker -------------------------------------------------------------

_results: dict[str, tuple[Any, ...]] = {}


def _end_with_parent() -> None:
    """A worker whose run was killed would wait for work for ever: end when the parent ends."""

    access.keep_to_owner()

    def watch() -> None:
        wait([parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _warm_up() -> None:
    from expectations.judge import great_expectations

    great_expectations()


def _judge_delivery(pending: PendingDelivery) -> DeliveryVerdict:
    from expectations.delivery_gate import judge_delivery

    verdict = judge_delivery(pending)
    name = f"{pending.source}.{pending.table.name}"
    _results[name] = _results.get(name, ()) + verdict.results
    return replace(verdict, results=())


def _judge_release(folder: Path) -> ReleaseVerdict:
    from expectations.release_gate import judge_release

    verdict = judge_release(folder)
    _results.update(verdict.results)
    return replace(verdict, results={})


def _write_data_docs(folder: Path) -> None:
    from expectations.data_docs import write_data_docs

    write_data_docs(folder, dict(_results))
    _results.clear()
