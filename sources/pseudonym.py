"""Pseudonyms: a person's number becomes a keyed hash before anything is written.

Here: folding a number into one spelling, seeing that it is damaged, hashing it.
Not here: where the key comes from (the configuration) and which column holds
persons (`Column.is_personal_key`).
"""

from __future__ import annotations

import hmac

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.numerals import plain

KEY_LENGTH = 32  # hexadecimal characters: 128 bits, no two persons of a nation meet
_AS_FLOAT = r"^[A-Z]?\d(\.\d+)?E\+?\d+$"
_HIDDEN = r"[*?#]"  # a masked number would give many persons one key
_ENDS_IN_ZEROS = r"^[GJ]?\d{15}000$"
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.frombuffer(b"10X98765432", np.uint8)


def one_spelling(numbers: pa.Array) -> pa.Array:
    """Full-width digits, blanks, lower-case x: one person, one spelling."""
    return pc.utf8_upper(pc.replace_substring_regex(plain(numbers), r"\s", ""))


def damaged(numbers: pa.Array) -> np.ndarray:
    """Where a number (in one spelling) cannot be a person's: written as a float,
    masked, or cut to fifteen digits by a spreadsheet (`...000`, no checksum)."""
    mask = _true(pc.match_substring_regex(numbers, _AS_FLOAT)) | _true(pc.match_substring_regex(numbers, _HIDDEN))
    suspects = np.flatnonzero(_true(pc.match_substring_regex(numbers, _ENDS_IN_ZEROS)))
    if len(suspects):
        digits = pc.utf8_slice_codeunits(numbers.take(pa.array(suspects)), -18)
        figures = np.frombuffer("".join(digits.to_pylist()).encode("ascii"), np.uint8).reshape(-1, 18)
        sums = ((figures[:, :17] - ord("0")) * _WEIGHTS).sum(axis=1) % 11
        mask[suspects[_CHECKS[sums] != figures[:, 17]]] = True
    return mask


def keyed_hashes(numbers: pa.Array, key: bytes) -> pa.Array:
    """HMAC-SHA256 of each number (in one spelling), hexadecimal, 32 characters.
    Each value is hashed once; null stays null."""
    coded = pc.dictionary_encode(numbers)
    hashes = [hmac.digest(key, number.encode(), "sha256").hex()[:KEY_LENGTH] for number in coded.dictionary.to_pylist()]
    return pa.array(hashes, pa.string()).take(coded.indices)


def _true(mask: pa.Array) -> np.ndarray:
    return np.array(pc.fill_null(mask, False).to_numpy(zero_copy_only=False))
