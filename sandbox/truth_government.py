"""What the rows of part 2 about schools, classes, money and places must be.

Here: 2.2 (funding), 2.3 to 2.7, 2.13, the shares of 2.14 and 2.15, and 3.4 with the
money it is about, counted in fractions from the planned schools, classes, rooms,
budget lines and figures filed. Not here: people (truth_people.py), documents
(truth_evidence.py).
"""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction

from sandbox.catalogue import (
    ART_ROOMS, CLASS_SIZE, HIGH_SCHOOL_QUOTA, LEFT_BEHIND, MIGRANT_SHARE, MUSIC_ART_ROOMS, MUSIC_ROOMS, NEIGHBOURHOOD, QUOTA_SHARE,
    SCHOOL_SIZE, SMALL_SCHOOL_FUNDING, SPECIAL_ED_FUNDING, TRAINING_BUDGET, UNIFIED_FUNDING, UNIFIED_STANDARDS,
)  # fmt: skip
from sandbox.county_form import RURAL, URBAN, Figure, county_figures
from sandbox.finance import budget_lines
from sandbox.indicator_row import NOT_APPLICABLE, WHOLE, IndicatorRow, at_least, percent, violations
from sandbox.places import TOWNSHIPS
from sandbox.plan import County, School
from sandbox.rooms import rooms_by_school
from sandbox.school_form import is_zoned, private_budgets, zoned_students
from sandbox.standard import (
    CLASSES_PER_ROOM, FUNDED_AS, JUDGED_STAGES, KINDS_WITH_MUSIC_AND_ART, LEAST_ALLOCATED, LEAST_MIGRANT_CHILDREN,
    LEAST_NEIGHBOURHOOD, LEAST_ROOM_M2, MOST_IN_CLASS, MOST_STUDENTS, PRIMARY, ROOM_KINDS, SPECIAL_FUNDING, TEACHER_TRAINING_COST,
    TRAINING_SHARE, baseline, is_running_cost,
)  # fmt: skip


def government_rows(county: County) -> list[IndicatorRow]:
    running, training = _budgets(county)
    figures = {key: Fraction(value) for key, value in county_figures(county.first).items()}
    return [
        _funding_standards(county, figures),
        *(violations(MUSIC_ART_ROOMS, _short_of_rooms(county, name), component=name) for name in (MUSIC_ROOMS, ART_ROOMS)),
        violations(SCHOOL_SIZE, _too_large(county)),
        *(violations(CLASS_SIZE, _crowded_classes(county, stage), stage=stage) for stage in JUDGED_STAGES),
        _small_schools(county, running),
        _special_funding(county, running),
        *(_neighbourhood(county, stage) for stage in JUDGED_STAGES),
        _quota(figures),
        _migrant_children(figures),
        _training_budget(county, running, training),
    ]


def _funding_standards(county: County, figures: dict[Figure, Fraction]) -> IndicatorRow:
    """Where town and country differ, and each standard below the baseline of the year."""
    wrong = 0
    for stage in JUDGED_STAGES:
        urban, rural = (figures[stage, category, "funding_standard_yuan"] for category in (URBAN, RURAL))
        least = baseline(stage, county.as_of.year)
        wrong += (urban != rural) + (urban < least) + (rural < least)
    return violations(UNIFIED_STANDARDS, wrong, component=UNIFIED_FUNDING)


def _compulsory_students(school: School) -> int:
    return sum(students for stage, students in school.students.items() if stage in JUDGED_STAGES)


def _short_of_rooms(county: County, component: str) -> int:
    """Schools with fewer rooms of sufficient area than one for each twelve classes begun."""
    short = 0
    for school, rooms in zip(county.schools, rooms_by_school(county), strict=True):
        if school.kind in KINDS_WITH_MUSIC_AND_ART:
            classes = sum(group.stage in JUDGED_STAGES for group in school.classes)
            in_use = [Fraction(room.area) for room in rooms if room.kind == ROOM_KINDS[component] and room.use in ("在用", "自用")]
            large_enough = sum(area >= LEAST_ROOM_M2[component] for area in in_use)
            short += large_enough < math.ceil(Fraction(classes, CLASSES_PER_ROOM))
    return short


def _too_large(county: County) -> int:
    """Schools of every kind whose compulsory part has too many students."""
    return sum(_compulsory_students(school) > MOST_STUDENTS[school.kind] for school in county.schools)


def _crowded_classes(county: County, stage: str) -> int:
    return sum(group.stage == stage and group.size > MOST_IN_CLASS[stage] for school in county.schools for group in school.classes)


def _budgets(county: County) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """公用经费 and teacher training by budget unit, over all its functions; those of a closed unit are its heir's."""
    newest = {}
    for line in budget_lines(county):
        if line.key not in newest or line.updated > newest[line.key].updated:
            newest[line.key] = line
    running: dict[str, Fraction] = defaultdict(Fraction)
    training: dict[str, Fraction] = defaultdict(Fraction)
    for line in newest.values():
        if not line.is_deleted and is_running_cost(line.economic_code):
            unit = county.heirs.get(line.unit_code, line.unit_code)
            running[unit] += Fraction(line.amount)
            training[unit] += Fraction(line.amount) * (line.economic_code == TEACHER_TRAINING_COST)
    return running, training


def _small_schools(county: County, running: dict[str, Fraction]) -> IndicatorRow:
    """Public village schools and points with fewer than 100 students, but not with none."""
    small = [school for school in county.schools if _is_small_village_school(school)]
    if not small:
        return IndicatorRow(SMALL_SCHOOL_FUNDING, "", WHOLE, None, NOT_APPLICABLE)
    needed = FUNDED_AS * baseline(PRIMARY, county.as_of.year)
    return violations(SMALL_SCHOOL_FUNDING, sum(running.get(school.budget_unit_code, 0) < needed for school in small))


def _is_small_village_school(school: School) -> bool:
    _, _, urban_rural = TOWNSHIPS[school.township]
    is_village = school.kind == "primary_school" and urban_rural.startswith("2")
    return (is_village or school.kind == "teaching_point") and not school.is_private and 0 < school.students[PRIMARY] < FUNDED_AS


def _special_funding(county: County, running: dict[str, Fraction]) -> IndicatorRow:
    special = [school for school in county.schools if school.kind == "special_school"]
    amount = sum((running.get(school.budget_unit_code, Fraction(0)) for school in special), Fraction(0))
    return at_least(SPECIAL_ED_FUNDING, amount / sum(map(_compulsory_students, special)), SPECIAL_FUNDING)


def _training_budget(county: County, running: dict[str, Fraction], training: dict[str, Fraction]) -> IndicatorRow:
    """Schools below their share: public ones by the budget, private ones by what they filed."""
    short = sum(training[unit] < TRAINING_SHARE * amount for unit, amount in running.items())
    short += sum(Fraction(spent) < TRAINING_SHARE * Fraction(amount) for amount, spent in private_budgets(county.filed).values())
    return violations(TRAINING_BUDGET, short)


def _neighbourhood(county: County, stage: str) -> IndicatorRow:
    """Pupils of the zone among those of the day on which both were filed, whoever has come and gone since."""
    zoned = zoned_students(county.filed)
    asked = [school.school_id for school in county.schools if is_zoned(school) and school.students.get(stage)]
    if not asked:
        return IndicatorRow(NEIGHBOURHOOD, "", stage, None, NOT_APPLICABLE)
    part = whole = 0
    for place, school in enumerate(county.filed.schools):
        if county.heirs.get(school.school_id, school.school_id) in asked and stage in school.students:
            part += zoned[place, stage]
            whole += school.students[stage]
    return at_least(NEIGHBOURHOOD, percent(part, whole), LEAST_NEIGHBOURHOOD[stage], stage=stage)


def _quota(figures: dict[Figure, Fraction]) -> IndicatorRow:
    value = percent(figures[WHOLE, "", "allocated_places"], figures[WHOLE, "", "quality_high_school_places"])
    return at_least(HIGH_SCHOOL_QUOTA, value, LEAST_ALLOCATED, component=QUOTA_SHARE)


def _migrant_children(figures: dict[Figure, Fraction]) -> IndicatorRow:
    schooled = figures[WHOLE, "", "migrant_children_public"] + figures[WHOLE, "", "migrant_children_purchased"]
    return at_least(LEFT_BEHIND, percent(schooled, figures[WHOLE, "", "migrant_children_eligible"]), LEAST_MIGRANT_CHILDREN, component=MIGRANT_SHARE)
