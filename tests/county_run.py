"""Runs of the whole pipeline for tests: the same door that `junheng run` uses.

Here: one run in this process with a given environment, and reading what it
published. Not here: what a test expects.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.run import Exit, run_everything
from pipelines.settings import Settings
from warehouse.run_record import RunRecord


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Only these settings of ours, and the rest of the environment as it is."""
    ours = {name: value for name, value in os.environ.items() if name.startswith("JUNHENG_") and name != "JUNHENG_ENV_FILE"}
    for name in ours:
        del os.environ[name]
    os.environ.update({name: str(value) for name, value in values.items()})
    try:
        yield
    finally:
        for name in values:
            os.environ.pop(name, None)
        os.environ.update(ours)


@dataclass(frozen=True)
class Run:
    """What one run came to."""

    code: Exit
    record: RunRecord
    home: Path

    @property
    def release(self) -> Path:
        return self.home / "published" / "releases" / self.record.release_id

    def rows(self, table: str) -> list[dict]:
        return pq.read_table(self.release / f"{table}.parquet").to_pylist()

    @property
    def sums(self) -> dict[str, str]:
        """Digest by file name, as the release itself says."""
        lines = (self.release / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def run_county(home: Path, settings: Mapping[str, str], *, as_of: str = "", rule_set: str = "", full: bool = False) -> Run:
    """One whole run into `home`, in this process."""
    with environment(**{**settings, "JUNHENG_HOME": str(home)}):
        code, record = run_everything(Settings(), as_of=as_of, rule_set=rule_set, full=full)
    return Run(code, record, home)
