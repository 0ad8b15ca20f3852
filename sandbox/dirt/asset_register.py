"""Faults of asset cards, of the building and grounds ledger and of the room list (dictionary 7).

Here: rows of the three. Not here: files that are spoilt as a whole (sent_again.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from sandbox.dirt.cells import broken, spelled
from sandbox.dirt.ground import Ground
from sandbox.dirt.kind import QUARANTINED, READ_RIGHT, Fault, Kind
from sandbox.dirt.lines import Line
from sandbox.dirt.spellings import after_apostrophe, always, any_of, as_float, emptied, full_width, in_myriads, one_of, thousands, with_blanks

_SOURCE = "asset_register"
_CARDS, _BUILDINGS, _ROOMS = "asset_register.asset_cards", "asset_register.buildings", "asset_register.rooms"
# The same class in both generations of GB/T 14885.
_GENERATIONS = {
    "2010104": ("A02010105",), "A02010105": ("2010104",), "2410402": ("A02100301",), "2400301": ("A02100301",), "2320501": ("A02091102",),
    "A02091102": ("2320501",), "A02100301": ("2400301",), "2020900": ("A02020100",), "A02020100": ("2020900",),
}  # fmt: skip


def _counts(line: Line) -> bool:
    return line.get("use_status") in ("自用", "在用") and line.get("use_direction") == "教学" and line.get("original_value_yuan") not in ("", "1.00")


def _nominal(ground: Ground, rate: float) -> Iterator[Fault]:
    """A donated asset valued at one yuan, which another card is worth less."""
    rng = ground.random("nominal_value")
    for line in ground.take(_CARDS, rng, rate, where=_counts, is_careless=False):
        value = Decimal(line.get("original_value_yuan").replace(",", ""))
        if value <= 2:
            continue
        given = line.copied()
        given.put("card_id", f"{line.get('card_id')}-1")
        given.put("original_value_yuan", "1.00")
        given.put("quantity", "0")
        line.put("original_value_yuan", str(value - 1))
        ground.add(given)
        yield Fault(given, _CARDS, "original_value_yuan", schools=(line.school,))


def _disposal_not_posted(ground: Ground, rate: float) -> Iterator[Fault]:
    """Given up, and its card is still there."""
    rng = ground.random("disposal_not_posted")
    for line in ground.take(_CARDS, rng, rate, where=_counts, is_careless=False):
        given_up = line.copied()
        given_up.put("card_id", f"{line.get('card_id')}-0")
        given_up.put("use_status", ("待报废", "待处置", "报废")[int(rng.integers(3))])
        ground.add(given_up)
        yield Fault(given_up, _CARDS, "use_status", schools=(line.school,))


def _twice(ground: Ground, rate: float) -> Iterator[Fault]:
    """The same card under two codes of one school: after a merger both lists were put together."""
    rng = ground.random("asset_twice")
    codes = {school.school_id: school for school in ground.county.schools}

    def has_two_codes(line: Line) -> bool:
        school = codes.get(line.school)
        return school is not None and school.credit_code != "" and line.get("holder_code") == school.credit_code and _counts(line)

    for line in ground.take(_CARDS, rng, rate, where=has_two_codes, is_careless=False):
        again = line.copied()
        again.put("holder_code", codes[line.school].budget_unit_code)
        ground.add(again)
        yield Fault(again, _CARDS, "card_id", "asset_twice", schools=(line.school,))


def _same_again(name: str, zh: str, en: str, is_same: bool) -> Kind:
    """A card's row twice, or once more with another value."""

    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        rng = ground.random(name)
        for line in ground.take(_CARDS, rng, rate, where=_counts, is_careless=not is_same):
            again = line.copied()
            if not is_same:
                again.put("original_value_yuan", "4321.00" if line.get("original_value_yuan") != "4321.00" else "1234.00")
            ground.add(again)
            about = {"table": _CARDS, "column": "holder_code,card_id", "rule": "repeated_row" if is_same else "duplicate_key", "schools": (line.school,)}
            if not is_same:
                yield Fault(line, **about, is_hit=True)
            yield Fault(again, **about, is_hit=not is_same)

    return Kind(name, _SOURCE, "7", zh, en, QUARANTINED, 0.0005, plant)


KINDS = (
    spelled("class_of_another_generation", _CARDS, "class_code", one_of("class_code", _GENERATIONS), "两代分类代码混用", "both generations of class codes in one column", section="7", rate=0.002),
    spelled("value_with_thousands", _CARDS, "original_value_yuan", thousands("original_value_yuan"), "价值带千分位", "values with thousands separators", section="1", rate=0.002),
    spelled("value_in_full_width", _CARDS, "original_value_yuan", full_width("original_value_yuan"), "价值全角数字", "values in full-width digits", section="1", rate=0.002),
    spelled("value_in_myriads", _CARDS, "original_value_yuan", in_myriads("original_value_yuan"), "价值写成“12.3万”", "values such as 12.3万", section="1", rate=0.002),
    spelled("holder_after_apostrophe", _CARDS, "holder_code", after_apostrophe("holder_code"), "单位代码带撇号", "holder codes behind an apostrophe", section="1", rate=0.002),
    spelled("status_with_blanks", _CARDS, "use_status", with_blanks("use_status"), "使用状况前后有空格", "blanks around the use", section="1", rate=0.002),
    spelled("day_zero", _CARDS, "entered_on", always("1900-01-01"), "入账日期 1900-01-01", "entered on 1900-01-01", section="7", rate=0.002),
    spelled("dash_for_nothing", _CARDS, "entered_on", any_of("-", "—", "/", "无"), "无数据处写“-”“—”“/”“无”", "dashes where there is nothing", section="1, 8", rate=0.002),
    Kind("nominal_value", _SOURCE, "7", "名义金额 1.00", "nominal values of 1.00", READ_RIGHT, 0.002, _nominal),
    Kind("disposal_not_posted", _SOURCE, "7", "已处置而卡片未销", "a disposal that is not yet posted", READ_RIGHT, 0.002, _disposal_not_posted),
    Kind("asset_twice", _SOURCE, "7", "合并后同一资产两次登记", "the same asset twice after a merger", QUARANTINED, 0.002, _twice),
    _same_again("card_twice", "同一卡片重复一行", "the same card's row twice", True),
    _same_again("card_contradicts_itself", "同一卡片价值不同", "one card with two values", False),
    broken("value_that_is_none", _CARDS, "original_value_yuan", any_of("见附件", "约三万"), "not_a_number", "价值不是数字", "a value that is no number", section="1", rate=0.0005),
    broken("value_below_zero", _CARDS, "original_value_yuan", any_of("-500.00", "-12000.00"), "out_of_bounds", "价值为负", "a value below zero", section="1", rate=0.0005),
    broken("value_in_error", _CARDS, "original_value_yuan", any_of("#REF!", "#N/A"), "error_cell", "价值是公式错误", "a value in error", section="1", rate=0.0005),
    broken("value_not_filled", _CARDS, "original_value_yuan", emptied("original_value_yuan"), "missing_value", "价值未填", "a value not filled in", section="1", rate=0.0005),
    broken("holder_as_float", _CARDS, "holder_code", as_float("holder_code"), "damaged_id", "单位代码成了科学计数", "holder codes turned into floats", section="1", rate=0.0001),
    broken("holder_nobody_knows", _CARDS, "holder_code", lambda line, rng: f"2057{int(rng.integers(10_000, 99_999))}", "unknown_school", "持有单位查无此校", "a holder that leads nowhere", section="7", rate=0.0005),
    broken("unknown_use", _CARDS, "use_status", any_of("正常", "待查"), "unknown_code", "使用状况不在代码表", "a use that no list knows", section="7", rate=0.0005),
    broken("class_that_is_none", _CARDS, "class_code", any_of("计算机", "20101"), "bad_format", "分类代码不成代码", "a class that is no code", section="7", rate=0.0005),
    broken("entered_in_the_future", _CARDS, "entered_on", any_of("2099-01-01", "20981231"), "impossible_date", "入账日期在未来", "entered in the future", section="1", rate=0.0005),
    spelled("school_code_in_full_width", _BUILDINGS, "school_id", full_width("school_id"), "学校标识码全角", "school codes in full-width digits", section="1", rate=0.002),
    spelled("area_with_blanks", _BUILDINGS, "area_m2", with_blanks("area_m2"), "面积前后有空格", "blanks around an area", section="1", rate=0.002),
    broken("area_below_zero", _BUILDINGS, "area_m2", any_of("-120", "-35.5"), "out_of_bounds", "面积为负", "an area below zero", section="1", rate=0.002),
    broken("area_that_is_none", _BUILDINGS, "area_m2", any_of("约三百", "12x30"), "not_a_number", "面积不是数字", "an area that is no number", section="1", rate=0.002),
    broken("unknown_space", _BUILDINGS, "space_kind", any_of("多功能", "辅房"), "unknown_code", "用途类别不在代码表", "a space that no list knows", section="7", rate=0.002),
    broken("area_not_filled", _BUILDINGS, "area_m2", always(""), "missing_value", "面积未填", "an area not filled in", section="1", rate=0.002),
    spelled("yes_another_way", _ROOMS, "is_multimedia", one_of("is_multimedia", {"是": ("1", "有", "Y", "1-是"), "否": ("0", "无", "N", "0-否")}), "是/否写法不一", "yes and no written another way", section="3.3", rate=0.002),
    broken("neither_yes_nor_no", _ROOMS, "is_multimedia", any_of("部分", "待建"), "unknown_code", "既非是也非否", "neither yes nor no", section="7", rate=0.001),
    broken("room_of_no_school", _ROOMS, "school_id", any_of("2141999902", "3141999903"), "unknown_school", "教室所属学校查无此校", "a room of no school", section="2", rate=0.001),
    broken("school_code_cut", _ROOMS, "school_id", lambda line, rng: line.get("school_id")[:8], "bad_format", "学校标识码缺位", "a school code that lacks digits", section="2", rate=0.0001),
)  # fmt: skip
