"""Part 1 in fractions, written again for the tests: what the published numbers must be.

Here: thresholds typed by hand, the school rule, the weighted coefficient of variation.
Not here: anything of the project's SQL or seeds.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

PER_100 = ("teachers_above_required_degree", "backbone_teachers", "pe_arts_teachers", "multimedia_classrooms")
FACILITIES = ("teaching_area_m2", "sports_area_m2", "equipment_value_yuan", "multimedia_classrooms")
INDICATOR = {
    "teachers_above_required_degree": "teachers_above_required_degree_per_100",
    "backbone_teachers": "backbone_teachers_per_100",
    "pe_arts_teachers": "pe_arts_teachers_per_100",
    "teaching_area_m2": "teaching_area_per_student",
    "sports_area_m2": "sports_area_per_student",
    "equipment_value_yuan": "equipment_value_per_student",
    "multimedia_classrooms": "multimedia_classrooms_per_100",
}
THRESHOLD = {
    "primary": dict(zip(INDICATOR, map(Fraction, ("4.2", "1", "0.9", "4.5", "7.5", "2000", "2.3")), strict=True)),
    "junior": dict(zip(INDICATOR, map(Fraction, ("5.3", "1", "0.9", "5.8", "10.2", "2500", "2.4")), strict=True)),
}
CV_LIMIT = {"primary": Fraction("0.5"), "junior": Fraction("0.45")}
FLOOR = Fraction("0.85")
WEIGHTS = {
    "nine_year_school": {"primary": Fraction(1), "junior": Fraction("1.1")},
    "complete_secondary_school": {"junior": Fraction(1), "senior": Fraction("1.2")},
    "twelve_year_school": {"primary": Fraction(1), "junior": Fraction("1.1"), "senior": Fraction("1.32")},
}


def per(measure: str) -> int:
    return 100 if measure in PER_100 else 1


def status(measure: str, stage: str, amount: Fraction | None, students: int | None) -> str:
    if amount is None or not students:
        return "no_data"
    value, threshold = amount * per(measure) / students, THRESHOLD[stage][measure]
    return "met" if value >= threshold else "within_floor" if value >= FLOOR * threshold else "below_floor"


def verdict(statuses: list[str]) -> str:
    short = statuses.count("within_floor") + statuses.count("below_floor")
    if "below_floor" in statuses or short > 1:
        return "fail"
    return "undecided" if "no_data" in statuses else "pass"


def share(school_type: str, stage: str, students: dict[str, int]) -> Fraction:
    """Part of a whole school's facilities that a stage has."""
    weights = WEIGHTS[school_type]
    return weights[stage] * students[stage] / sum(weight * students[s] for s, weight in weights.items())


def cv_squared(students: list[int], amounts: list[Fraction]) -> Fraction:
    """sum(P_i/P * (x_i/P_i - X)^2) / X^2."""
    heads, total = sum(students), sum(amounts, Fraction(0))
    mean = total / heads
    return sum(Fraction(p, heads) * (x / p - mean) ** 2 for p, x in zip(students, amounts, strict=True)) / mean**2


def root(square: Fraction) -> float:
    with localcontext() as context:
        context.prec = 60
        return float((Decimal(square.numerator) / Decimal(square.denominator)).sqrt())


def close(found: float, exact: Fraction | float) -> bool:
    """Within 1e-12, relative; zero is exactly zero."""
    exact = Fraction(exact)
    return found == 0 if exact == 0 else abs(Fraction(found) / exact - 1) < Fraction(1, 10**12)
