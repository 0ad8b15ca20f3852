"""The answer key of a dirty county: `truth/faults.csv`, one row a planted fault.

Here: its columns, writing and reading it. Not here: comparing a release with it (scorer.py).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from sandbox.dirt.kind import Fault, Kind

FAULTS = "truth/faults.csv"


@dataclass(frozen=True)
class Answer:
    """One planted fault. `file`: below the inbox, or the store of a system below the sandbox; `row`: of the sheet or the line,
    empty in a system, where `row_key` tells the row as it is landed. `expected`: what must become of it, with `rule` (or the
    finding of `agreement`) and `measure`. `schools`: whose rows it stands in; `hit`: the schools whose figures it may
    change, with the county's."""

    fault: int
    kind: str
    source: str
    table: str
    file: str
    sheet: str
    row: str
    row_key: str
    column: str
    expected: str
    rule: str
    measure: str
    schools: tuple[str, ...]
    hit: tuple[str, ...]
    is_hit: bool

    @classmethod
    def of(cls, number: int, kind: Kind, fault: Fault) -> Answer:
        place = fault.where.place()
        source, _, table = fault.table.partition(".")
        return cls(
            number, kind.name, source, table, place.file, place.sheet, "" if place.row is None else str(place.row), place.row_key, fault.column,
            kind.outcome, fault.rule, fault.measure, fault.schools, fault.schools if fault.is_hit else (), fault.is_hit,
        )  # fmt: skip


def write_answers(answers: Sequence[Answer], folder: Path) -> None:
    with (folder / FAULTS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in fields(Answer)])
        for answer in answers:
            cells = asdict(answer) | {"schools": ";".join(answer.schools), "hit": ";".join(answer.hit), "is_hit": "true" if answer.is_hit else "false"}
            writer.writerow(cells.values())


def read_answers(folder: Path) -> list[Answer]:
    """The answers of the sandbox in `folder`; none where it was made clean."""
    path = Path(folder) / FAULTS
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Answer(**{
                **row, "fault": int(row["fault"]), "schools": tuple(filter(None, row["schools"].split(";"))),
                "hit": tuple(filter(None, row["hit"].split(";"))), "is_hit": row["is_hit"] == "true",
            })
            for row in csv.DictReader(file)
        ]  # fmt: skip
