"""Codes with valid check characters, and identity numbers that no real person can have.

Here: the arithmetic of GB 32100 (social credit code), GB 11714 (organisation
code) and GB 11643 (identity number). Not here: who gets which code.
"""

from __future__ import annotations

import numpy as np

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = [pow(3, position, 31) for position in range(17)]
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_IDENTITY_CHECKS = np.array(list("10X98765432"))

# No province has the numbers 97 to 99: these area codes do not exist.
STUDENT_AREA = 990000
STAFF_AREA = 980000
CHILD_AREA = 970000


def area(of: int, county_code: str) -> int:
    """The area of those persons in that county: nobody stands in two counties by chance."""
    return of + int(county_code[2:])


def organisation_check(first_eight: str) -> str:
    total = sum(
        _ORGANISATION_ALPHABET.index(character) * weight
        for character, weight in zip(first_eight, _ORGANISATION_WEIGHTS, strict=True)
    )
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def credit_check(first_seventeen: str) -> str:
    total = sum(
        CREDIT_ALPHABET.index(character) * weight
        for character, weight in zip(first_seventeen, _CREDIT_WEIGHTS, strict=True)
    )
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def credit_code(registrar_and_kind: str, area: str, number: int) -> str:
    """18 characters: registrar and kind (2), area (6), organisation code (9), check (1)."""
    organisation = f"MN{number:06d}"
    body = registrar_and_kind + area + organisation + organisation_check(organisation)
    return body + credit_check(body)


def identity_numbers(birth_days: np.ndarray, area: int, taken: np.ndarray | None = None) -> np.ndarray:
    """Distinct 18-character numbers for persons born on `birth_days` (datetime64[D]).

    The serial counts the persons of one birthday; past 999 the area moves on.
    `taken`: birthdays of those who have a number of that area already.
    """
    days = birth_days.astype("datetime64[D]")
    order = np.argsort(days, kind="stable")
    ordered = days[order]
    starts = np.r_[True, ordered[1:] != ordered[:-1]]
    first = np.maximum.accumulate(np.where(starts, np.arange(len(days)), 0))
    serial = np.empty(len(days), dtype=np.int64)
    serial[order] = np.arange(len(days)) - first
    if taken is not None:
        known, count = np.unique(taken.astype("datetime64[D]"), return_counts=True)
        place = np.minimum(np.searchsorted(known, days), len(known) - 1)
        serial += np.where(known[place] == days, count[place], 0)
    year = days.astype("datetime64[Y]").astype(int) + 1970
    month = days.astype("datetime64[M]").astype(int) % 12 + 1
    day = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(int) + 1
    digits = (area + 1 + serial // 1000) * 10**11 + (year * 10_000 + month * 100 + day) * 1000 + serial % 1000
    # integers of 17 digits fit into int64; the check needs each digit
    places = digits[:, None] // 10 ** np.arange(16, -1, -1) % 10
    check = _IDENTITY_CHECKS[(places * _IDENTITY_WEIGHTS).sum(axis=1) % 11]
    return np.char.add(digits.astype(str), check)
