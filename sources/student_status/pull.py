"""The student-status system over HTTP: schools, campuses, classes, students.

Here: which key of an item is which column; everything else of an item (names,
id numbers, phones, addresses) is never taken out of the answer.
Not here: HTTP itself (pages.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa

from sources.conform import Block, conformed
from sources.connections import Patience, Service
from sources.declaration import Context, Damage, Delivery, Table
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
    },
}  # fmt: skip


def pull(settings: Service, context: Context, *, patience: Patience = Patience()) -> Iterator[Delivery]:
    """Yield one delivery a table, as of the date that the system states.

    Rows stream page by page and are to be walked in turn. Raises Unreachable
    when the system does not answer as agreed (ChangedMeanwhile when it speaks of
    another state at the end than at the beginning), Refusal when an item lacks a key
    that a column is read from, Misconfigured without a key for pseudonyms.
    """
    if context.pseudonym_key is None:
        raise Misconfigured(
            "The student-status source holds persons: set JUNHENG_PSEUDONYM_KEY. / 学籍数据含个人信息：请设置 JUNHENG_PSEUDONYM_KEY。"
        )
    pages = Pages(settings, patience)
    try:
        stated = pages.state()
        as_of_date = _date(stated.get("as_of_date"), pages)
        counties = stated.get("county_codes") or []
        county_code = counties[0] if len(counties) == 1 and isinstance(counties[0], str) else None
        for table in TABLES:
            damages: list[Damage] = []
            blocks = _blocks(pages, table, as_of_date.isoformat())
            yield Delivery(
                source=SOURCE,
                table=table,
                county_code=county_code,
                origin=pages.origin(table.name),
                rows=conformed(table, blocks, damages, context.pseudonym_key),
                as_of_date=as_of_date,
                damages=damages,
            )
        if _about(pages.state()) != _about(stated):
            pages.changed_meanwhile()
    finally:
        pages.close()


def _about(stated: dict) -> tuple:
    """What must be the same before and after a pull for its tables to fit together."""
    return tuple(stated.get(name) for name in ("as_of_date", "county_codes", "version"))


def _blocks(pages: Pages, table: Table, as_of_date: str) -> Iterator[Block]:
    keys = KEYS[table.name]
    for items in pages.items(table.name, as_of_date):
        absent = [key for key in keys.values() if not any(key in item for item in items)]
        if absent:
            raise Refusal(
                "missing_column", file=pages.origin(table.name), expected="、".join(f"「{key}」" for key in absent),
                found="该字段不存在 / no such field in any item",
                do_en="The interface has changed: ask the operator of the system which field took its place.",
                do_zh="接口字段已变化：请向系统管理方确认新的字段名。",
            )  # fmt: skip
        yield Block({column: _texts(items, key) for column, key in keys.items()}, len(items), sheet=table.name)


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
