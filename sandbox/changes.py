"""What changed in a moving county: the kinds of change, one day's changes, the list of all.

Here: noting a change together with the planned number that it moves, so that the
list explains every difference between two days. Not here: when and where something
changes (the *_changes modules).
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np

from sandbox.plan import County, School
from sandbox.standard import ABOVE_DEGREE, BACKBONE, COMPUTERS, PE_ARTS, STUDENTS

FULL_TIME = "full_time_teachers"
WHOLE = "whole"

# kind -> what happened, in both languages
KINDS = {
    "pupil_moved": ("学生在县内转学", "pupils moved between schools of the county"),
    "pupil_left": ("学生转出本县", "pupils left the county"),
    "pupil_arrived": ("学生从县外转入", "pupils came from outside the county"),
    "pupil_on_leave": ("学生休学", "pupils went on leave"),
    "pupil_returned": ("休学学生复学", "pupils came back from leave"),
    "pupil_graduated": ("学生毕业离校或升入本校上一学段", "pupils finished the stage"),
    "pupil_entered": ("新生入学", "a new year of pupils entered the stage"),
    "teacher_retired": ("教师月末退休", "teachers retired at the end of the month"),
    "teacher_hired": ("招聘教师", "teachers were hired"),
    "teacher_rotated": ("教师交流轮岗", "teachers rotated to another school"),
    "degree_finished": ("教师学历达到规定以上", "teachers finished a degree above the required one"),
    "title_received": ("教师获得县级以上骨干称号", "teachers received a backbone title"),
    "title_ended": ("骨干称号期满", "backbone titles came to their end"),
    "illness_ended": ("病休教师返岗", "teachers came back from sick leave"),
    "training_booked": ("培训学时登记", "training hours were booked"),
    "lessons_given_out": ("新学期任课登记", "lessons of a new term were given out"),
    "pay_booked": ("上年工资结算入库", "the pay of the past year was booked"),
    "equipment_bought": ("购置教学设备", "teaching equipment was bought"),
    "building_added": ("新建校舍或运动场地", "a building or ground was added"),
    "room_equipped": ("建成多媒体教室", "multimedia rooms were equipped"),
    "music_art_room_built": ("建成音乐、美术专用教室", "a music or art room was built"),
    "school_merged": ("学校合并", "a school was merged into another"),
    "school_renamed": ("学校更名", "a school was renamed"),
    "opening_postponed": ("新建学校推迟启用", "the opening of a new school was put off"),
    "form_corrected": ("填报数据更正", "a filed figure was corrected"),
    "book_sent_again": ("教育事业统计更正后重报", "the book of statistics was sent again, corrected"),
    "forms_filed": ("新学年统计填报", "the forms of a new school year were filed"),
    "budget_made": ("新年度预算下达", "the budget of a new year was made"),
}
HEADERS = ("county_code", "date", "kind", "school_id", "stage", "measure_id", "before", "after", "what_zh", "what_en")


@dataclass(frozen=True)
class Change:
    """One number of one school and stage that moved; for the whole county `school_id` is empty.

    `measure_id` is empty where no number says it.
    """

    county_code: str
    day: date
    kind: str
    school_id: str
    stage: str
    measure_id: str
    before: Decimal | int | None
    after: Decimal | int | None
    what_zh: str
    what_en: str


@dataclass
class Day:
    """One day of a moving county. What happens is applied to the plan and noted in one step."""

    county: County
    day: date
    changes: list[Change] = field(default_factory=list)

    def random(self, room: str) -> np.random.Generator:
        """A stream of its own for each kind of change and day: other days and kinds leave it alone."""
        return np.random.default_rng([self.county.seed, self.day.toordinal(), zlib.crc32(room.encode())])

    @property
    def is_last_of_month(self) -> bool:
        return date.fromordinal(self.day.toordinal() + 1).day == 1

    def note(
        self, kind: str, school: School | None = None, stage: str = "", measure: str = "",
        before: Decimal | int | None = None, after: Decimal | int | None = None, detail_zh: str = "", detail_en: str = "",
    ) -> None:  # fmt: skip
        """Note a change; the details stand behind what its kind says."""
        zh, en = KINDS[kind]
        code = school.school_id if school else ""
        more_zh, more_en = f"：{detail_zh}" if detail_zh else "", f": {detail_en}" if detail_en else ""
        self.changes.append(Change(self.county.code, self.day, kind, code, stage, measure, before, after, zh + more_zh, en + more_en))

    def move_students(self, kind: str, place: int, stage: str, by: int) -> None:
        school = self.county.schools[place]
        before = school.students[stage]
        if by:
            school.students[stage] = before + by
            self.note(kind, school, stage, STUDENTS, before, before + by)

    def move_teachers(
        self, kind: str, place: int, stage: str, *, full_time: int = 0, above_degree: int = 0, backbone: int = 0, pe_arts: int = 0
    ) -> None:
        """Add to, or take from, the counted teachers of a stage of a school."""
        school = self.county.schools[place]
        old = school.teachers[stage]
        new = replace(
            old, full_time=old.full_time + full_time, above_degree=old.above_degree + above_degree,
            backbone=old.backbone + backbone, pe_arts=old.pe_arts + pe_arts,
        )  # fmt: skip
        school.teachers[stage] = new
        for measure, name in ((FULL_TIME, "full_time"), (ABOVE_DEGREE, "above_degree"), (BACKBONE, "backbone"), (PE_ARTS, "pe_arts")):
            before, after = getattr(old, name), getattr(new, name)
            if before != after:
                self.note(kind, school, stage, measure, before, after)

    def move_computers(self, kind: str, place: int, by: int) -> None:
        school = self.county.schools[place]
        if by:
            school.computers += by
            self.note(kind, school, WHOLE, COMPUTERS, school.computers - by, school.computers)

    def move_facility(self, kind: str, place: int, measure: str, by: Decimal) -> None:
        """Add to what the whole school has."""
        school = self.county.schools[place]
        before = school.facilities[measure]
        if by:
            school.facilities[measure] = before + by
            self.note(kind, school, WHOLE, measure, before, before + by)


def write_changes(changes: Iterable[Change], path: Path) -> None:
    """Append to the list, in the order in which it happened; a new list gets its heading."""
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(HEADERS)
        writer.writerows(
            (
                change.county_code, change.day.isoformat(), change.kind, change.school_id, change.stage, change.measure_id,
                _shown(change.before), _shown(change.after), change.what_zh, change.what_en,
            )  # fmt: skip
            for change in changes
        )


def _shown(amount: Decimal | int | None) -> str:
    return "" if amount is None else f"{amount:f}" if isinstance(amount, Decimal) else str(amount)
