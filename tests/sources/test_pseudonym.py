"""A person has one key, and a number that cannot be a person's has none."""

from __future__ import annotations

import hashlib
import hmac

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.pseudonym import damaged, keyed_hashes, one_spelling

KEY = b"a key of the test"
# The weights of GB 11643, typed again. Area 999999 does not exist.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check(first_seventeen: str) -> str:
    return first_seventeen + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first_seventeen, WEIGHTS, strict=True)) % 11]


def keys(*numbers: str | None) -> list[str | None]:
    return keyed_hashes(one_spelling(pa.array(numbers, pa.string())), KEY).to_pylist()


def is_damaged(number: str) -> bool:
    return bool(damaged(one_spelling(pa.array([number])))[0])


def test_the_key_is_the_keyed_hash_cut_to_32_characters():
    expected = hmac.new(KEY, b"99999919900101123X", hashlib.sha256).hexdigest()[:32]
    assert keys("99999919900101123X") == [expected]


def test_one_person_has_one_key_however_the_number_is_written():
    spellings = ("99999919900101123X", "99999919900101123x", "９９９９９９１９９００１０１１２３Ｘ", " 999999 19900101 123x ", "'99999919900101123X", "\t99999919900101123X")
    assert len(set(keys(*spellings))) == 1


def test_another_key_gives_other_pseudonyms():
    numbers = one_spelling(pa.array(["99999919900101123X"]))
    assert keyed_hashes(numbers, KEY) != keyed_hashes(numbers, KEY + b"!")


def test_missing_stays_missing():
    assert keys(None, "", "无", "-") == [None] * 4


@pytest.mark.parametrize(
    "number",
    ["4.10183E+17", "4.10183e+17", "9.9999919900101e+17", "999999********123X", "9999991990010112?X"],
)
def test_a_damaged_number_is_seen(number):
    assert is_damaged(number)


@pytest.mark.parametrize("letter", ["", "G", "J"])
def test_a_number_cut_to_fifteen_digits_by_a_spreadsheet_is_seen(letter):
    cut = next(first + "0" for day in range(1, 29) if with_check(first := f"9999992010{9:02d}{day:02d}100")[-1] != "0")
    assert cut.endswith("000") and len(cut) == 18
    assert is_damaged(letter + cut)


def test_three_zeros_with_a_good_checksum_are_a_person():
    good = next(number for day in range(1, 29) if (number := with_check(f"9999992010{9:02d}{day:02d}100")).endswith("000"))
    assert not is_damaged(good)
    assert not is_damaged("G" + good)


@pytest.mark.parametrize("number", ["99999919900101123X", "G99999920140901001X", "L9999992014090112000"[:19], "999999900101123", "A1234567"])
def test_other_numbers_pass(number):
    assert not is_damaged(number)


@given(st.lists(st.text("0123456789GJLX", min_size=1, max_size=19), max_size=50))
def test_different_numbers_have_different_keys(numbers):
    assert len(set(keys(*numbers))) == len(set(numbers))
