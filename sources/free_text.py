"""Free text: what people write in their own words, and what must not stay in it.

Here: blotting out long runs of digits (phones, identity numbers, bank cards), in one
sentence or a whole column; and what looks like a person's number in a column of anything else.
Not here: which columns are free text (each source's tables.py).
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

# Seven digits and more name somebody; a year, a day, a document number stay.
DIGITS = r"[0-9０-９]{7,}[XxＸｘ]?"
BLOT = "*"


# What has the form of a person's number, wherever it stands: 18 characters that hold a day of birth, or a mobile number.
_PERSONS_NUMBER = r"(?:[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]|\b1[0-9]{10}\b)"


def without_persons(text: pa.Array) -> pa.Array:
    """A column of codes or labels in which no person's number stands: a cell that slipped in from another column is blotted."""
    if not pc.any(pc.match_substring_regex(text, _PERSONS_NUMBER)).as_py():
        return text
    return pc.replace_substring_regex(text, _PERSONS_NUMBER, BLOT)


def scrubbed(text: str) -> str:
    """The text with every run of seven digits and more as one star."""
    return re.sub(DIGITS, BLOT, text)


def scrubbed_column(text: pa.Array) -> pa.Array:
    """The same for a column."""
    return pc.replace_substring_regex(text, DIGITS, BLOT)
