"""Ways to write a cell: others that say the same, and such that say nothing.

Here: functions from a row and chance to the new text of one column, None where the row does
not lend itself to it. Not here: which column of which table is written so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from sandbox.dirt.cells import Change
from sandbox.dirt.lines import Line

_WIDE = str.maketrans("0123456789.()", "０１２３４５６７８９．（）")


def full_width(column: str) -> Change:
    def change(line: Line, rng: np.random.Generator) -> str | None:
        text = line.get(column)
        return text.translate(_WIDE) if text.translate(_WIDE) != text else None

    return change


def with_blanks(column: str) -> Change:
    """Blanks of every width around the text."""

    def change(line: Line, rng: np.random.Generator) -> str | None:
        text = line.get(column)
        return f"\u3000{text} " if text else None

    return change


def lower_case_x(column: str) -> Change:
    return lambda line, rng: line.get(column)[:-1] + "x" if line.get(column).endswith("X") else None


def after_apostrophe(column: str) -> Change:
    return lambda line, rng: f"'{line.get(column)}" if line.get(column) else None


def thousands(column: str) -> Change:
    """`12,345.60` in full-width digits or not."""

    def change(line: Line, rng: np.random.Generator) -> str | None:
        amount = _decimal(line.get(column))
        return f"{amount:,.2f}" if amount is not None and abs(amount) >= 1000 and amount == round(amount, 2) else None

    return change


def in_myriads(column: str) -> Change:
    """`12.3万`."""

    def change(line: Line, rng: np.random.Generator) -> str | None:
        amount = _decimal(line.get(column))
        return f"{(amount / 10_000).normalize():f}万" if amount else None

    return change


def one_of(column: str, others: Mapping[str, Sequence[str]]) -> Change:
    """Another word for the same thing."""

    def change(line: Line, rng: np.random.Generator) -> str | None:
        words = others.get(line.get(column))
        return words[int(rng.integers(len(words)))] if words else None

    return change


def always(text: object) -> Change:
    return lambda line, rng: text


def any_of(*texts: str) -> Change:
    return lambda line, rng: texts[int(rng.integers(len(texts)))]


def emptied(column: str) -> Change:
    return lambda line, rng: "" if line.get(column) else None


def as_float(column: str) -> Change:
    """`4.10183E+17`: what a spreadsheet makes of a long number; some digits stay, so that no two are alike."""

    def change(line: Line, rng: np.random.Generator) -> str | None:
        digits = "".join(character for character in line.get(column) if character.isdigit())
        return f"{digits[0]}.{digits[1:]}E+{len(digits) - 1}" if len(digits) > 5 else None

    return change


def _decimal(text: str) -> Decimal | None:
    plain = text.replace(",", "")
    return Decimal(plain) if plain.replace(".", "", 1).replace("-", "", 1).isdigit() else None
