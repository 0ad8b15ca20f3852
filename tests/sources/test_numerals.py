"""Numbers as people write them come out exactly, or not at all."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.numerals import decimals, plain, wholes

KIND = pa.decimal128(18, 4)
FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


def one(text: str | None, kind=KIND, shift: int = 0) -> tuple[Decimal | None, list[str]]:
    values, masks = decimals(plain(pa.array([text], pa.string())), kind, shift)
    return values[0].as_py(), [rule for rule, mask in masks.items() if mask[0]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.5"),
        ("１２３", "123"),
        ("１，２３４．５", "1234.5"),
        ("'0012", "12"),
        ("‘7", "7"),
        ("12.3万", "123000"),
        ("12.3万元", "123000"),
        ("5元", "5"),
        ("\t88 ", "88"),
        ("　9　", "9"),
        ("-3.25", "-3.25"),
        ("−3.25", "-3.25"),
        ("+4", "4"),
        (".5", "0.5"),
        ("6.", "6"),
        ("1e3", "1000"),
        ("2.5e-02", "0.025"),
        ("0", "0"),
        ("-0", "0"),
        ("0.00000", "0"),
        ("1.50000", "1.5"),
    ],
)
def test_a_number_is_read(text, value):
    assert one(text) == (Decimal(value), [])


@pytest.mark.parametrize("text", ["", " ", "　", "-", "—", "——", "/", "无", "－", None])
def test_nothing_and_not_applicable_are_missing_and_no_damage(text):
    assert one(text) == (None, [])


@pytest.mark.parametrize("text", ["约20", "1,23", "1.2.3", "1e3e4", "1.2.3e4", "12..", ".", "+", "12 34", "十二", "1/2", "0x10", "inf", "1,2345"])
def test_what_is_no_number_is_damage(text):
    assert one(text) == (None, ["not_a_number"])


def test_more_decimals_than_the_column_holds_are_damage_and_never_rounded():
    assert one("0.12345") == (None, ["too_many_decimals"])
    assert one("0.12340") == (Decimal("0.1234"), [])


def test_more_digits_than_the_column_holds_are_damage():
    assert one("99999999999999.9999") == (Decimal("99999999999999.9999"), [])
    assert one("100000000000000") == (None, ["out_of_range"])
    assert one("1.5e+300") == (None, ["out_of_range"])


def test_a_unit_moves_the_point_in_the_text():
    assert one("16,745.59", pa.decimal128(18, 2), 4) == (Decimal("167455900"), [])
    assert one("0.0001", pa.decimal128(18, 2), 4) == (Decimal("1"), [])
    assert one("0.00000123", pa.decimal128(18, 2), 4) == (None, ["too_many_decimals"])
    assert one("1.5万", pa.decimal128(18, 2), 4) == (Decimal("150000000"), [])


def test_whole_numbers_have_no_fraction():
    values, masks = wholes(plain(pa.array(["3.0", "3.5", "1,200", "无", "x"])))
    assert values.to_pylist() == [3, None, 1200, None, None]
    assert masks["not_whole"].tolist() == [False, True, False, False, False]
    assert masks["not_a_number"].tolist() == [False, False, False, False, True]


SPELLINGS = {
    "as it is": lambda value: f"{value:f}",
    "thousands": lambda value: f"{value:,f}",
    "full width": lambda value: f"{value:f}".translate(FULL_WIDTH),
    "apostrophe": lambda value: f"'{value:f}",
    "blanks": lambda value: f" {value:f}　",
}


@given(
    st.lists(st.decimals("-99999999999999", "99999999999999", places=4, allow_nan=False), min_size=1, max_size=20),
    st.sampled_from(sorted(SPELLINGS)),
)
def test_every_spelling_of_a_number_is_that_number(numbers, spelling):
    text = pa.array([SPELLINGS[spelling](number) for number in numbers])
    values, masks = decimals(plain(text), KIND)
    assert not any(mask.any() for mask in masks.values())
    assert [Fraction(value) for value in values.to_pylist()] == [Fraction(number) for number in numbers]


@given(st.floats(-1e9, 1e9, allow_nan=False, allow_infinity=False))
def test_the_shortest_form_of_a_float_is_read_exactly_or_refused(number):
    value, rules = one(repr(number), pa.decimal128(38, 16))
    exact = Decimal(repr(number))
    if -exact.normalize().as_tuple().exponent <= 16:
        assert (value, rules) == (exact, [])
    else:
        assert (value, rules) == (None, ["too_many_decimals"])


@given(st.text(max_size=20))
def test_no_text_at_all_stops_the_parser(text):
    value, rules = one(text)
    assert value is None or not rules
