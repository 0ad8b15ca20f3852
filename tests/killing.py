"""The real pipeline, killed: a stem that forks quick runs, and readers that watch.

Here: `Stem` (runs of `run_everything`, each in a process of its own that may be
killed before its n-th change of a file, or after some seconds) and `Readers`
(processes that read the current release in a loop). Run as a script it is the
stem or a reader itself. Not here: what must stand after a kill (the tests).

Imports are what a cold run costs; the stem pays for them once, and every run is
forked from it. One thing differs from `junheng run`: the judging process is
forked too, not started anew.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

WRITES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.truncate"}  # os.replace tells itself as os.rename

PAUSE, READ = 0.3, ("school_compliance", "measure", "delivery")  # seconds between two looks of a reader; what it opens


@dataclass(frozen=True)
class Ended:
    """How a run ended: by its exit code or by the kill; how many changes of files there were
    by step, and what it told whom it concerns."""

    code: int | None
    signal: int = 0
    changes: dict[str, int] = field(default_factory=dict)
    messages: list[dict[str, str]] = field(default_factory=list)

    @property
    def was_killed(self) -> bool:
        return self.signal == signal.SIGKILL


class Stem:
    """Use as a context: the stem lives while it lasts."""

    def __enter__(self) -> Stem:
        command = [sys.executable, __file__, "stem"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def run(
        self,
        home: Path,
        settings: dict[str, str],
        *,
        before: tuple[str, int] | None = None,
        after: float | None = None,
        largest_file: int | None = None,
    ) -> Ended:
        """One run. `before`: kill it before the n-th (from 1) change of a file in this step;
        `after`: kill it after so many seconds; neither: let it end. `largest_file`: the most
        bytes that a file may have, as a quota would have it."""
        order = {"settings": {**settings, "JUNHENG_HOME": str(home)}, "before": before, "after": after, "largest_file": largest_file}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        assert said, "the stem died"
        return Ended(**json.loads(said))


class Readers:
    """So many processes that read `published/current` in a loop while the context lasts."""

    def __init__(self, published: Path, number: int):
        self._published, self._number = published, number
        self.rounds, self.errors = 0, []

    def __enter__(self) -> Readers:
        command = [sys.executable, __file__, "reader", str(self._published)]
        self._processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(self._number)
        ]
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            said = json.loads(process.communicate(timeout=60)[0])
            self.rounds += said["rounds"]
            self.errors += said["errors"]


# --- the stem -------------------------------------------------------------------


def stem() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a run prints is no answer
    _import_everything()
    for line in sys.stdin:
        order = json.loads(line)
        counted, told = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(counted)
            _run(order, told)
        os.close(told)
        answers.write(json.dumps(_awaited(child, order["after"], counted)) + "\n")
        answers.flush()


def _import_everything() -> None:
    from expectations.delivery_gate import judge_delivery  # noqa: F401
    from expectations.judge import great_expectations
    from expectations.release_gate import judge_release  # noqa: F401
    from pipelines.dbt_manifest import parsed_manifest
    from pipelines.definitions import build_definitions

    great_expectations()
    build_definitions()
    parsed_manifest()


def _awaited(child: int, after: float | None, counted: int) -> dict:
    """Wait for the child, kill it when its time is over, and say how it ended."""
    handle = os.pidfd_open(child)
    if not select.select([handle], [], [], after)[0]:
        os.kill(child, signal.SIGKILL)
    os.close(handle)
    with os.fdopen(counted) as said:
        told = said.read()
    status = os.waitpid(child, 0)[1]
    code = os.waitstatus_to_exitcode(status)
    return {"code": None if code < 0 else code, "signal": max(-code, 0), **json.loads(told or "{}")}


def _run(order: dict, told: int) -> None:
    """In the child: one run, and never back into the stem."""
    import multiprocessing

    import pipelines.judging
    from pipelines.run import run_everything
    from pipelines.settings import Settings

    os.set_inheritable(told, False)
    os.environ.update(order["settings"])
    pipelines.judging.get_context = lambda _: multiprocessing.get_context("fork")
    watch = _Watch(order["settings"]["JUNHENG_HOME"], order["before"])
    sys.addaudithook(watch)
    if order["largest_file"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"], order["largest_file"]))
    code, record = run_everything(Settings(), tell=watch.tell)
    os.write(told, json.dumps({"changes": watch.changes, "messages": record.messages}).encode())
    os._exit(int(code))


class _Watch:
    """Counts the changes of files below the home by step; dies before the wanted one.

    Python tells every open, rename and removal before it happens.
    """

    def __init__(self, home: str, before: list | None):
        self._home, self._process = home, os.getpid()
        self._step, self._before = "start", before
        self.changes: Counter[str] = Counter()

    def tell(self, step) -> None:
        self._step = step.name if step.state == "started" else "between steps"

    def __call__(self, event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            if not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                return
        elif event in WRITES:
            path = arguments[0] if event != "os.symlink" else arguments[1]
        else:
            return
        if isinstance(path, int) or not os.fsdecode(path).startswith(self._home) or os.getpid() != self._process:
            return
        self.changes[self._step] += 1
        if self._before and self._before == [self._step, self.changes[self._step]]:
            os.kill(self._process, signal.SIGKILL)


# --- a reader -------------------------------------------------------------------


def reader(published: Path) -> None:
    """Read by the link and by `current.json`, in turns, until standard input closes."""
    rounds, errors = 0, []
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        try:
            problem = _read_once(published, by_link=rounds % 2 == 0)
        except Exception as error:  # whatever it is, a reader met it
            problem = repr(error)
        rounds += 1
        errors += [problem] if problem else []
    print(json.dumps({"rounds": rounds, "errors": errors}))


def _read_once(published: Path, *, by_link: bool) -> str | None:
    """Open what every reader opens; returns what is wrong with it."""
    import pyarrow.parquet as pq

    pointer = None if by_link else json.loads((published / "current.json").read_text(encoding="utf-8"))
    release = (published / "current").resolve() if by_link else published / pointer["path"]
    if problem := broken(release):
        return problem
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    if manifest["release_id"] != release.name:
        return f"{release.name} says it is {manifest['release_id']}"
    for table in READ:
        rows = manifest["row_counts"][table]
        if pq.read_table(release / f"{table}.parquet").num_rows != rows:
            return f"{release.name}: {table} has not {rows} rows"
    return None


def broken(release: Path) -> str | None:
    """What `sha256sum -c SHA256SUMS` and a look into the folder would say."""
    import hashlib

    lines = (release / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = {path.name for path in release.iterdir()} - {"SHA256SUMS"}
    if there != sums.keys():
        return f"{release.name}: {sorted(there ^ sums.keys())}"
    wrong = [name for name, digest in sums.items() if hashlib.sha256((release / name).read_bytes()).hexdigest() != digest]
    return f"{release.name}: {wrong}" if wrong else None


if __name__ == "__main__":
    stem() if sys.argv[1] == "stem" else reader(Path(sys.argv[2]))
