"""The worker in which foreign files are read: a process that may be killed.

Here: what runs in that process: a question (which file, of which source) comes in,
deliveries and their batches go out, under limits that the kernel holds.
Not here: starting, asking and replacing it (limited_reader.py) and any reader
(the sources' folders). No Dagster, dbt or Great Expectations is imported here.

`python -m sources.reading_worker FD BYTES`: the conversation is on the socket FD, and
a file may take BYTES of memory. What is said is always (word, content):

    in    read (source, path, origin, context, seconds), which has no answer | next | rows
    out   ready | delivery (facts) | batch, and then its bytes
          end (the damages of rows; None after the last delivery) | said (Refusal or Misconfigured)
          broke (type of the error, place in the code, whether memory was short); it ends after that
"""

from __future__ import annotations

import dataclasses
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from sources.declaration import Context, Delivery
from sources.refusal import Misconfigured, Refusal
from sources.register import source

_NO_FACTS = ("table", "rows", "damages")  # of a Delivery; all its other fields are sent as they are
_READERS = ("pyarrow.compute", "pyarrow.csv", "pyarrow.parquet", "python_calamine", "sources.tabular", "sources.workbook", "sources.html_table")


def main(handle: int, memory: int) -> None:
    """Answer until the asker is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C speaks to the run, whose end ends this
    asker = Connection(handle)
    sys.excepthook = _tells(asker)
    sys.meta_path.insert(0, _NoPandas)
    for module in _READERS:
        import_module(module)
    _limit(memory)
    asker.send(("ready", None))
    deliveries: Iterator[Delivery] = iter(())
    delivery: Delivery | None = None
    seconds = 0
    while True:
        try:
            word, content = asker.recv()
        except EOFError:  # the run has ended, in whatever way
            return
        try:
            if word == "read":
                *file, seconds = content
                deliveries = _read(*file)
            elif word == "next":
                _go_on(seconds)
                delivery = next(deliveries, None)
                asker.send(("end", None) if delivery is None else ("delivery", _facts(delivery)))
            else:
                _go_on(seconds)
                for batch in delivery.rows:
                    asker.send(("batch", None))
                    asker.send_bytes(batch.serialize())
                    _go_on(seconds)
                asker.send(("end", list(delivery.damages)))
        except (Refusal, Misconfigured) as said:
            asker.send(("said", said))


def _read(source_name: str, path: Path, origin: str, context: Context) -> Iterator[Delivery]:
    yield from source(source_name).read(path, origin, context)


class _NoPandas:
    """pyarrow looks for pandas on its way: most of a second, and no reader needs it."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _facts(delivery: Delivery) -> dict[str, object]:
    told = {field.name: getattr(delivery, field.name) for field in dataclasses.fields(delivery) if field.name not in _NO_FACTS}
    return {**told, "table_name": delivery.table.name}


# --- limits --------------------------------------------------------------------


def _limit(memory: int) -> None:
    """Memory beyond what the imports took; no file is written here, and no core, which would hold persons."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    if taken := _data_bytes():
        _lower(resource.RLIMIT_DATA, taken + memory)


def _go_on(seconds: int) -> None:
    """Give the work until the next word `seconds` of processor time. The asker's own clock ends
    a hanging worker; this ends one whose asker was killed while native code loops."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1)


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _data_bytes() -> int | None:
    """Private memory that this process has; None on systems that do not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmData"))
    return int(line.split()[1]) << 10


def _tells(asker: Connection) -> Callable[..., None]:
    """What to do with an error that is neither refusal nor setting: say of which type it is and where
    in the code, never its text, which may hold a cell; then end."""

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        place = ""
        while trace is not None:
            file = Path(trace.tb_frame.f_code.co_filename)
            if file.is_relative_to(Path(__file__).parent):
                place = f"{file.relative_to(Path(__file__).parents[1]).as_posix()}:{trace.tb_lineno}"
            trace = trace.tb_next
        asker.send(("broke", (kind.__name__, place, isinstance(error, MemoryError))))

    return tell


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
