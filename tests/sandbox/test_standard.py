"""The sandbox's own copy of the standard, and the arithmetic of codes, against published cases."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import codes
from sandbox.standard import (
    CV_LIMIT, FLOOR_SHARE, INDICATOR_OF_MEASURE, INDICATORS, SPLIT_WEIGHT, scope_reason_of, squared_cv, status_of,
)  # fmt: skip
from sandbox.truth import square_root


def test_thresholds_and_floors_as_printed():
    printed = {
        "teachers_above_required_degree_per_100": ("4.2", "5.3", "3.57", "4.505"),
        "backbone_teachers_per_100": ("1", "1", "0.85", "0.85"),
        "pe_arts_teachers_per_100": ("0.9", "0.9", "0.765", "0.765"),
        "teaching_area_per_student": ("4.5", "5.8", "3.825", "4.93"),
        "sports_area_per_student": ("7.5", "10.2", "6.375", "8.67"),
        "equipment_value_per_student": ("2000", "2500", "1700", "2125"),
        "multimedia_classrooms_per_100": ("2.3", "2.4", "1.955", "2.04"),
    }
    ours = {
        i.id: tuple(i.threshold[s] * share for share in (1, FLOOR_SHARE) for s in ("primary", "junior")) for i in INDICATORS
    }
    assert ours == {name: tuple(map(Fraction, figures)) for name, figures in printed.items()}
    assert CV_LIMIT == {"primary": Fraction("0.50"), "junior": Fraction("0.45")}


def test_published_five_schools():
    """Books of five schools: CV 0.515257, weighted by students."""
    square = squared_cv([45, 37, 89, 76, 55], [Fraction(x) for x in (279, 137, 935, 160, 402)])
    assert round(square_root(square), 6) == Decimal("0.515257")


def test_thirteen_c_weighting_turns_the_verdict():
    students, backbone = [2000, 1900, 400, 380, 350, 300], [32, 7, 4, 4, 4, 3]
    square = squared_cv(students, [Fraction(x) for x in backbone])
    assert round(square_root(square), 6) == Decimal("0.521024") and square > CV_LIMIT["primary"] ** 2


def test_published_nine_year_split():
    """166 primary, 210 junior students, 23,226 books: 9,711.627204 of them primary."""
    weighted = 166 * SPLIT_WEIGHT["primary"] + 210 * SPLIT_WEIGHT["junior"]
    assert weighted == 397 and round(Decimal(23226 * 166) / 397, 6) == Decimal("9711.627204")
    assert SPLIT_WEIGHT["senior"] / SPLIT_WEIGHT["junior"] == Fraction("1.2")


def test_no_units_or_nothing_at_all_has_no_coefficient_and_one_unit_has_zero():
    assert squared_cv([], []) is None
    assert squared_cv([10, 20], [Fraction(0), Fraction(0)]) is None
    assert squared_cv([10], [Fraction(3)]) == 0


@given(share=st.fractions("0.1", "3"), measure=st.sampled_from(list(INDICATOR_OF_MEASURE)), students=st.integers(1, 5000))
def test_a_status_changes_exactly_on_its_line(share, measure, students):
    indicator = INDICATOR_OF_MEASURE[measure]
    value = share * indicator.needed("primary", students) * indicator.per / students
    wanted = "met" if share >= 1 else "within_floor" if share >= Fraction(85, 100) else "below_floor"
    assert status_of(value, indicator.threshold["primary"]) == wanted


@pytest.mark.parametrize(
    ("kind", "students", "reason"),
    [
        ("teaching_point", 49, "teaching_point_under_50_students"),
        ("teaching_point", 50, None),
        ("primary_school", 49, None),  # a village school is no teaching point
        ("primary_school", 0, "no_students"),
        ("special_school", 0, "special_education_school"),
        ("vocational_school", 300, "vocational_school"),
    ],
)
def test_scope(kind, students, reason):
    assert scope_reason_of(kind, students) == reason


def test_check_characters_of_published_codes():
    # a listed company's social credit code, and the identity number printed in GB 11643
    assert codes.credit_check("9144030071526726X") == "G"
    assert codes.organisation_check("71526726") == "X"
    born = np.array(["1949-12-31"], dtype="datetime64[D]")
    (number,) = codes.identity_numbers(born, 110104)
    # printed: 11010519491231002X; the serial 000 is 2 * 2 less, so its sum leaves 9 and its check is 3
    assert identity_check("11010519491231002") == "X"
    assert number == "110105194912310003"


def identity_check(first: str) -> str:
    """GB 11643 in its own words: sum of digit * 2^(18 - place) modulo 11."""
    total = sum(int(digit) * 2 ** (18 - place) for place, digit in enumerate(first, start=1))
    return "10X98765432"[total % 11]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_identity_numbers_are_distinct_valid_and_nobodys(offsets):
    born = np.datetime64("2014-08-31") - np.array(offsets)
    numbers = codes.identity_numbers(born, codes.STUDENT_AREA).tolist()
    assert len(set(numbers)) == len(offsets)
    for number, day in zip(numbers, born, strict=True):
        assert number[6:14] == str(day).replace("-", "") and number[17] == identity_check(number[:17])
        assert number[:2] == "99"


def test_more_than_a_thousand_born_on_one_day_stay_distinct():
    numbers = codes.identity_numbers(np.full(2500, np.datetime64("2014-02-28")), codes.STUDENT_AREA)
    assert len(set(numbers.tolist())) == 2500
