"""Free text: what people write in their own words, and what must not stay in it.

Here: blotting out long runs of digits (phones, identity numbers, bank cards), in one
sentence or a whole column.
Not here: which columns are free text (each source's tables.py).
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

# Seven digits and more name somebody; a year, a day, a document number stay.
DIGITS = r"[0-9０-９]{7,}[XxＸｘ]?"
BLOT = "*"


def scrubbed(text: str) -> str:
    """The text with every run of seven digits and more as one star."""
    return re.sub(DIGITS, BLOT, text)


def scrubbed_column(text: pa.Array) -> pa.Array:
    """The same for a column."""
    return pc.replace_substring_regex(text, DIGITS, BLOT)
