"""Numbers as people write them, turned into exact decimals, a column at a time.

Here: `1,234.50`, full-width digits, `12.3万`, a leading apostrophe, the marks
that mean "not applicable".
Not here: dates (calendar_text.py), which column is a number (conform.py),
whether a number is believable (a gate's bound).
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# What trims off a cell: blanks of every width, tabs that exporters put before
# codes to keep them text, and marks that cannot be seen.
BLANKS = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b"
# Zero-width blanks, marks of reading order, soft hyphens: they come along when a code is copied
# from a web page, and say nothing in a code or figure.
_UNSEEN = r"[\x{00ad}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{2066}-\x{2069}\x{feff}]"
_CONTROLS = r"[\x00-\x08\x0e-\x1f\x7f]"  # steer a terminal or a printer, and are no text
NOTHING = pa.array(["", "-", "--", "—", "——", "–", "－", "/", "／", "\\", "无", "N/A", "n/a", "null", "NULL", "nan", "NaN"])
ERROR_CELL = r"^#(REF!|VALUE!|N/A|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|ERROR!)$"

_NUMBER = (
    r"^(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d*)(?:\.(?P<part>\d*))?"
    r"(?:[eE](?P<power>[+-]?\d{1,3}))?(?P<myriad>万?)元?$"
)

Masks = dict[str, np.ndarray]


def tidy(text: pa.Array) -> pa.Array:
    """A text column without blanks around it; an empty cell is null."""
    trimmed = pc.utf8_trim(_without(text, _CONTROLS), characters=BLANKS)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def plain(text: pa.Array) -> pa.Array:
    """A column of codes or figures in ASCII: full-width characters folded, what cannot be
    seen and a leading apostrophe gone, the marks of "not applicable" null."""
    folded = pc.utf8_normalize(_without(_without(text, _CONTROLS), _UNSEEN), form="NFKC")
    folded = pc.utf8_trim(folded, characters=BLANKS)
    folded = pc.utf8_trim(pc.utf8_ltrim(folded, characters="'‘’`"), characters=BLANKS)
    return pc.if_else(pc.is_in(folded, value_set=NOTHING), pa.scalar(None, pa.string()), folded)


def seen(text: pa.Array) -> pa.Array:
    """A text column without what cannot be seen: two keys that look alike are one."""
    return _without(text, _UNSEEN)


def _without(text: pa.Array, characters: str) -> pa.Array:
    """The text without some characters, which hardly any column holds: looked for before it is rewritten."""
    if not pc.any(pc.match_substring_regex(text, characters)).as_py():
        return text
    return pc.replace_substring_regex(text, characters, "")


def decimals(text: pa.Array, kind: pa.Decimal128Type, shift: int | np.ndarray = 0) -> tuple[pa.Array, Masks]:
    """Exact decimals of `kind` from plain text, times ten to the power `shift`.

    What cannot be read is null, and its place stands in a mask: `not_a_number`,
    `too_many_decimals`, `out_of_range`. Nothing is ever rounded.
    """
    sign, whole, part, shifts, unread = _pieces(text, shift)
    for power in np.unique(shifts[shifts > 0]).tolist():
        moved = pa.array(shifts == power)
        padded = pc.utf8_rpad(part, power, "0")
        whole = pc.if_else(moved, _joined(whole, pc.utf8_slice_codeunits(padded, 0, power)), whole)
        part = pc.if_else(moved, pc.utf8_slice_codeunits(padded, power), part)
    part = pc.utf8_rtrim(part, characters="0")
    whole = pc.utf8_ltrim(whole, characters="0")
    too_fine = _true(pc.greater(pc.utf8_length(part), kind.scale)) & ~unread
    too_large = _true(pc.greater(pc.utf8_length(whole), kind.precision - kind.scale)) & ~unread & ~too_fine
    good = ~(unread | too_fine | too_large)
    written = _joined(sign, pc.if_else(pc.equal(whole, ""), "0", whole), ".", pc.if_else(pc.equal(part, ""), "0", part))
    values = pc.if_else(pa.array(good), written, pa.scalar(None, pa.string()))
    # One digit more of scale than needed would be refused: ".0" needs it gone where the scale is 0.
    values = pc.replace_substring_regex(values, r"\.0$", "") if kind.scale == 0 else values
    return pc.cast(values, kind), {"not_a_number": unread, "too_many_decimals": too_fine, "out_of_range": too_large}


def wholes(text: pa.Array, shift: int = 0) -> tuple[pa.Array, Masks]:
    """Whole numbers; a fraction is `not_whole`, `3.0` is 3."""
    values, masks = decimals(text, pa.decimal128(18, 0), shift)
    return pc.cast(values, pa.int64()), {
        "not_a_number": masks["not_a_number"],
        "not_whole": masks["too_many_decimals"],
        "out_of_range": masks["out_of_range"],
    }


def _pieces(text: pa.Array, shift: int | np.ndarray):
    text = pc.replace_substring(text, "−", "-")
    with_power = _true(pc.match_substring_regex(text, r"^[+-]?[\d.]+[eE][+-]?\d{1,3}$"))
    if with_power.any():
        text = _without_powers(text, with_power)
    found = pc.extract_regex(text, _NUMBER)
    sign, whole, part, myriad = (pc.fill_null(pc.struct_field(found, name), "") for name in ("sign", "whole", "part", "myriad"))
    whole = pc.replace_substring(whole, ",", "")
    sign = pc.if_else(pc.equal(sign, "+"), "", sign)
    digits = _true(pc.greater(pc.add(pc.utf8_length(whole), pc.utf8_length(part)), 0))
    unread = _true(text.is_valid()) & ~(_true(found.is_valid()) & digits)
    missing = ~_true(text.is_valid())
    shifts = np.where(_true(pc.equal(myriad, "万")), 4, 0) + shift
    blank = pa.array(unread | missing)
    nothing = pa.scalar(None, pa.string())
    sign, whole, part = (pc.if_else(blank, nothing, piece) for piece in (sign, whole, part))
    return sign, whole, part, shifts, unread


def _without_powers(text: pa.Array, with_power: np.ndarray) -> pa.Array:
    """`1.5e+16` written out: the shortest form of a float cell may use a power."""
    powers = pc.dictionary_encode(pc.if_else(pa.array(with_power), text, pa.scalar(None, pa.string())))
    try:
        written = pa.array([format(Decimal(value), "f") for value in powers.dictionary.to_pylist()], pa.string())
    except ArithmeticError:
        return text  # several points in one figure: the pattern below says not_a_number
    return pc.if_else(pa.array(with_power), written.take(powers.indices), text)


def _joined(*pieces: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*pieces, "")


def _true(mask: pa.Array) -> np.ndarray:
    return pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
