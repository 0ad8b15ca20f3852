"""Faults of what is filed (dictionary 8, 9 and 11): the tidy file, the book of statistics, the county's form.

Here: figures that do not fit the records, and rows that say nothing. Not here: the records
(the other sources).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import numpy as np

from sandbox.dirt.books import Book, Page, Row
from sandbox.dirt.cells import broken, spelled
from sandbox.dirt.ground import Ground
from sandbox.dirt.kind import AGREEMENT, FILE_REFUSED, READ_RIGHT, SCHOOLS, Fault, Kind, Spot
from sandbox.dirt.lines import Line
from sandbox.dirt.spellings import any_of, full_width, thousands, with_blanks
from sandbox.places import MARK
from sandbox.standard import EQUIPMENT, TEACHING_AREA

_SOURCE, _MEASURES, _COUNTY = "declared", "declared.measures", "declared.county_measures"
_BOOK = "教育事业统计_*.xlsx"


def _is_count(line: Line) -> bool:
    return line.get("measure_id") in ("students", "backbone_teachers", "pe_arts_teachers", "teachers_above_required_degree")


def _filed_otherwise(name: str, measure: str, change: Callable[[Decimal], Decimal], finding: str, zh: str, en: str, section: str) -> Kind:
    """A school files another figure than its records come to: found by agreement, and no verdict moves, for records decide."""

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        rng = ground.random(name)
        rows = {line.school: line for line in ground.lines(_MEASURES) if line.get("measure_id") == measure and ground.is_free(line) and Decimal(line.get("value") or 0) > 0}
        for school in ground.schools(f"filed {measure}", rng, rate, where=lambda school: school.school_id in rows, is_careless=True):
            line = rows[school.school_id]
            line.put("value", format(change(Decimal(line.get("value"))), "f"))
            ground.spoil([line])
            ground.keep(f"filed {measure}", school.school_id, "asset_register.asset_cards", "asset_register.buildings")
            yield Fault(line, _MEASURES, "value", finding, measure, (school.school_id,), is_hit=True)

    return Kind(name, _SOURCE, section, zh, en, AGREEMENT, 0.01, plant, SCHOOLS)


def _evened_out(ground: Ground, rate: float) -> Iterator[Fault]:
    """Form and roll differ by two in how many classes are above the limit: they are filed in a band on its other side."""
    (path,) = ground.files(_SOURCE, _BOOK)
    book = ground.book(path)
    page = next(page for page in book.pages if page.name.startswith("教基2107"))
    counts = {str(row.cell(0)): row for row in page.rows}
    school = _school_of_the_book(book)
    over = max(("51-55人", "56-60人", "61-65人", "66人及以上"), key=lambda band: float(counts[band].cell(2)))
    under = "46-50人"
    if float(counts[over].cell(2)) < 2:  # none is above it: two that are not are filed as if they were
        over, under = max(("31-35人", "36-40人", "41-45人", "46-50人"), key=lambda band: float(counts[band].cell(2))), "51-55人"
    if float(counts[over].cell(2)) < 2:
        return
    ground.keep("students", school, "student_status.students")
    counts[over].put(2, float(counts[over].cell(2)) - 2)
    counts[under].put(2, float(counts[under].cell(2)) + 2)
    yield Fault(Spot(ground.name_of(path), page.name), _MEASURES, "value", "evened_out_on_form", "classes_over_limit", (school,), is_hit=True)


def _school_of_the_book(book: Book) -> str:
    return next(str(row.cell(1)) for row in book.page.rows if row.cell(0) == "学校标识码")


def _rows_moved(ground: Ground, rate: float) -> Iterator[Fault]:
    """Another year's book: rows above the header, so that no cell stands where it stood."""
    (path,) = ground.files(_SOURCE, _BOOK)
    book = ground.book(path)
    for page in book.pages[1:]:
        page.insert(2, ["填报单位(盖章)：模拟学校"])
        page.insert(3, [])
    yield Fault(Spot(ground.name_of(path)), _MEASURES, "value", schools=(_school_of_the_book(book),))


def _arts_without_subtotal(ground: Ground, rate: float) -> Iterator[Fault]:
    """Music and arts in columns of their own: their subtotal is not there, and the parts are taken."""
    (path,) = ground.files(_SOURCE, _BOOK)
    book = ground.book(path)
    for page in (page for page in book.pages if page.name.startswith("教基4155")):
        top = page.rows[page.header("指标名称")]
        under = page.rows[page.header("指标名称") + 1]
        place = [str(cell) for cell in under].index("小计")
        page.merges = [merge for merge in page.merges if not merge[1] == place]
        top[place] = ""
        for row in page.rows:
            if len(row) > place:
                del row[place]
        top[place], top[place + 1] = "艺术", ""
        page.merges.append((top, place, top, place + 1))
        yield Fault(Spot(ground.name_of(path), page.name), _MEASURES, "value", schools=(_school_of_the_book(book),))


def _languages(ground: Ground, rate: float) -> Iterator[Fault]:
    """A subtotal of foreign languages beside English: no column of its own for anybody."""
    (path,) = ground.files(_SOURCE, _BOOK)
    book = ground.book(path)
    for page in (page for page in book.pages if page.name.startswith("教基4156")):
        first = page.header("指标名称")
        top, under = page.rows[first], page.rows[first + 1]
        place = max(len(top), len(under))
        for cells, row in ((("外语", "", ""), top), (("小计", "英语", "日语"), under)):
            row.extend([""] * (place - len(row)))
            row.extend(cells)
        page.merges.append((top, place, top, place + 2))
        for row in page.rows[first + 2 :]:
            row.extend([""] * (place - len(row)))
            row.extend((3, 3, 0) if row.cell(0) == "总计" else ("-", "-", "-"))
        yield Fault(Spot(ground.name_of(path), page.name), _MEASURES, "value", schools=(_school_of_the_book(book),))


def _bad_book(name: str, rule: str, zh: str, en: str, spoil: Callable[[list[Page]], None]) -> Kind:
    """The book sent once more and not as its forms are: refused, and the good one stands."""

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        (path,) = ground.files(_SOURCE, _BOOK)
        good = ground.book(path)
        pages = [Page(page.name, [Row(row) for row in page.rows]) for page in good.pages if page.name.startswith(("教基1001", "教基3112"))]
        spoil(pages)
        bad = Book(path.with_name(f"教育事业统计_{name}_{MARK}_{ground.county.as_of.year}.xlsx"), pages)
        bad.save(ground.county.as_of)
        yield Fault(Spot(ground.name_of(bad.path)), _MEASURES, rule=rule, schools=(_school_of_the_book(good),))

    return Kind(name, _SOURCE, "8", zh, en, FILE_REFUSED, 0.01, plant, SCHOOLS)


def _without_label(pages: list[Page]) -> None:
    page = next(page for page in pages if page.name.startswith("教基3112"))
    for row in page.rows:
        row[:] = ["在校人数（旧）" if cell == "在校生数" else cell for cell in row]


def _of_another_form(pages: list[Page]) -> None:
    page = next(page for page in pages if page.name.startswith("教基3112"))
    page.rows[0][0] = f"初中分类型学生数（{MARK}）2025年"


def _more(value: Decimal) -> Decimal:
    return value + Decimal(500)


KINDS = (
    _filed_otherwise("area_raised_by_round_number", TEACHING_AREA, _more, "raised_by_round_number", "填报面积多出整数", "an area raised by a round number", "11"),
    _filed_otherwise("equipment_in_another_unit", EQUIPMENT, lambda value: value / 10_000, "other_unit", "设备值按万元填进元", "equipment in 万元 where 元 is meant", "1"),
    _filed_otherwise("equipment_bought_and_returned", EQUIPMENT, lambda value: value + Decimal("87654.32") + value / 5, "", "设备买进又退，填报含而卡片无", "equipment bought, filed and returned", "11"),
    Kind("classes_evened_out", _SOURCE, "11", "报表把超额班拉平", "classes evened out on the form", AGREEMENT, 0.01, _evened_out, SCHOOLS),
    Kind("another_years_positions", _SOURCE, "8", "报表单元格位置变动", "cells of a form in other places", READ_RIGHT, 0.01, _rows_moved, SCHOOLS),
    Kind("arts_without_subtotal", _SOURCE, "8", "艺术无小计，只有音乐、美术", "music and arts without their subtotal", READ_RIGHT, 0.01, _arts_without_subtotal, SCHOOLS),
    Kind("languages_with_subtotal", _SOURCE, "8", "外语小计与英语并列", "foreign languages as a subtotal beside English", READ_RIGHT, 0.01, _languages, SCHOOLS),
    _bad_book("form_without_a_label", "unknown_label", "报表缺少必要的行列名", "a form without a needed label", _without_label),
    _bad_book("form_of_another_number", "shifted_form", "表号与标题不符", "a form whose title is another's", _of_another_form),
    spelled("figure_in_full_width", _MEASURES, "value", full_width("value"), "数值全角", "figures in full-width digits", section="1", rate=0.004),
    spelled("figure_with_thousands", _MEASURES, "value", thousands("value"), "数值带千分位", "figures with thousands separators", section="1", rate=0.004),
    spelled("stage_with_blanks", _MEASURES, "school_id", with_blanks("school_id"), "学校标识码前后有空格", "blanks around school codes", section="1", rate=0.004),
    broken("measure_nobody_knows", _MEASURES, "measure_id", lambda line, rng: f"pupils_{int(rng.integers(10**6))}", "unknown_measure", "指标项不在目录", "a measure that no catalogue knows", section="9", rate=0.002),
    broken("half_a_person", _MEASURES, "value", lambda line, rng: f"{line.get('value')}.5" if _is_count(line) and "." not in line.get("value") else None, "not_a_whole_number", "人数带小数", "half a person", section="9", rate=0.002),
    broken("figure_below_zero", _MEASURES, "value", lambda line, rng: f"-{line.get('value')}" if Decimal(line.get("value") or 0) > 0 else None, "out_of_bounds", "填报数为负", "a figure below zero", section="9", rate=0.002),
    broken("figure_that_is_none", _MEASURES, "value", any_of("待统计", "见附表"), "not_a_number", "填报数不是数字", "a figure that is no number", section="9", rate=0.002),
    broken("stage_nobody_knows", _MEASURES, "stage", lambda line, rng: f"middle{int(rng.integers(10**6))}", "bad_format", "学段写错", "a stage that is none", section="9", rate=0.002),
    broken("county_measure_nobody_knows", _COUNTY, "measure_id", lambda line, rng: f"quota_{int(rng.integers(10**6))}", "unknown_measure", "县级指标项不在目录", "a county measure that no catalogue knows", section="9", rate=0.002),
)  # fmt: skip
