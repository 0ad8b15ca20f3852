"""What the rows of parts 3 and 4 about figures must be: 3.1, 3.2, 3.9 and 4.1, and every survey by group.

Here: counts over the planned cohorts, lists, results and answers, in fractions.
Not here: documents (truth_evidence.py), training budgets (truth_government.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sandbox.catalogue import BETWEEN_SCHOOL_RATE, DISABLED_CHILDREN, LEVEL, MONITORING, RETENTION, SOCIAL_RECOGNITION
from sandbox.indicator_row import MET, NEEDS_EVIDENCE, NO_DATA, NOT_MET, WHOLE, IndicatorRow, at_least, percent
from sandbox.monitoring import results
from sandbox.placements import SCHOOLED, current_list
from sandbox.plan import County
from sandbox.school_form import cohorts
from sandbox.standard import JUNIOR, LEAST_DISABLED_IN_SCHOOL, LEAST_LEVEL, LEAST_RETENTION, LEAST_SATISFIED, MONITORING_YEARS, RATE_BELOW
from sandbox.survey import GROUPS, NATIONAL, SATISFIED, SOMEWHAT, Survey, surveys

SURVEY_HEADER = (
    "county_code,survey_id,respondent_group,survey_kind,last_answered_on,answers,valid_answers,satisfied,somewhat_satisfied,satisfied_share,is_forecast"
)


def quality_rows(county: County) -> list[IndicatorRow]:
    return [_retention(county), _disabled_children(county), *_monitoring(county), _social_recognition(county)]


def _retention(county: County) -> IndicatorRow:
    """The second published formula: graduates over entrants with transfers, at most 100 %; one empty cell leaves it open."""
    leaving = cohorts(county.filed).values()
    if any(figure is None for cohort in leaving for figure in vars(cohort).values()):
        return IndicatorRow(RETENTION, "", JUNIOR, None, NO_DATA)
    kept = sum(cohort.graduates for cohort in leaving)
    base = sum(cohort.entrants + cohort.transfers_in - cohort.transfers_out for cohort in leaving)
    return at_least(RETENTION, min(percent(kept, base), Fraction(100)), LEAST_RETENTION, stage=JUNIOR)


def _disabled_children(county: County) -> IndicatorRow:
    ways = current_list(county.first).ways.tolist()
    return at_least(DISABLED_CHILDREN, percent(sum(way in SCHOOLED for way in ways), len(ways)), LEAST_DISABLED_IN_SCHOOL)


def _monitoring(county: County) -> list[IndicatorRow]:
    """Every subject of the newest year that is not too long ago: the lowest level, the highest rate."""
    known = [result for result in results(county.first) if 0 <= county.as_of.year - result.year <= MONITORING_YEARS]
    newest = [result for result in known if result.year == max(other.year for other in known)]
    if not newest:
        return [IndicatorRow(MONITORING, component, WHOLE, None, NO_DATA) for component in (LEVEL, BETWEEN_SCHOOL_RATE)]
    rate = max(Fraction(result.rate) for result in newest)
    return [
        at_least(MONITORING, Fraction(min(result.level for result in newest)), Fraction(LEAST_LEVEL), component=LEVEL),
        IndicatorRow(MONITORING, BETWEEN_SCHOOL_RATE, WHOLE, rate, MET if rate < RATE_BELOW else NOT_MET),
    ]


def _social_recognition(county: County) -> IndicatorRow:
    """The newest national survey decides; a local one tells a share and decides nothing."""
    newest = max(surveys(county.first), key=lambda survey: (survey.kind == NATIONAL, survey.last_day, survey.survey_id))
    row = at_least(SOCIAL_RECOGNITION, _counted(newest, None)[3], LEAST_SATISFIED)
    return row if newest.kind == NATIONAL else IndicatorRow(SOCIAL_RECOGNITION, "", WHOLE, row.value, NEEDS_EVIDENCE)


def _counted(survey: Survey, group: str | None) -> tuple[int, int, int, Fraction | None, int]:
    """Sheets, valid answers, satisfied ones, their share in percent, somewhat satisfied ones; of one group or of all."""
    answers = [a for a, g in zip(survey.answer.tolist(), survey.group.tolist(), strict=True) if group in (None, g)]
    valid, satisfied = sum(a != "" for a in answers), sum(a in SATISFIED for a in answers)
    return len(answers), valid, satisfied, percent(satisfied, valid), answers.count(SOMEWHAT)


def survey_rows(county: County) -> Iterator[tuple[object, ...]]:
    """The cells of SURVEY_HEADER behind the county, survey by survey, group by group and all together."""
    for survey in surveys(county.first):
        for group in (None, *GROUPS):
            answers, valid, satisfied, share, somewhat = _counted(survey, group)
            is_forecast = str(survey.kind != NATIONAL).lower()
            yield survey.survey_id, group or WHOLE, survey.kind, survey.last_day, answers, valid, satisfied, somewhat, share, is_forecast
