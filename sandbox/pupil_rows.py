"""Who the pupils are: one row a pupil on the roll of a school, as numbers and codes.

Here: rows that add up to the plan, and those that must not count (on leave,
transferred out, graduated). Not here: how a clerk writes them (pupils.py), and
what becomes of them on later days (pupil_changes.py, school_year.py).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sandbox import codes, names
from sandbox.classes import SchoolClass
from sandbox.plan import County

IN_SCHOOL, ON_LEAVE, TRANSFERRED, GRADUATED = range(4)
_DAY = 86_400
_ZONE = 8 * 3600  # Asia/Shanghai, no summer time


@dataclass
class Persons:
    """Arrays of equal length, one entry a person; `is_known`: has an identity number already."""

    identity: np.ndarray
    number: np.ndarray  # 学籍号, the same for life
    is_known: np.ndarray
    birth: np.ndarray  # datetime64[D]
    name: np.ndarray
    phone: np.ndarray


@dataclass
class Pupils:
    """Arrays of equal length, one entry a row of a roll: a person in a school.

    `school` is a place in the plan, `person` one in `persons`, `entered` the
    calendar year in which the stage was entered, `touched` seconds since 1970.
    """

    persons: Persons
    school: np.ndarray
    grade: np.ndarray  # 1-12
    number: np.ndarray  # of the class in its grade
    is_at_point: np.ndarray
    entered: np.ndarray
    status: np.ndarray
    person: np.ndarray
    boards: np.ndarray
    left_behind: np.ndarray  # 0-2
    migrant: np.ndarray
    address: np.ndarray
    touched: np.ndarray

    def __len__(self) -> int:
        return len(self.school)

    def columns(self) -> dict[str, np.ndarray]:
        return {column.name: getattr(self, column.name) for column in fields(self)[1:]}

    def classes(self) -> tuple[list[tuple[int, int, int, bool, int]], np.ndarray]:
        """The classes of each year of entry that the rows name, and which of them each row names.

        A class is (place of the school, grade, number, whether it is of the point, year of entry).
        """
        parts = (self.school, self.grade, self.number, self.is_at_point.astype(int), self.entered)
        spans = [int(part.max()) + 1 for part in parts]
        key, place = np.unique(np.ravel_multi_index(parts, spans), return_inverse=True)
        unique = zip(*(part.tolist() for part in np.unravel_index(key, spans)), strict=True)
        return [(school, grade, number, bool(at_point), entered) for school, grade, number, at_point, entered in unique], place

    def classes_by_school(self, schools: int) -> list[list[SchoolClass]]:
        """The classes with anybody in school, in the order of the plan."""
        classes, place = self.classes()
        sizes = np.bincount(place[self.status == IN_SCHOOL], minlength=len(classes)).tolist()
        heads: dict[tuple[int, int, int, bool], int] = {}
        for (*about, _), size in zip(classes, sizes, strict=True):
            heads[tuple(about)] = heads.get(tuple(about), 0) + size
        result: list[list[SchoolClass]] = [[] for _ in range(schools)]
        for (school, grade, number, at_point), size in heads.items():
            if size:
                result[school].append(SchoolClass(stage_of_grade(grade), grade, number, size, at_point))
        return result


def stage_of_grade(grade: int) -> str:
    return "primary" if grade <= 6 else "junior" if grade <= 9 else "senior"


def pupils_of(county: County) -> Pupils:
    """Every row of every roll on the first day, in the order of the plan."""
    rng = county.random("pupils")
    groups = [(place, group) for place, school in enumerate(county.schools) for group in school.classes]
    group_school = np.array([place for place, _ in groups])
    group_grade = np.array([group.grade for _, group in groups])
    group, status, person = _rows(groups, group_school, group_grade, rng)
    grade, school = group_grade[group], group_school[group]
    person_grade = np.zeros(person.max() + 1, dtype=int)
    person_grade[person] = grade
    birth = birth_days(county.calendar.school_year, person_grade, rng)
    identity = codes.identity_numbers(birth, codes.area(codes.STUDENT_AREA, county.code))
    letter, number = _student_numbers(identity)
    touched = _touched(county, len(person), rng)
    # the order of the draws is that of the columns of the roll
    name = as_texts(names.person_names(len(birth), rng))
    boards = rng.random(len(grade)) < 0.15
    left_behind = rng.choice(3, size=len(grade), p=[0.88, 0.08, 0.04])
    migrant = rng.random(len(grade)) < 0.06
    phone = as_texts(names.phone_numbers(len(birth), rng))
    township = np.array([school.township for school in county.schools])[school]
    return Pupils(
        persons=Persons(identity, number, letter != "J", birth, name, phone),
        school=school,
        grade=grade,
        number=np.array([group.number for _, group in groups])[group],
        is_at_point=np.array([group.is_of_point for _, group in groups])[group],
        entered=entry_year(county.calendar.school_year, grade),
        status=status,
        person=person,
        boards=boards,
        left_behind=left_behind,
        migrant=migrant,
        address=as_texts(names.addresses(township, rng)),
        touched=touched,
    )


def entry_year(school_year: int, grade: np.ndarray) -> np.ndarray:
    """Calendar year in which a pupil of that grade came into the stage."""
    return school_year - (grade - np.select([grade <= 6, grade <= 9], [1, 7], 10))


def as_texts(values) -> np.ndarray:
    """An Arrow array of texts as objects, which can be taken and joined."""
    return values.to_numpy(zero_copy_only=False).astype(object)


def birth_days(school_year: int, grade: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Six years old on the 31 August before the first grade, at most a year older."""
    years = school_year - 5 - grade
    last = np.array([f"{year}-08-31" for year in range(years.min(), years.max() + 1)], dtype="datetime64[D]")
    return last[years - years.min()] - rng.integers(0, 365, size=len(grade))


def seconds_at(day, hour: int) -> int:
    """Seconds since 1970 of an hour of a day in the county."""
    return int(np.datetime64(day, "s").astype(int)) - _ZONE + hour * 3600


def local_time(seconds: np.ndarray) -> np.ndarray:
    """The county's clock, as ISO text without the zone."""
    return (seconds + _ZONE).astype("datetime64[s]").astype(str)


def _student_numbers(identity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The letter and the whole 学籍号: G with the id, few J (no id yet) and L (temporary)."""
    turn = np.arange(len(identity)) % 331
    letter = np.select([turn == 7, turn == 8], ["L", "J"], "G")
    temporary = np.char.add(identity.astype("U17"), "0")
    return letter, np.char.add(letter, np.where(letter == "L", temporary, identity))


def _rows(
    groups: list[tuple[int, SchoolClass]], group_school: np.ndarray, group_grade: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Class, status and person of every row: those in school as planned, then the rows that no count may take."""
    sizes = np.array([group.size for _, group in groups])
    counted = np.repeat(np.arange(len(groups)), sizes)
    leavers = np.isin(group_grade, (6, 9, 12))
    extra_group, extra_status = [], []
    for status, share, among in (
        (ON_LEAVE, 0.004, sizes > 0),
        (TRANSFERRED, 0.008, sizes > 0),
        (GRADUATED, 0.06, leavers),
    ):
        chosen = np.repeat(np.arange(len(groups)), rng.binomial(sizes * among, share))
        extra_group.append(chosen)
        extra_status.append(np.full(len(chosen), status))
    # a student who moved within the county is on two rolls: gone here, in school there
    movers = rng.choice(len(counted), size=max(1, len(counted) // 250), replace=False)
    old_group = _a_class_elsewhere(counted[movers], group_school, group_grade, rng)
    movers, old_group = movers[old_group >= 0], old_group[old_group >= 0]

    group = np.concatenate([counted, *extra_group, old_group])
    status = np.concatenate([np.full(len(counted), IN_SCHOOL), *extra_status, np.full(len(movers), TRANSFERRED)])
    alone = len(group) - len(movers)
    return group, status, np.concatenate([np.arange(alone), movers])


def _a_class_elsewhere(
    group: np.ndarray, group_school: np.ndarray, group_grade: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """For each class another one of its grade in another school, -1 where chance gave the same school."""
    result = np.full(len(group), -1)
    for grade in np.unique(group_grade[group]):
        here = group_grade[group] == grade
        result[here] = rng.choice(np.flatnonzero(group_grade == grade), size=here.sum())
    return np.where(group_school[result] == group_school[group], -1, result)


def _touched(county: County, count: int, rng: np.random.Generator) -> np.ndarray:
    """When a row was last touched: three in a hundred in the last two days."""
    recent = rng.random(count) < 0.03
    ago = np.where(recent, rng.integers(0, 2 * _DAY, size=count), rng.integers(5 * _DAY, 90 * _DAY, size=count))
    return seconds_at(county.as_of, 0) - ago
