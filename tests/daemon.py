"""Dagster as a county runs it: `junheng dev`, its daemon and its page, on a home of its own.

Here: starting and ending the process group, and asking the instance what it did.
Not here: what a test expects of it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import dagster as dg
from dagster._core.scheduler.instigation import TickStatus

PROJECT = Path(__file__).parents[1]
LOOK_SECONDS = 0.2
DONE = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


class Daemon:
    """A running `junheng dev` and the home it works in."""

    def __init__(self, home: Path, process: subprocess.Popen, log: Path):
        self.home, self._process, self._log = home, process, log
        self._instance: dg.DagsterInstance | None = None

    @property
    def instance(self) -> dg.DagsterInstance:
        """Dagster's own instance, opened once the daemon has set it up."""
        if self._instance is None:
            self._instance = dg.DagsterInstance.from_config(str(self.home / "dagster"))
        return self._instance

    def until(self, what: Callable[[], object], seconds: float, why: str) -> object:
        """Wait until something is so, and return it; fails with the end of the daemon's log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := what():
                return found
            assert self._process.poll() is None, f"the daemon ended while {why}:\n{self.log_end()}"
            time.sleep(LOOK_SECONDS)
        raise AssertionError(f"after {seconds} s not yet: {why}\n{self.log_end()}")

    def log_end(self, lines: int = 40) -> str:
        said = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(line for line in said if " - DEBUG - " not in line)[-lines * 160 :]

    def runs(self) -> list[dg.DagsterRun]:
        """All runs of the instance, oldest first."""
        return list(reversed(self.instance.get_runs()))

    def finished_after(self, known: int) -> list[dg.DagsterRun]:
        """The runs beyond the first `known`, once there are some and all have ended; else nothing."""
        newer = self.runs()[known:]
        return newer if newer and all(run.status in DONE for run in newer) else []

    def processes_of_runs(self) -> list[int]:
        """Ids of the processes in which runs go on: those that hold the file of the run's lock open, begun by this daemon."""
        lock = str(self.home / ".run.lock")
        return [pid for pid in _group(self._process.pid) if lock in _open_files(pid)]

    def ticks(self, sensor: str) -> int:
        """How many times a sensor has been evaluated to its end."""
        states = [state for state in self.instance.all_instigator_state() if state.name == sensor]
        ticks = [tick for state in states for tick in self.instance.get_ticks(state.instigator_origin_id, state.selector_id)]
        return sum(tick.status in (TickStatus.SKIPPED, TickStatus.SUCCESS) for tick in ticks)

    def quiet(self, seconds: float = 60) -> None:
        """Wait until every sensor that can see an arrival has looked twice from now on."""
        sensors = ("inbox", "arrivals_move")
        before = {name: self.ticks(name) for name in sensors}
        self.until(lambda: all(self.ticks(name) >= before[name] + 2 for name in sensors), seconds, "sensors looked twice")


@contextmanager
def daemon(home: Path, settings: Mapping[str, str], folder: Path) -> Iterator[Daemon]:
    """Start `junheng dev` on this home; its whole process group is ended on leaving."""
    log = folder / "dev.log"
    ours = {name: value for name, value in os.environ.items() if not name.startswith("JUNHENG_") or name == "JUNHENG_ENV_FILE"}
    command = [str(Path(sys.executable).with_name("junheng")), "dev", "--port", str(_free_port())]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=PROJECT, env={**ours, **settings, "JUNHENG_HOME": str(home)},
            stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    started = Daemon(home, process, log)
    try:
        started.until(lambda: "Checking for new runs for sensor: inbox" in log.read_text(errors="replace"), 120, "the daemon starts")
        yield started
    finally:
        # `dagster dev` does not end on SIGTERM for minutes, and its children are of its group
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _group(group: int) -> list[int]:
    said = subprocess.run(["ps", "-eo", "pid=,pgid="], capture_output=True, text=True, check=True).stdout
    return [int(pid) for pid, of_group in (line.split() for line in said.splitlines()) if int(of_group) == group]


def _open_files(pid: int) -> set[str]:
    found = set()
    for handle in Path(f"/proc/{pid}/fd").glob("*"):
        with suppress(OSError):  # closed meanwhile
            found.add(os.readlink(handle))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
