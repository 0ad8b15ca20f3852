"""The student-status system over HTTP: schools, campuses, classes, students.

Here: which key of an item is which column; everything else of an item (names,
id numbers, phones, addresses) is never taken out of the answer. Whether a table is
asked for whole or for what changed.
Not here: HTTP itself (pages.py) and what a mark is made of (marks.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from sources.conform import Block, conformed
from sources.connections import Patience, Service
from sources.declaration import DELTA, FULL, Context, Damage, Delivery, Table
from sources.marks import Reading, full_is_due
from sources.refusal import Misconfigured, Refusal, Unreachable
from sources.student_status.pages import SOURCE, Pages
from sources.student_status.tables import CAMPUSES, CLASSES, SCHOOLS, STUDENTS, TABLES

# Column to key of an item.
KEYS = {
    SCHOOLS.name: {
        "county_code": "county_code", "school_id": "学校标识码", "school_name": "学校名称",
        "education_type": "办学类型", "is_boarding": "寄宿制",
    },
    CAMPUSES.name: {
        "county_code": "county_code", "school_id": "学校标识码", "campus_id": "校区号", "campus_name": "校区名称",
    },
    CLASSES.name: {
        "county_code": "county_code", "school_id": "学校标识码", "class_id": "班号", "class_name": "班级名称",
        "grade": "年级", "is_teaching_point": "教学点标志",
    },
    STUDENTS.name: {
        "county_code": "county_code", "school_id": "学校标识码", "student_key": "全国学籍号", "class_id": "班号",
        "grade": "年级", "status": "学籍状态", "enrolled_month": "入学年月", "sex": "性别", "birth_month": "出生日期",
        "attendance": "就读方式", "left_behind": "是否留守儿童", "migrant_child": "是否进城务工人员随迁子女",
        "household_division": "户口所在地行政区划",
    },
}  # fmt: skip
MAY_BE_ABSENT = frozenset({"户口所在地行政区划"})  # what only a finding rests on


GONE = "is_deleted"  # an item that says so holds its key alone


def pull(settings: Service, context: Context, *, patience: Patience = Patience()) -> Iterator[Delivery]:
    """Yield one delivery a table, as of the date that the system states.

    A table with a mark is asked for what changed since; then for everything too where
    a full pull is due. Rows stream page by page and are to be walked in turn. Raises
    Unreachable when the system does not answer as agreed (ChangedMeanwhile when it speaks
    of another state at the end than at the beginning), Refusal when an item lacks a key
    that a column is read from, Misconfigured without a key for pseudonyms.
    """
    key = _key(context)
    with closing(Pages(settings, patience)) as pages:
        state = _State.of(pages)
        for table in TABLES:
            reading = state.reading(table, key)
            newest = state.marks.get(table.name)
            since = reading.moment(context.marks.get(table.name))
            if since and newest and _has_not_gone_back(since, newest):
                yield _delivery(pages, state, table, key, since=since, marks=(context.marks[table.name], reading.mark(newest)))
                if not full_is_due(context, state.as_of_date):
                    continue
            yield _delivery(pages, state, table, key, marks=(None, reading.mark(newest)))
        if not state.fits_together_with(_State.of(pages)):
            pages.changed_meanwhile()


def marks(settings: Service, context: Context, *, patience: Patience = Patience()) -> dict[str, str]:
    """How far each table could be read now, by one request; a table is absent where the
    system does not say. Raises as `pull` does."""
    key = _key(context)
    with closing(Pages(settings, patience)) as pages:
        state = _State.of(pages)
        return {table.name: state.reading(table, key).mark(state.marks[table.name]) for table in TABLES if table.name in state.marks}


@dataclass(frozen=True)
class _State:
    """What the system says of itself; `marks`: the moment of the newest change, by table."""

    as_of_date: date
    county_codes: tuple[str, ...]
    version: str
    instance: str
    address: str
    marks: dict[str, str]

    @classmethod
    def of(cls, pages: Pages) -> _State:
        stated = pages.state()
        counties = stated.get("county_codes")
        moments = stated.get("marks")
        return cls(
            _date(stated.get("as_of_date"), pages),
            tuple(code for code in counties if isinstance(code, str)) if isinstance(counties, list) else (),
            str(stated.get("version", "")),
            str(stated.get("instance", "")),
            pages.base,
            {name: moment for name, moment in moments.items() if _moment(moment)} if isinstance(moments, dict) else {},
        )

    def fits_together_with(self, other: _State) -> bool:
        """Whether tables read under both speak of one county on one day; a change of rows shows in the marks of the next pull."""
        return (self.as_of_date, self.county_codes, self.version) == (other.as_of_date, other.county_codes, other.version)

    @property
    def county_code(self) -> str | None:
        return self.county_codes[0] if len(self.county_codes) == 1 else None

    def reading(self, table: Table, key: bytes) -> Reading:
        return Reading.of(table, key, self.address, self.instance, *sorted(self.county_codes))


def _delivery(
    pages: Pages, state: _State, table: Table, key: bytes, *, marks: tuple[str | None, str | None], since: str | None = None
) -> Delivery:
    """Everything of a table, or what changed since a moment. `marks`: what was known, and what is known then."""
    damages: list[Damage] = []
    kind = DELTA if since else FULL
    # Nothing is newer: there is nothing to ask for. The day that the system states is news all the same.
    blocks = iter(()) if since and since == state.marks[table.name] else _blocks(pages, table, state.as_of_date.isoformat(), since)
    return Delivery(
        source=SOURCE,
        table=table,
        county_code=state.county_code,
        origin=pages.origin(table.name),
        rows=conformed(table, blocks, damages, key, kind),
        as_of_date=state.as_of_date,
        kind=kind,
        since=marks[0],
        mark=marks[1],
        damages=damages,
    )


def _blocks(pages: Pages, table: Table, as_of_date: str, since: str | None) -> Iterator[Block]:
    keys = KEYS[table.name]
    of_key = {column: key for column, key in keys.items() if column in table.key or column == "county_code"}
    for items in pages.items(table.name, as_of_date, since):
        gone = [item for item in items if item.get(GONE) is True]
        there = [item for item in items if item.get(GONE) is not True]
        if there:
            _check_keys(pages, table, keys, there)
            yield Block({column: _texts(there, key) for column, key in keys.items()}, len(there), sheet=table.name)
        if gone and since:
            _check_keys(pages, table, of_key, gone)
            columns = {column: _texts(gone, key) for column, key in of_key.items()}
            yield Block(columns, len(gone), sheet=table.name, is_deleted=True)


def _check_keys(pages: Pages, table: Table, keys: dict[str, str], items: list[dict]) -> None:
    absent = [key for key in keys.values() if key not in MAY_BE_ABSENT and not any(key in item for item in items)]
    if absent:
        raise Refusal(
            "missing_column", file=pages.origin(table.name), expected="、".join(f"「{key}」" for key in absent),
            found="该字段不存在 / no such field in any item",
            do_en="The interface has changed: ask the operator of the system which field took its place.",
            do_zh="接口字段已变化：请向系统管理方确认新的字段名。",
        )  # fmt: skip


def _key(context: Context) -> bytes:
    if context.pseudonym_key is None:
        raise Misconfigured(
            "The student-status source holds persons: set JUNHENG_PSEUDONYM_KEY. / 学籍数据含个人信息：请设置 JUNHENG_PSEUDONYM_KEY。"
        )
    return context.pseudonym_key


def _has_not_gone_back(since: str, newest: str) -> bool:
    """A system whose newest change is older than what was read before was restored: it is read whole."""
    known, now = _moment(since), _moment(newest)
    return known is not None and now is not None and now >= known


def _moment(text: object) -> datetime | None:
    """A moment with its zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _texts(items: list[dict], key: str) -> pa.Array:
    values = [item.get(key) for item in items]
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _date(text: object, pages: Pages) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise Unreachable(
            SOURCE,
            f"The student-status service ({pages.origin('state')}) does not state a date that its data speak of.",
            f"学籍服务（{pages.origin('state')}）未说明数据日期。",
        ) from None
