"""The made county as what faults are planted in: its rows, its files, and chance.

Here: finding the rows of a table wherever they lie, which of them may be spoilt, and writing
everything back. Not here: the kinds (the modules of the sources).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from sandbox.declared import filing_schools
from sandbox.dirt.books import Book, opened
from sandbox.dirt.kind import how_many
from sandbox.dirt.lines import FileLine, Line, StoredLine
from sandbox.dirt.stores import PERSON, Personnel, Service
from sandbox.dirt.tables import EXPORTS, FILES, STORED, FileTable
from sandbox.make import HR_DATABASE, INBOX, PSEUDONYM_KEY, STUDENT_STATUS_STORE
from sandbox.plan import County, School
from sandbox.register import retired_budget_code

_CARELESS = 3  # every third school's clerk is


@dataclass
class Ground:
    """One county in `folder`. What may change a figure is planted in the data of the careless
    schools alone: real dirt clusters, and the others can be held against the truth."""

    folder: Path
    county: County
    seed: int
    has_systems: bool
    careless: frozenset[str] = frozenset()
    _books: dict[Path, Book] = field(default_factory=dict)
    _lines: dict[str, list[Line]] = field(default_factory=dict)
    _spoilt: set[Line] = field(default_factory=set)
    _claims: set[object] = field(default_factory=set)

    def __post_init__(self) -> None:
        codes = [school.school_id for school in self.county.schools]
        rng = self.random("careless schools")
        # some that file their figures are among them: what their records hide shows there
        filing = [school.school_id for school in filing_schools(self.county)]
        chosen = {*rng.choice(codes, size=max(4, len(codes) // _CARELESS), replace=False).tolist(), *rng.choice(filing, size=min(2, len(filing)), replace=False).tolist()}
        self.careless = frozenset(chosen)
        self._school_of_code = _school_of_code(self.county)
        key = PSEUDONYM_KEY.encode()
        self._service = Service(self.folder / STUDENT_STATUS_STORE, STUDENT_STATUS_STORE, key)
        self._personnel = Personnel(self.folder / HR_DATABASE, HR_DATABASE, key)

    def random(self, what: str) -> np.random.Generator:
        """Chance of its own for each kind, so that one that is switched off moves no other."""
        digest = hashlib.sha256(f"{self.county.seed}|{self.seed}|{what}".encode()).digest()
        return np.random.default_rng(np.frombuffer(digest, np.uint32))

    # --- rows

    def lines(self, table: str) -> list[Line]:
        """The rows of a table, the same objects each time; none where the county has no such table."""
        if table not in self._lines:
            self._lines[table] = self._read(table)
        return [line for line in self._lines[table] if not line.is_gone]

    def _read(self, table: str) -> list[Line]:
        if table in FILES:
            return self._in_files(table, FILES[table])
        if not self.has_systems:
            return self._in_files(table, EXPORTS[table]) if table in EXPORTS else []
        if table.startswith("student_status."):
            return list(self._service.lines(table))
        if table not in STORED:
            return []
        people = self._units_of_people if table != "hr_payroll.staff" else {}

        def school_of(row: dict) -> str:
            return self.school_of(row["work_unit_code"]) if "work_unit_code" in row else people.get(row[PERSON], "")

        return list(self._personnel.lines(table, school_of))

    @cached_property
    def _units_of_people(self) -> dict[str, str]:
        return {line.get("person_key"): line.school for line in self.lines("hr_payroll.staff" if self.has_systems else "hr_payroll.people")}

    def _in_files(self, table: str, about: FileTable) -> list[Line]:
        found: list[Line] = []
        for path in self.files(about.source, *about.files):
            book = self.book(path)
            pages = [page for page in book.pages if not about.sheet or page.name == about.sheet]
            for page in pages:
                first, *_ = about.columns.values()
                top = page.header(first)
                headings = [str(cell) for cell in page.rows[top]]
                above = [str(cell) for cell in page.rows[top - 1]] if top else []  # a header of two rows
                columns = {name: _place_of(headings, above, heading) for name, heading in about.columns.items()}
                for row in page.rows[top + 1 :]:
                    if row.cell(next(iter(columns.values()))) not in ("", None):
                        line = FileLine(table, "", self.name_of(path), page, row, columns)
                        line.school = self._school_of_row(line, about.school)
                        found.append(line)
        return found

    def _school_of_row(self, line: Line, column: str) -> str:
        if column != "person_key":
            return self.school_of(line.get(column)) if column else ""
        return self._units_of_people.get(line.get(column), "")

    def add(self, line: Line) -> None:
        """A row that is new in its table."""
        self._lines[line.table].append(line)
        self._spoilt.add(line)

    def take(self, table: str, rng: np.random.Generator, rate: float, *, where: Callable[[Line], bool] | None = None, is_careless: bool) -> list[Line]:
        """So many rows of a table by rate, each for one fault alone; of the careless schools, or of any."""
        everything = self.lines(table)
        free = [line for line in everything if line not in self._spoilt and (where is None or where(line))]
        room = [line for line in free if not is_careless or not line.school or line.school in self.careless] or free[:1]
        count = min(len(room), how_many(rate, len(everything)))
        taken = [room[place] for place in sorted(rng.choice(len(room), size=count, replace=False).tolist())] if count else []
        self._spoilt.update(taken)
        return taken

    def spoil(self, lines: Iterable[Line]) -> None:
        """No other fault may stand in these rows."""
        self._spoilt.update(lines)

    def keep(self, what: str, school: str, *tables: str) -> None:
        """No other fault may stand in the rows of a school in these tables, nor be one of `what` of it."""
        self._claims.add((what, school))
        self.spoil(line for table in tables for line in self.lines(table) if line.school == school)

    def is_free(self, line: Line) -> bool:
        return line not in self._spoilt

    # --- schools

    def school_of(self, code: str) -> str:
        """The school that a code of any register, `code-name` or a name means; empty where none."""
        return self._school_of_code.get(code) or self._school_of_code.get(code.partition("-")[0], "")

    def schools(
        self, what: str, rng: np.random.Generator, rate: float, *, where: Callable[[School], bool] | None = None, is_careless: bool
    ) -> list[School]:
        """So many schools by rate; no school twice for the same `what`."""
        free = [school for school in self.county.schools if (what, school.school_id) not in self._claims and (where is None or where(school))]
        room = [school for school in free if not is_careless or school.school_id in self.careless] or free[:1]
        count = min(len(room), how_many(rate, len(self.county.schools)))
        taken = [room[place] for place in sorted(rng.choice(len(room), size=count, replace=False).tolist())] if count else []
        self._claims.update((what, school.school_id) for school in taken)
        return taken

    # --- files

    def files(self, source: str, *patterns: str) -> list[Path]:
        """The files of a source that a pattern names, of several days the newest, whatever folder of the county they lie in."""
        folder = self.folder / INBOX / source
        found = []
        for pattern in patterns:
            paths = sorted([*folder.glob(pattern), *folder.glob(f"{self.county.code}/{pattern}")])
            found += paths if source in ("hr_payroll", "survey") else paths[-1:]
        return found

    def folder_of(self, source: str) -> Path:
        folder = self.folder / INBOX / source
        return folder / self.county.code if (folder / self.county.code).is_dir() else folder

    def name_of(self, path: Path) -> str:
        return path.relative_to(self.folder / INBOX).as_posix()

    def book(self, path: Path) -> Book:
        """The file, opened once; it is written back in the end."""
        if path not in self._books:
            self._books[path] = opened(path)
        return self._books[path]

    def save(self) -> None:
        """Write back every file that was opened and every row of a system that was touched."""
        for book in self._books.values():
            book.save(self.county.as_of)
        for table, lines in self._lines.items():
            if table in STORED and self.has_systems:
                touched = [line for line in lines if isinstance(line, StoredLine) and (line.is_changed or line.is_gone)]
                (self._service if table.startswith("student_status.") else self._personnel).save(table, touched)


def _place_of(headings: Sequence[str], above: Sequence[str], heading: str) -> int:
    exact = [place for row in (headings, above) for place, cell in enumerate(row) if cell == heading]
    return exact[0] if exact else next(place for place, cell in enumerate(headings) if cell.startswith(heading))


def _school_of_code(county: County) -> dict[str, str]:
    """Every code of every school, its closed predecessors' and its points' to the school code."""
    found: dict[str, str] = {}
    retired, renumbered = retired_budget_code(county)
    found[retired] = renumbered.school_id
    for former in (county.point, county.merged, *county.others):
        place = former.parent if former.parent >= 0 else former.successor
        if place >= 0:
            heir = county.schools[place].school_id
            found |= {code: heir for code in (former.school_id, former.budget_unit_code, former.credit_code) if code}
    for school in county.schools:
        found |= {code: school.school_id for code in (school.name, school.name.replace("（", "(").replace("）", ")"), school.school_id, school.budget_unit_code, school.credit_code) if code}
    return found
