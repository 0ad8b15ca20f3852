"""Control totals: the sheet's own 合计 and 小计 against the sum of its detail.

Here: the comparison, for layouts that ask for it.
Not here: recognising total rows (rows.py).
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa

from sources.numerals import decimals, plain
from sources.refusal import Refusal
from sources.rows import Kinds

_FINE = pa.decimal128(38, 10)


def check(columns: dict[str, pa.Array], kinds: Kinds, row_numbers: list[int], *, file: str, sheet: str) -> None:
    """Raise Refusal `control_total` where a total row is not the sum of its detail.

    A grand total covers the whole sheet. Subtotals cover their block, which they
    either all close or all open. A column with a cell that is no number is left
    to the gate.
    """
    for heading, text in columns.items():
        values, masks = decimals(plain(text), _FINE)
        if any(mask.any() for mask in masks.values()):
            continue
        figures = np.array([Decimal(0) if value is None else value for value in values.to_pylist()], dtype=object)
        stated = values.is_valid().to_numpy(zero_copy_only=False)
        whole = figures[kinds.detail].sum()
        for row in np.flatnonzero(kinds.total & stated):
            if figures[row] != whole:
                raise _differs(file, sheet, heading, row_numbers[row], whole, figures[row])
        blocks = np.flatnonzero(kinds.subtotal)
        if not len(blocks) or not stated[blocks].all():
            continue
        closing = _sums(figures, kinds, np.concatenate([[0], blocks[:-1]]), blocks)
        opening = _sums(figures, kinds, blocks, np.concatenate([blocks[1:], [len(figures)]]))
        wrong = [np.flatnonzero(figures[blocks] != sums) for sums in (closing, opening)]
        if all(len(places) for places in wrong):
            which = 0 if len(wrong[0]) <= len(wrong[1]) else 1
            first = wrong[which][0]
            raise _differs(file, sheet, heading, row_numbers[blocks[first]], (closing, opening)[which][first], figures[blocks[first]])


def _sums(figures: np.ndarray, kinds: Kinds, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    running = np.concatenate([[Decimal(0)], np.cumsum(np.where(kinds.detail, figures, Decimal(0)))])
    return running[ends] - running[starts]


def _differs(file: str, sheet: str, heading: str, row: int, expected: Decimal, found: Decimal) -> Refusal:
    return Refusal(
        "control_total", file=file, place=f"工作表 / sheet {sheet}, 第 {row} 行 / row {row}, 「{heading}」",
        expected=f"明细之和 / the sum of its rows {expected.normalize():f}", found=f"{found.normalize():f}",
        do_en="A row is missing, doubled or changed: export the sheet again.", do_zh="明细有缺漏、重复或改动：请重新导出。",
    )  # fmt: skip
