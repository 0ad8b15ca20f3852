"""The standard (教督〔2017〕6号), typed a second time on purpose.

Here: part 1, and what the county's systems decide of parts 2 and 3: thresholds,
floor, limits and split weights as exact fractions, for the answer key alone. Not here: anything read from the product's seeds: two
independent copies are the point, a slip in one shows as a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

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


# Parts 2 and 3: what the county's systems decide. Ids, then numbers.
MUSIC_ART_ROOMS = "music_art_rooms"  # 2.3
MUSIC_ROOMS, ART_ROOMS = "music_rooms", "art_rooms"  # its components
SCHOOL_SIZE = "school_size"  # 2.4
CLASS_SIZE = "class_size"  # 2.5
SMALL_SCHOOL_FUNDING = "small_school_funding"  # 2.6
SPECIAL_ED_FUNDING = "special_ed_funding_per_student"  # 2.7
TRAINING_360H = "teacher_training_360h"  # 2.9
CERTIFICATION = "teacher_certification"  # 2.12
TRAINING_BUDGET = "teacher_training_budget_5pct"  # 3.4

CLASSES_PER_ROOM = 12
ROOM_KINDS = {MUSIC_ROOMS: "音乐教室", ART_ROOMS: "美术教室"}
LEAST_ROOM_M2 = {MUSIC_ROOMS: Fraction(96), ART_ROOMS: Fraction(90)}
KINDS_WITH_MUSIC_AND_ART = ("primary_school", "junior_school", *SPLIT_KINDS)
MOST_STUDENTS = dict.fromkeys(STAGES_OF_KIND, 2000) | {"nine_year_school": 2500, "twelve_year_school": 2500}
MOST_IN_CLASS = {PRIMARY: 45, JUNIOR: 50}
FUNDED_AS = 100  # students, however few there are
PRIMARY_BASELINE, BASELINE_SINCE = 720, 2023  # yuan a student, fiscal year; earlier amounts are not typed here
SPECIAL_FUNDING = Fraction(8000)
TRAINING_YEARS, TRAINING_HOURS_A_YEAR = 5, 72  # 360 hours
TRAINING_SHARE = Fraction(5, 100)
ALL_OF_THEM = Fraction(100)  # percent
# certificate -> the highest stage it is good for; that of a kindergarten is good for none here
CERTIFICATE_STAGE = {"小学": PRIMARY, "初级中学": JUNIOR, "高级中学": SENIOR}


def is_running_cost(economic_code: str) -> bool:
    """公用经费: goods and services, and small capital; salaries and construction are not."""
    return economic_code.startswith(("302", "310"))


TEACHER_TRAINING_COST = "30216"
