"""Reading a moved sandbox: digests of its files, its list of changes, the truth of its days.

Here: plain reading. Not here: counting what the files say (recount_of_a_day.py).
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

FIRST = date(2025, 9, 1)
DAYS = 400
PEOPLE = ("students", "full_time_teachers", "teachers_above_required_degree", "backbone_teachers", "pe_arts_teachers")
FACILITIES = ("teaching_area_m2", "sports_area_m2", "equipment_value_yuan", "multimedia_classrooms")


def digests(folder: Path, *, leave_out: str = "truth/days") -> dict[str, str]:
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items() if not name.startswith(leave_out)}


def changes(folder: Path) -> list[dict[str, str]]:
    with (folder / "truth" / "changes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def truth(folder: Path, name: str, day: int | None = None) -> list[dict[str, str]]:
    of_day = folder / "truth" if day is None else folder / "truth" / "days" / str(FIRST + timedelta(days=day))
    with (of_day / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measures(folder: Path, day: int | None = None) -> dict[str, dict[tuple[str, str], Fraction]]:
    found: dict[str, dict] = defaultdict(dict)
    for row in truth(folder, "measure", day):
        found[row["measure_id"]][row["school_id"], row["stage"]] = Fraction(row["value"])
    return found
