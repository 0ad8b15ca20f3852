"""The county's own form: figures that no system holds, as one tidy file.

Here: funding standards of town and country (2.2), pay of civil servants (2.8), places
of good senior high schools (2.14) and migrant children (2.15), each on its line or
just beside. Not here: figures by school (school_form.py), what lists and systems
decide, the judgement (truth_government.py).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from sandbox import pay
from sandbox.catalogue import HIGH_SCHOOL_QUOTA, LEFT_BEHIND, MIGRANT_SHARE, QUOTA_SHARE, UNIFIED_FUNDING, UNIFIED_STANDARDS
from sandbox.places import MARK
from sandbox.plan import County
from sandbox.staff import staff_of
from sandbox.standard import JUDGED_STAGES, LEAST_ALLOCATED, LEAST_MIGRANT_CHILDREN, baseline

HEADERS = ("as_of_date", "county_code", "stage", "category", "measure_id", "value")
WHOLE, URBAN, RURAL = "all", "urban", "rural"

Figure = tuple[str, str, str]  # stage, category, measure


def write_county_form(county: County, folder: Path) -> None:
    day = county.calendar.statistics_day.isoformat()
    with (folder / f"县级填报数据_{MARK}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows((day, county.code, *key, f"{value:f}") for key, value in county_figures(county).items())


def write_students_of_last_year(county: County, folder: Path) -> None:
    """What the county filed a year ago, for the money per student of the year before: no roll of that day is left."""
    day = date(county.as_of.year - 1, 9, 1)
    with (folder / f"县级填报数据_在校生_{day.year}_{MARK}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        filed = students_of_last_year(county).items()
        writer.writerows((day.isoformat(), county.code, stage, "", "enrolled_students", count) for stage, count in filed)


def students_of_last_year(county: County) -> dict[str, int]:
    """By stage, a few more or fewer than today."""
    rng = county.random("students of last year")
    return {stage: round(county.students_of(stage) * rng.uniform(0.96, 1.05)) for stage in JUDGED_STAGES}


def county_figures(county: County) -> dict[Figure, Decimal]:
    """Every figure of the form under its stage, category and measure."""
    return dict(_figures(county))


def _figures(county: County) -> Iterator[tuple[Figure, Decimal]]:
    yield from _funding_standards(county)
    yield (WHOLE, "", "civil_servant_average_pay_yuan"), pay.civil_servant_pay(county, staff_of(county))
    places, allocated = _share(county, "places", 2400, LEAST_ALLOCATED, county.spoilt(HIGH_SCHOOL_QUOTA) == QUOTA_SHARE)
    yield (WHOLE, "", "quality_high_school_places"), places
    yield (WHOLE, "", "allocated_places"), allocated
    yield (WHOLE, "", "places_to_rural_schools"), allocated // 3
    is_short = county.spoilt(LEFT_BEHIND) == MIGRANT_SHARE and LEFT_BEHIND not in county.wishes.open
    eligible, schooled = _share(county, "migrant children", 1600, LEAST_MIGRANT_CHILDREN, is_short)
    yield (WHOLE, "", "migrant_children_eligible"), eligible
    yield (WHOLE, "", "migrant_children_public"), schooled - schooled // 9
    yield (WHOLE, "", "migrant_children_purchased"), schooled // 9


def _funding_standards(county: County) -> Iterator[tuple[Figure, Decimal]]:
    """On the baseline of the year or above; spoilt: ten yuan more in town, or a yuan too little everywhere, of one stage."""
    rng = county.random("funding standards")
    spoilt = county.spoilt(UNIFIED_STANDARDS) == UNIFIED_FUNDING
    stage_spoilt, is_below = JUDGED_STAGES[int(rng.integers(2))], rng.random() < 0.5
    for stage in JUDGED_STAGES:
        standard = baseline(stage, county.as_of.year) + int(rng.choice([0, 0, 30]))
        more_in_town = 0
        if spoilt and stage == stage_spoilt:
            standard, more_in_town = (baseline(stage, county.as_of.year) - 1, 0) if is_below else (standard, 10)
        yield (stage, URBAN, "funding_standard_yuan"), Decimal(standard + more_in_town)
        yield (stage, RURAL, "funding_standard_yuan"), Decimal(standard)


def _share(county: County, stream: str, usual: int, least, is_short: bool) -> tuple[Decimal, Decimal]:
    """A number and the part of it that stands exactly on `least` percent, sometimes above; one too few where it is to be short."""
    rng = county.random(stream)
    whole = usual + 100 * int(rng.integers(0, 9))  # hundreds, so that every percent is a whole number
    part = whole // 100 * int(least)
    if is_short:
        part -= 1
    elif rng.random() < 0.5:
        part += int(rng.integers(1, whole - part))
    return Decimal(whole), Decimal(part)
