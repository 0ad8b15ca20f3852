"""What each number must be, in exact rational arithmetic from the plan alone.

Here: school units, measures, indicators, verdicts and coefficients of variation
as fractions, and the CSV files that hold them. Not here: anything read back from
the files and systems made from the plan, and nothing of the product.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

from sandbox.plan import County, School
from sandbox.standard import (
    ABOVE_DEGREE, BACKBONE, CV_LIMIT, FACILITY_MEASURES, INDICATORS, JUDGED_STAGES, MEASURES, MOST_NOT_MET,
    PE_ARTS, SPLIT_KINDS, SPLIT_WEIGHT, STAGES_OF_KIND, STUDENTS, scope_reason_of, squared_cv, status_of,
)  # fmt: skip

CV_DIGITS = 30


@dataclass(frozen=True)
class UnitTruth:
    """One school unit. `measures` are exact; `values` and `statuses` are empty out of scope."""

    school_id: str
    stage: str
    kind: str
    measures: dict[str, Fraction]
    scope_reason: str | None
    values: dict[str, Fraction]
    statuses: dict[str, str]

    @property
    def students(self) -> int:
        return int(self.measures[STUDENTS])

    def count(self, status: str) -> int:
        return sum(found == status for found in self.statuses.values())

    @property
    def verdict(self) -> str:
        if self.scope_reason:
            return "out_of_scope"
        not_met = len(self.statuses) - self.count("met")
        return "fail" if self.count("below_floor") or not_met > MOST_NOT_MET else "pass"

    @property
    def reasons(self) -> list[str]:
        return sorted(f"{indicator}:{status}" for indicator, status in self.statuses.items() if status != "met")


@dataclass(frozen=True)
class BalanceTruth:
    """One coefficient of variation. `cv_squared` None: nothing to compare."""

    stage: str
    indicator_id: str
    school_units: int
    students: int
    mean: Fraction | None
    cv_squared: Fraction | None

    @property
    def cv(self) -> Decimal | None:
        return None if self.cv_squared is None else square_root(self.cv_squared)

    @property
    def status(self) -> str:
        if self.cv_squared is None:
            return "no_data"
        return "met" if self.cv_squared <= CV_LIMIT[self.stage] ** 2 else "not_met"


@dataclass(frozen=True)
class Truth:
    county_code: str
    units: list[UnitTruth]
    balance: list[BalanceTruth]

    @property
    def verdict(self) -> str:
        schools = all(unit.verdict in ("pass", "out_of_scope") for unit in self.units)
        return "pass" if schools and all(row.status == "met" for row in self.balance) else "fail"


def square_root(square: Fraction) -> Decimal:
    """The root to 30 significant digits."""
    with localcontext() as context:
        context.prec = 2 * CV_DIGITS
        root = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
        context.prec = CV_DIGITS
        return +root


def share_of_facilities(school: School, stage: str) -> Fraction | None:
    """What part of the school's facilities the stage has; None where the rule does not say."""
    if school.kind not in SPLIT_KINDS:
        return Fraction(1) if len(STAGES_OF_KIND[school.kind]) == 1 else None
    weighted = {s: SPLIT_WEIGHT[s] * students for s, students in school.students.items()}
    return weighted[stage] / sum(weighted.values())


def measures_of(school: School, stage: str) -> dict[str, Fraction]:
    """The measures of a unit; facilities are left out where no rule divides them."""
    teachers = school.teachers[stage]
    result = {
        STUDENTS: Fraction(school.students[stage]),
        ABOVE_DEGREE: Fraction(teachers.above_degree),
        BACKBONE: Fraction(teachers.backbone),
        PE_ARTS: Fraction(teachers.pe_arts),
    }
    share = share_of_facilities(school, stage)
    if share is not None:
        result |= {measure: share * Fraction(school.facilities[measure]) for measure in FACILITY_MEASURES}
    return result


def unit_truth(school: School, stage: str) -> UnitTruth:
    measures = measures_of(school, stage)
    students = school.students[stage]
    reason = scope_reason_of(school.kind, students)
    values: dict[str, Fraction] = {}
    statuses: dict[str, str] = {}
    if reason is None:
        values = {i.id: measures[i.measure] * i.per / students for i in INDICATORS}
        statuses = {i.id: status_of(values[i.id], i.threshold[stage]) for i in INDICATORS}
    return UnitTruth(school.school_id, stage, school.kind, measures, reason, values, statuses)


def truth_of(county: County) -> Truth:
    units = [
        unit_truth(school, stage)
        for school in county.schools
        for stage in STAGES_OF_KIND[school.kind]
        if stage in JUDGED_STAGES
    ]
    units.sort(key=lambda unit: (unit.school_id, unit.stage))
    balance = []
    for stage in sorted(JUDGED_STAGES):
        counted = [unit for unit in units if unit.stage == stage and unit.scope_reason is None]
        students = [unit.students for unit in counted]
        for indicator in sorted(INDICATORS, key=lambda i: i.id):
            amounts = [unit.measures[indicator.measure] for unit in counted]
            square = squared_cv(students, amounts)
            mean = None if square is None else sum(amounts) * indicator.per / sum(students)
            balance.append(BalanceTruth(stage, indicator.id, len(counted), sum(students), mean, square))
    return Truth(county.code, units, balance)


def write_truth(truth: Truth, folder: Path) -> None:
    """The five CSV files of part 1; fractions in lowest terms, empty where not applicable."""
    code, units = truth.county_code, truth.units
    write_csv(
        folder / "school_unit.csv",
        code,
        "county_code,school_id,stage,students,is_in_scope,scope_reason",
        ((u.school_id, u.stage, u.students, str(u.scope_reason is None).lower(), u.scope_reason or "") for u in units),
    )
    write_csv(
        folder / "measure.csv",
        code,
        "county_code,school_id,stage,measure_id,value",
        ((u.school_id, u.stage, m, u.measures[m]) for u in units for m in sorted(MEASURES) if m in u.measures),
    )
    write_csv(
        folder / "school_indicator.csv",
        code,
        "county_code,school_id,stage,indicator_id,numerator,denominator,value,status",
        (
            (u.school_id, u.stage, i.id, u.measures[i.measure], u.students, u.values[i.id], u.statuses[i.id])
            for u in units
            for i in sorted(INDICATORS, key=lambda i: i.id)
            if i.id in u.values
        ),
    )
    write_csv(
        folder / "school_compliance.csv",
        code,
        "county_code,school_id,stage,indicators_met,indicators_within_floor,indicators_below_floor,"
        "indicators_no_data,verdict,reasons",
        (
            (u.school_id, u.stage, *map(u.count, ("met", "within_floor", "below_floor", "no_data")), u.verdict, ";".join(u.reasons))
            for u in units
        ),
    )
    write_csv(
        folder / "county_balance.csv",
        code,
        "county_code,stage,indicator_id,school_units,students,mean,cv_squared,cv,cv_limit,status",
        (
            (b.stage, b.indicator_id, b.school_units, b.students, b.mean, b.cv_squared, b.cv, CV_LIMIT[b.stage], b.status)
            for b in truth.balance
        ),
    )


def write_csv(path: Path, county_code: str, header: str, rows) -> None:
    """Rows under `header`, the county code before each; None is an empty cell. Another county's rows stand already: they stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(header.split(","))
        writer.writerows((county_code, *("" if cell is None else cell for cell in row)) for row in rows)
