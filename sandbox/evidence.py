"""The evidence register: which document says what of which indicator, veto and task.

Here: every item as planned: conclusions that are met, not met or still open, older
conclusions that a later one replaces, two of one day. Not here: the files
(evidence_files.py), inspections (inspections.py), the judgement (truth_evidence.py).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sandbox.catalogue import (
    COUNTY_EVIDENCE, MORAL_EDUCATION, NUMBERS, PLAN_GUARANTEES, PLAN_STAGE_DUTIES, PLAN_TASKS, RECOGNISED,
    SCHOOL_EVIDENCE, VETO_SWITCHED_OFF, VETOES,
)  # fmt: skip
from sandbox.plan import County, School
from sandbox.standard import JUDGED_STAGES, YEARS_RECOGNISED

DOCUMENT, INSPECTION, VISIT, VETO_CHECK = "文件", "督查", "走访", "一票否决核查"
CONFORM, NOT_CONFORM, TO_BE_REVIEWED = "符合", "不符合", "待核"
GRADES = ("优秀", "良好", "合格", "不合格")
PRESENT, ABSENT = "存在", "不存在"
MET, NOT_MET, OPEN = "met", "not_met", "open"

_WHOLE_COUNTY = None


@dataclass(frozen=True)
class Item:
    """One conclusion. `subject` is spelt as the register spells it: an id or a number; `school` None is the whole county."""

    kind: str
    indicator: str
    subject: str
    component: str
    school: School | None
    title: str
    dated_on: date
    conclusion: str


def wanted(county: County, indicator: str) -> str:
    """Whether the county's evidence is to be met, not met or open."""
    wishes = county.wishes
    return MET if indicator in wishes.met else OPEN if indicator in wishes.open else NOT_MET


def schools_to_show(county: County) -> list[School]:
    """Schools of every kind that have students of a compulsory stage."""
    return [school for school in county.schools if sum(school.students.get(stage, 0) for stage in JUDGED_STAGES)]


def items(county: County) -> list[Item]:
    """Every item of the register, in its order."""
    return [*_of_the_county(county), *_of_schools(county), *_of_vetoes(county), *_of_recognition(county), *_of_the_plan(county)]


def _item(
    county: County, indicator: str, conclusion: str, days_ago: int, *, component: str = "", school: School | None = _WHOLE_COUNTY,
    kind: str = DOCUMENT, title: str = "",
) -> Item:  # fmt: skip
    """An item whose spelling of the subject follows from what it speaks of: the same in every register."""
    number = NUMBERS.get(indicator, indicator)
    subject = number if zlib.crc32(f"{indicator} {component}".encode()) % 2 else indicator
    return Item(kind, indicator, subject, component, school, title or f"{number}佐证材料", county.as_of - timedelta(days=days_ago), conclusion)


def _of_the_county(county: County) -> Iterator[Item]:
    rng = county.random("county evidence")
    for number, (indicator, component) in enumerate(COUNTY_EVIDENCE):
        state = wanted(county, indicator)
        if component and state == NOT_MET and component != county.spoilt(indicator):
            state = MET
        days = int(rng.integers(20, 150))
        if number % 3 == 0:  # what an older review said, and what came of it
            yield _item(county, indicator, (NOT_CONFORM, CONFORM)[state != MET], 500, component=component, title="上一轮核查意见")
        yield from _concluded(county, indicator, component, state, days, rng)


def _concluded(county: County, indicator: str, component: str, state: str, days: int, rng: np.random.Generator) -> Iterator[Item]:
    """The latest word: plain, or where two of one day differ the worse."""
    if state == MET:
        yield _item(county, indicator, CONFORM, days, component=component)
    elif state == NOT_MET:
        if rng.random() < 0.5:
            yield _item(county, indicator, CONFORM, days, component=component, title="自评材料")
        yield _item(county, indicator, NOT_CONFORM, days, component=component)
    elif rng.random() < 0.7:  # else there is nothing at all
        yield _item(county, indicator, CONFORM, days, component=component, title="自评材料")
        yield _item(county, indicator, TO_BE_REVIEWED, days, component=component)


def _of_schools(county: County) -> Iterator[Item]:
    rng = county.random("school evidence")
    shown = schools_to_show(county)
    for indicator in SCHOOL_EVIDENCE:
        state = wanted(county, indicator)
        few = set(rng.choice(len(shown), size=1 if county.wishes.is_balanced else 1 + len(shown) // 12, replace=False).tolist())
        for place, school in enumerate(shown):
            days = int(rng.integers(10, 140))
            kind = (INSPECTION, DOCUMENT, VISIT)[place % 3]
            conclusion = _good(indicator, place)
            if place in few and state == NOT_MET:
                conclusion = GRADES[2] if indicator == MORAL_EDUCATION else (NOT_CONFORM, GRADES[3])[place % 2]
            elif place in few and state == OPEN:
                if place % 2:
                    continue
                conclusion = TO_BE_REVIEWED
            if place % 5 == 1:
                yield _item(county, indicator, (NOT_CONFORM, GRADES[3])[place % 2], 420, school=school, kind=kind, title="春季督导意见")
            yield _item(county, indicator, conclusion, days, school=school, kind=kind)
        # what is said of the whole county stands for no school
        yield _item(county, indicator, CONFORM, 15, title="全县汇总")


def _good(indicator: str, place: int) -> str:
    """Conclusions that conform; 合格 does where the clause does not ask for 良好."""
    if indicator == MORAL_EDUCATION:
        return (GRADES[1], GRADES[0], CONFORM)[place % 3]
    return (CONFORM, CONFORM, GRADES[2], GRADES[0])[place % 4]


def _of_vetoes(county: County) -> Iterator[Item]:
    rng = county.random("vetoes")
    shown = schools_to_show(county)
    for veto in VETOES:
        state, days, is_of_school = wanted(county, veto), int(rng.integers(20, 200)), rng.random() < 0.5
        school = shown[int(rng.integers(len(shown)))]
        if state == OPEN:
            if is_of_school:  # one school without it says nothing of the others
                yield _item(county, veto, ABSENT, days, school=school, kind=VETO_CHECK)
            continue
        if state == NOT_MET:
            yield _item(county, veto, PRESENT, days, school=school if is_of_school else _WHOLE_COUNTY, kind=VETO_CHECK, title="核查通报")
        else:  # found long ago, and not any more
            yield _item(county, veto, PRESENT, 700, school=school, kind=VETO_CHECK, title="核查通报")
            yield _item(county, veto, ABSENT, days, school=school, kind=VETO_CHECK, title="整改复核")
        if state == MET or is_of_school:
            yield _item(county, veto, ABSENT, days, kind=VETO_CHECK)
    for veto in VETO_SWITCHED_OFF:
        yield _item(county, veto, PRESENT, 33, kind=VETO_CHECK)


def _of_recognition(county: County) -> Iterator[Item]:
    """Recognised in the first national round, or exactly as long ago as is asked; not to be met: a day less."""
    rng = county.random("recognition")
    line = county.calendar.years_before(county.as_of, YEARS_RECOGNISED)
    state = wanted(county, RECOGNISED)
    if state == OPEN:
        return
    day = line + timedelta(days=1) if state == NOT_MET else line if rng.random() < 0.5 else min(line, date(2013, 12, 20))
    yield Item(DOCUMENT, RECOGNISED, RECOGNISED, "", None, "义务教育发展基本均衡县认定通知", day, CONFORM)


def _of_the_plan(county: County) -> Iterator[Item]:
    """Of most of the plan there is a document; some is still reviewed, a little is not done."""
    rng = county.random("plan evidence")
    for task in (*PLAN_TASKS, *PLAN_STAGE_DUTIES, *PLAN_GUARANTEES):
        if rng.random() < 0.85:
            conclusion = str(rng.choice((CONFORM, TO_BE_REVIEWED, NOT_CONFORM), p=[0.8, 0.12, 0.08]))
            yield _item(county, task, conclusion, int(rng.integers(5, 900)), title=f"{task}落实情况报告")

