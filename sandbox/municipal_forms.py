"""Which of the filed figures come on the municipal forms, and the workbooks that hold them.

Here: who fills in a sheet, who a row of the table, and the county's own form. In a county
of files alone every school does, in any other the junior schools and one school of
several stages; both tell the same figures. Not here: the figures (declared.py,
county_form.py), what becomes of the others (declared.py), cells (form_workbooks.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from sandbox.county_form import county_figures
from sandbox.form_workbooks import (
    SCHOOL_MEASURES, STAGE_MEASURES, WHOLE, FormSchool, write_county_workbook, write_school_sheet, write_school_table,
)  # fmt: skip
from sandbox.places import MARK
from sandbox.plan import County, School
from sandbox.spaces import gym_of
from sandbox.standard import SPLIT_KINDS

Filed = tuple[School, str, str, Decimal | int | None]  # school, stage, measure, figure; None is an empty cell
_SHEETS_BESIDE_SYSTEMS = 1


def write_school_workbooks(county: County, figures: Sequence[Filed], folder: Path, year: str = "", *, files_only: bool) -> list[Filed]:
    """Write what the form asks of the schools that fill it in; returns all other figures.

    `year` stands in the names of a later year's workbooks.
    """
    on_sheet, in_table = _filling_in(county, files_only)
    forms: dict[str, FormSchool] = {}
    others: list[Filed] = []
    for filed in figures:
        school, stage, measure, figure = filed
        is_of_school = measure in SCHOOL_MEASURES
        if school.school_id not in on_sheet | in_table or not (is_of_school or measure in STAGE_MEASURES):
            others.append(filed)
            continue
        form = forms.setdefault(school.school_id, FormSchool(school.school_id, school.name, school.kind, {}, gym_m2=gym_of(school)))
        form.figures[WHOLE if is_of_school else stage, measure] = figure
    day = county.calendar.statistics_day
    for number, code in enumerate(sorted(on_sheet & forms.keys()), start=1):
        write_school_sheet(forms[code], folder / f"学校填报表_{number:02d}_{MARK}{year}.xlsx", day)
    write_school_table([forms[code] for code in sorted(in_table & forms.keys())], folder / f"学校填报表_{MARK}{year}.xlsx", day)
    return others


def _filling_in(county: County, files_only: bool) -> tuple[set[str], set[str]]:
    """Codes of the schools with a sheet of their own, and of those in the table."""
    of_several_stages = [school.school_id for school in county.schools if school.kind in SPLIT_KINDS]
    if not files_only:
        return set(of_several_stages[-_SHEETS_BESIDE_SYSTEMS:]), {school.school_id for school in county.schools if school.kind == "junior_school"}
    return set(of_several_stages), {school.school_id for school in county.schools} - set(of_several_stages)


def write_county_form_workbook(county: County, folder: Path) -> None:
    write_county_workbook(county_figures(county), folder / f"县级填报表_{MARK}.xlsx", county.calendar.statistics_day)
