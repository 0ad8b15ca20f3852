"""The standard (教督〔2017〕6号), typed a second time on purpose.

Here: part 1, and the numbers of parts 2 to 4 that files and systems decide:
thresholds, floor, limits and split weights as exact fractions, for the plan and
the answer key. Not here: which ids there are (catalogue.py), and anything read from
the product's seeds: two independent copies are the point, a slip in one shows as a
difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sandbox.catalogue import ART_ROOMS, MUSIC_ROOMS

PRIMARY, JUNIOR, SENIOR = "primary", "junior", "senior"
JUDGED_STAGES = (PRIMARY, JUNIOR)

# The measures of part 1; the last four are facilities, counted for a whole school.
STUDENTS = "students"
ABOVE_DEGREE = "teachers_above_required_degree"
BACKBONE = "backbone_teachers"
PE_ARTS = "pe_arts_teachers"
TEACHING_AREA = "teaching_area_m2"
SPORTS_AREA = "sports_area_m2"
EQUIPMENT = "equipment_value_yuan"
MULTIMEDIA = "multimedia_classrooms"
PEOPLE_MEASURES = (ABOVE_DEGREE, BACKBONE, PE_ARTS)
FACILITY_MEASURES = (TEACHING_AREA, SPORTS_AREA, EQUIPMENT, MULTIMEDIA)
MEASURES = (STUDENTS, *PEOPLE_MEASURES, *FACILITY_MEASURES)


@dataclass(frozen=True)
class Indicator:
    """A ratio: `measure` / students * `per`, to be at least `threshold[stage]`."""

    id: str
    measure: str
    per: int
    threshold: dict[str, Fraction]

    def needed(self, stage: str, students: int) -> Fraction:
        """The amount of the measure that stands exactly on the threshold."""
        return self.threshold[stage] * students / self.per


def _indicator(id: str, measure: str, per: int, primary: str, junior: str) -> Indicator:
    return Indicator(id, measure, per, {PRIMARY: Fraction(primary), JUNIOR: Fraction(junior)})


INDICATORS = (
    _indicator("teachers_above_required_degree_per_100", ABOVE_DEGREE, 100, "4.2", "5.3"),
    _indicator("backbone_teachers_per_100", BACKBONE, 100, "1", "1"),
    _indicator("pe_arts_teachers_per_100", PE_ARTS, 100, "0.9", "0.9"),
    _indicator("teaching_area_per_student", TEACHING_AREA, 1, "4.5", "5.8"),
    _indicator("sports_area_per_student", SPORTS_AREA, 1, "7.5", "10.2"),
    _indicator("equipment_value_per_student", EQUIPMENT, 1, "2000", "2500"),
    _indicator("multimedia_classrooms_per_100", MULTIMEDIA, 100, "2.3", "2.4"),
)
INDICATOR_OF_MEASURE = {indicator.measure: indicator for indicator in INDICATORS}

FLOOR_SHARE = Fraction(85, 100)
MOST_NOT_MET = 1  # six of seven must be met, the other may stand between floor and threshold
CV_LIMIT = {PRIMARY: Fraction(1, 2), JUNIOR: Fraction(9, 20)}
SPLIT_WEIGHT = {PRIMARY: Fraction(1), JUNIOR: Fraction(11, 10), SENIOR: Fraction(132, 100)}
LEAST_STUDENTS_OF_A_POINT = 50

# The stages that a kind of school has; the senior stage is never judged.
STAGES_OF_KIND = {
    "primary_school": (PRIMARY,),
    "teaching_point": (PRIMARY,),
    "junior_school": (JUNIOR,),
    "nine_year_school": (PRIMARY, JUNIOR),
    "twelve_year_school": (PRIMARY, JUNIOR, SENIOR),
    "complete_secondary_school": (JUNIOR, SENIOR),
    "special_school": (PRIMARY, JUNIOR),
    "vocational_school": (JUNIOR,),
}
SPLIT_KINDS = ("nine_year_school", "twelve_year_school", "complete_secondary_school")


def status_of(value: Fraction, threshold: Fraction) -> str:
    """`met`, `within_floor` or `below_floor`; exactly on a line is on its upper side."""
    if value >= threshold:
        return "met"
    return "within_floor" if value >= FLOOR_SHARE * threshold else "below_floor"


def scope_reason_of(kind: str, students: int) -> str | None:
    """Why a unit is not judged in part 1; None when it is."""
    if kind == "special_school":
        return "special_education_school"
    if kind == "vocational_school":
        return "vocational_school"
    if kind == "teaching_point" and students < LEAST_STUDENTS_OF_A_POINT:
        return "teaching_point_under_50_students"
    return None if students else "no_students"


def squared_cv(students: list[int], amounts: list[Fraction]) -> Fraction | None:
    """CV^2 = P * sum(x_i^2 / P_i) / (sum x_i)^2 - 1, weighted by students; None when nothing is there."""
    total = sum(amounts, Fraction(0))
    if not students or total == 0:
        return None
    squares = sum((x * x / p for x, p in zip(amounts, students, strict=True)), Fraction(0))
    return sum(students) * squares / (total * total) - 1


# The yearly monitor of basic balance: eight measures per student, by their ids there, and the limit of the mean of their
# coefficients for a county that means to apply for the title.
BOOKS, COMPUTERS, FULL_TIME, MID_RANK = "books", "computers", "full_time_teachers", "mid_rank_teachers"
MONITOR_INDICATORS = {
    "teaching_area_per_student": (TEACHING_AREA, 1), "sports_area_per_student": (SPORTS_AREA, 1),
    "equipment_value_per_student": (EQUIPMENT, 1), "computers_per_100": (COMPUTERS, 100), "books_per_student": (BOOKS, 1),
    "teachers_per_student": (FULL_TIME, 1), "teachers_above_required_degree_per_student": (ABOVE_DEGREE, 1),
    "mid_rank_teachers_per_student": (MID_RANK, 1),
}  # fmt: skip
MONITOR_LIMIT = {PRIMARY: Fraction(60, 100), JUNIOR: Fraction(50, 100)}
MID_RANKS = ("正高级", "副高级", "中级", "高级教师", "一级教师", "中学高级教师", "小学高级教师")

# Parts 2 to 4. The numbers in brackets are those of the standard's own clauses.

# (2.3)
CLASSES_PER_ROOM = 12
ROOM_KINDS = {MUSIC_ROOMS: "音乐教室", ART_ROOMS: "美术教室"}
LEAST_ROOM_M2 = {MUSIC_ROOMS: Fraction(96), ART_ROOMS: Fraction(90)}
KINDS_WITH_MUSIC_AND_ART = ("primary_school", "junior_school", *SPLIT_KINDS)
# (2.4), (2.5)
MOST_STUDENTS = dict.fromkeys(STAGES_OF_KIND, 2000) | {"nine_year_school": 2500, "twelve_year_school": 2500}
MOST_IN_CLASS = {PRIMARY: 45, JUNIOR: 50}
# (2.6), and the baseline of (2.2): yuan a student by the fiscal year it holds from, newest first
FUNDED_AS = 100  # students, however few there are
_BASELINES = ((2023, {PRIMARY: 720, JUNIOR: 940}), (2020, {PRIMARY: 650, JUNIOR: 850}), (2016, {PRIMARY: 600, JUNIOR: 800}))
# (2.7)
SPECIAL_FUNDING = Fraction(8000)
# (2.8): average pay of teachers over that of civil servants
LEAST_PAY_RATIO = Fraction(1)
# (2.9): 360 hours
TRAINING_YEARS, TRAINING_HOURS_A_YEAR = 5, 72
# (2.11): percent of the eligible who rotate, percent of those who are backbone; who is eligible is set locally
LEAST_ROTATED, LEAST_BACKBONE_OF_ROTATED = Fraction(10), Fraction(20)
YEARS_BEFORE_ROTATION = 6
ROTATES_BELOW_AGE = {"女": 50, "男": 55}
DAYS_OF_A_NEW_SCHOOL_YEAR = 45  # in which the completed one still tells of rotation
# (2.9), (2.12): percent
ALL_OF_THEM = Fraction(100)
# certificate -> the highest stage it is good for; that of a kindergarten is good for none here
CERTIFICATE_STAGE = {"小学": PRIMARY, "初级中学": JUNIOR, "高级中学": SENIOR}
# (2.13), (2.14), (2.15): percent
LEAST_NEIGHBOURHOOD = {PRIMARY: Fraction(100), JUNIOR: Fraction(95)}
LEAST_ALLOCATED = Fraction(50)
LEAST_MIGRANT_CHILDREN = Fraction(85)
# (3.1), (3.2), (3.4), (4.1): percent, percent, share, percent
LEAST_RETENTION = Fraction(95)
LEAST_DISABLED_IN_SCHOOL = Fraction(95)
TRAINING_SHARE = Fraction(5, 100)
LEAST_SATISFIED = Fraction(85)
# (3.9): the lowest level of any subject; the highest rate must be below, strictly
LEAST_LEVEL, RATE_BELOW = 3, Fraction(15, 100)
MONITORING_YEARS = 3  # years for which a result may be used
# preconditions (Hebei): years since the county was recognised as basically balanced
YEARS_RECOGNISED = 3


def baseline(stage: str, fiscal_year: int) -> int:
    """Recurrent funding in yuan a student (centre and west); raises StopIteration before 2016."""
    return next(yuan[stage] for since, yuan in _BASELINES if since <= fiscal_year)


def is_running_cost(economic_code: str) -> bool:
    """公用经费: goods and services, and small capital; salaries and construction are not."""
    return economic_code.startswith(("302", "310"))


TEACHER_TRAINING_COST = "30216"
