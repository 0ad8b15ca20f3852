"""What the rows that documents decide must be: evidence of the county and of its schools, vetoes, recognition.

Here: the latest conclusion of each matter, the worse of one day, and what follows.
Not here: what the items are planned to say (evidence.py).
"""

from __future__ import annotations

from fractions import Fraction

from sandbox.catalogue import COUNTY_EVIDENCE, MORAL_EDUCATION, RECOGNISED, SCHOOL_EVIDENCE, VETOES
from sandbox.evidence import ABSENT, CONFORM, GRADES, NOT_CONFORM, PRESENT, Item, items, schools_to_show
from sandbox.indicator_row import MET, NEEDS_EVIDENCE, NOT_MET, WHOLE, IndicatorRow
from sandbox.plan import County
from sandbox.standard import YEARS_RECOGNISED

_OPEN = "open"
_WORST_FIRST = (NOT_MET, _OPEN, MET)
_COUNTY = ""

Matter = tuple[str, str, str]  # indicator, component, school or the county


def evidence_rows(county: County) -> list[IndicatorRow]:
    latest = _latest(county)
    return [
        *(_of_the_county(latest, indicator, component) for indicator, component in COUNTY_EVIDENCE),
        *(_of_schools(county, latest, indicator) for indicator in SCHOOL_EVIDENCE),
        *(_veto(latest, veto) for veto in VETOES),
        _recognised(county, latest),
    ]


def _latest(county: County) -> dict[Matter, Item]:
    """The item that stands for each matter; what was said of a closed school is said of its heir."""
    result: dict[Matter, Item] = {}
    known = [item for item in items(county.first) if item.dated_on <= county.as_of]
    # the last one stands: later days last, of one day the worst last
    for item in sorted(known, key=lambda item: (item.dated_on, -_WORST_FIRST.index(_meaning(item)))):
        code = item.school.school_id if item.school else _COUNTY
        result[item.indicator, item.component, county.heirs.get(code, code)] = item
    return result


def _meaning(item: Item) -> str:
    """What a conclusion comes to; 合格 is enough but where the clause asks for 良好."""
    good = (CONFORM, ABSENT, *GRADES[:2]) if item.indicator == MORAL_EDUCATION else (CONFORM, ABSENT, *GRADES[:3])
    bad = (NOT_CONFORM, PRESENT, GRADES[2], GRADES[3])
    return MET if item.conclusion in good else NOT_MET if item.conclusion in bad else _OPEN


def _status(item: Item | None) -> str:
    meaning = _meaning(item) if item else _OPEN
    return NEEDS_EVIDENCE if meaning == _OPEN else meaning


def _of_the_county(latest: dict[Matter, Item], indicator: str, component: str) -> IndicatorRow:
    return IndicatorRow(indicator, component, WHOLE, None, _status(latest.get((indicator, component, _COUNTY))))


def _of_schools(county: County, latest: dict[Matter, Item], indicator: str) -> IndicatorRow:
    """One school that does not conform decides; else every school must have shown that it does."""
    found = [_status(latest.get((indicator, "", school.school_id))) for school in schools_to_show(county)]
    if NOT_MET in found:
        return IndicatorRow(indicator, "", WHOLE, Fraction(found.count(NOT_MET)), NOT_MET)
    is_open = NEEDS_EVIDENCE in found
    return IndicatorRow(indicator, "", WHOLE, None if is_open else Fraction(0), NEEDS_EVIDENCE if is_open else MET)


def _veto(latest: dict[Matter, Item], veto: str) -> IndicatorRow:
    """Present anywhere decides; absent must be said of the whole county."""
    if any(matter[0] == veto and item.conclusion == PRESENT for matter, item in latest.items()):
        return IndicatorRow(veto, "", WHOLE, None, NOT_MET)
    return IndicatorRow(veto, "", WHOLE, None, _status(latest.get((veto, "", _COUNTY))))


def _recognised(county: County, latest: dict[Matter, Item]) -> IndicatorRow:
    item = latest.get((RECOGNISED, "", _COUNTY))
    status = _status(item)
    if status == MET and item.dated_on > county.calendar.years_before(county.as_of, YEARS_RECOGNISED):
        status = NOT_MET  # recognised, but not long enough ago
    return IndicatorRow(RECOGNISED, "", WHOLE, None, status)
