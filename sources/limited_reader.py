"""Reading a foreign file at arm's length: in a process that may take so much and no more.

Here: starting the workers, asking them, and turning a limit that a file breaks, or
a reader that breaks on it, into a refusal of that file.
Not here: what runs in a worker (reading_worker.py) and the readers themselves.

A worker is warm and goes from file to file; one that breaks is replaced for the next file.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pyarrow as pa

from sources.declaration import Context, Damage, Delivery, Source, Table
from sources.refusal import Refusal

MB = 1 << 20
_START_SECONDS = 120  # a loaded machine may take long to import; longer is no start
# What a worker needs of the environment. Keys and tokens of the run are none of it.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")


@dataclass(frozen=True)
class Limits:
    """What a file may take: `memory` bytes beside the reader itself, and from one answer to the
    next `seconds` of processor time, plus one more for every so many of its own bytes
    (`bytes_a_second`); on the clock `patience` times as much, because machines are busy. What
    it may become: `rows_bytes`, or `times` its own size where that is more.

    The largest workbook that is allowed (five million cells) takes 1.0 GB and half of the time;
    a text file streams in tens of MB.
    """

    memory: int = 3072 * MB
    seconds: int = 60
    patience: int = 4
    bytes_a_second: int = 1 * MB
    rows_bytes: int = 4096 * MB
    times: int = 50

    def seconds_for(self, size: int) -> int:
        return self.seconds + size // self.bytes_a_second

    def rows_bytes_for(self, size: int) -> int:
        return max(self.rows_bytes, self.times * size)


class LimitedReader:
    """Reads files in processes of their own: one, unless several files are read at a time."""

    def __init__(self, limits: Limits | None = None):
        self._limits = limits or Limits()
        self._idle: deque[_Worker] = deque()

    def start(self) -> None:
        """Have a worker warm when the first file comes; returns at once."""
        if not self._idle:
            self._idle.append(_Worker(self._limits))

    def stop(self) -> None:
        """End the workers that wait for a file."""
        while self._idle:
            self._idle.pop().kill()

    def read(self, source: Source, path: Path, origin: str, context: Context) -> Iterator[Delivery]:
        """Yield what `source.read` does. Raises what that raises, and Refusal `time_limit`,
        `memory_limit` or `breaks_reader` where the file ended the worker.

        The rows of a delivery are walked to their end, or not at all, before the next one. Close
        it (`contextlib.closing`): its worker is then free for the next file, whatever happened.
        """
        worker = self._listening_worker()
        size = path.lstat().st_size if path.exists() else 0  # gone since it was seen: its reader says so
        asked = _Asked(worker, origin, self._limits, self._limits.seconds_for(size), self._limits.rows_bytes_for(size))
        try:
            worker.say("read", (source.name, path.absolute(), origin, context, asked.seconds))
            while facts := asked.for_next():
                table, damages = source.table(facts.pop("table_name")), []
                yield Delivery(table=table, rows=asked.for_rows(table, damages), damages=damages, **facts)
        finally:
            if worker.is_listening:
                self._idle.append(worker)
            else:
                worker.kill()

    def _listening_worker(self) -> _Worker:
        """A waiting worker that is still alive, else a new one."""
        while self._idle:
            worker = self._idle.pop()
            if worker.is_alive:
                return worker
            worker.kill()
        return _Worker(self._limits)


@cache
def shared() -> LimitedReader:
    """The reader of this process; its workers end with it."""
    reader = LimitedReader()
    atexit.register(reader.stop)
    return reader


class _Worker:
    """One process and the line to it. `is_listening`: it waits for a word of ours."""

    def __init__(self, limits: Limits):
        mine, its = socket.socketpair()
        self._line = Connection(mine.detach())
        self._is_warm, self.is_listening = False, True
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        with its:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sources.reading_worker", str(its.fileno()), str(limits.memory)],
                pass_fds=[its.fileno()],
                cwd=Path(__file__).parents[1],
                # The system's allocator takes what it needs; Arrow's own reserves a gigabyte to begin with.
                env={**environment, "ARROW_DEFAULT_MEMORY_POOL": "system", "PYTHONDONTWRITEBYTECODE": "1"},
                # A panic of native code prints what it stumbled over, which may be a person's.
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def say(self, word: str, content: object = None) -> None:
        if not self._is_warm:
            self._await_warmth()
        self.is_listening = False
        self._line.send((word, content))

    def heard(self, seconds: float) -> tuple[str, Any]:
        """Its next word. Raises TimeoutError when it says nothing for so long, EOFError or
        ConnectionError when it has ended."""
        if not self._line.poll(seconds):
            raise TimeoutError
        word, content = self._line.recv()
        if word == "batch":
            return word, self._line.recv_bytes()
        self.is_listening = word != "broke"
        return word, content

    def kill(self) -> int:
        """End it for certain. Returns its exit code: minus the signal's number, if it ended by one."""
        self.is_listening = False
        self._process.kill()
        self._line.close()
        return self._process.wait()

    def _await_warmth(self) -> None:
        try:
            self._is_warm = self.heard(_START_SECONDS) == ("ready", None)
        except (EOFError, ConnectionError, TimeoutError):
            pass
        if not self._is_warm:
            raise RuntimeError(f"the worker that reads files does not start (it ended with {self.kill()})")


@dataclass
class _Asked:
    """What a worker answers about one file, and what its silence means."""

    worker: _Worker
    origin: str
    limits: Limits
    seconds: int
    rows_bytes: int  # that it may still become

    def for_next(self) -> dict[str, Any] | None:
        """The facts of the next delivery; None after the last one."""
        self.worker.say("next")
        return self._answer()[1]

    def for_rows(self, table: Table, damages: list[Damage]) -> Iterator[pa.RecordBatch]:
        """The batches of the delivery that was told last; `damages` is filled at their end."""
        self.worker.say("rows")
        while True:
            word, content = self._answer()
            if word == "end":
                damages.extend(content)
                return
            self.rows_bytes -= len(content)
            if self.rows_bytes < 0:
                raise self._too_many_rows()
            yield pa.ipc.read_record_batch(pa.py_buffer(content), table.delivered_schema)

    def _answer(self) -> tuple[str, Any]:
        try:
            word, content = self.worker.heard(self.seconds * self.limits.patience)
        except TimeoutError:
            self.worker.kill()
            raise self._too_slow() from None
        except (EOFError, ConnectionError):
            raise self._ended(self.worker.kill()) from None
        if word == "said":
            raise content
        if word == "broke":
            kind, place, is_memory = content
            raise self._too_much() if is_memory else self._breaks(f"{kind}, {place}")
        return word, content

    def _ended(self, exit_code: int) -> Refusal:
        if exit_code == -signal.SIGXCPU:
            return self._too_slow()
        if exit_code == -signal.SIGKILL:  # not by us: the kernel is out of memory
            return self._too_much()
        return self._breaks(signal.Signals(-exit_code).name if exit_code < 0 else f"exit {exit_code}")

    def _too_slow(self) -> Refusal:
        return Refusal(
            "time_limit", file=self.origin,
            expected=f"{self.seconds} 秒处理时间内可读完 / read within {self.seconds} seconds of processor time",
            found="仍未读完，已中止 / still being read, and stopped",
            do_en="Copy the table alone into a new workbook, or deliver it as CSV: the file makes its reader run in circles.",
            do_zh="请将表格复制到新的工作簿，或改用 CSV 报送：该文件使读取程序无法结束。",
        )  # fmt: skip

    def _too_much(self) -> Refusal:
        memory = self.limits.memory // MB
        return Refusal(
            "memory_limit", file=self.origin, expected=f"读取内存 ≤ {memory} MB / read within {memory} MB of memory",
            found="更多，已中止 / more, and stopped",
            do_en="Split it by unit, or deliver it as CSV, which is read as a stream.", do_zh="请按单位拆分，或改用可流式读取的 CSV。",
        )  # fmt: skip

    def _too_many_rows(self) -> Refusal:
        return Refusal(
            "too_large", file=self.origin, expected=f"展开后 ≤ {self.limits.rows_bytes // MB} MB 的行 / rows of so much, unpacked", found="更多，已中止 / more, and stopped",
            do_en="A small file holds far more rows than its size lets expect: write it again, split by unit or day.",
            do_zh="文件很小而行数极多：请按单位或日期拆分后重新生成。",
        )  # fmt: skip

    def _breaks(self, how: str) -> Refusal:
        return Refusal(
            "breaks_reader", file=self.origin, expected="可读取的文件 / a file that can be read",
            found=f"读取程序异常终止 / the reader broke on it（{how}）",
            do_en="Open it in a spreadsheet program and save it as a new xlsx or CSV. If that one breaks the reader too, report it as a defect, with these words.",
            do_zh="请用表格软件打开并另存为新的 xlsx 或 CSV；若仍如此，请将本提示作为程序缺陷上报。",
        )  # fmt: skip
