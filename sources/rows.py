"""Which rows below a header are detail: subtotals, footers and empty rows are not.

Here: the label lists by which a bureau marks totals and signatures, applied to
text columns at once.
Not here: where the rows come from (sheet.py, delimited.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.numerals import BLANKS

TOTALS = ("合计", "总计", "共计", "累计", "本页合计", "合计:", "总计:")
SUBTOTALS = ("小计", "本页小计", "其中", "其中:", "小计:")
_PART_OF_TOTAL = r"^(#|其中)|(小计|合计|总计)[:：]?$"
_FOOTER = (
    r"^(单位负责人|单位领导|负责人|填表人|填报人|制表人?|制单人?|审核人?|复核人?|经办人|统计负责人|联系电话|联系人|填表日期|填报日期|报出日期|打印日期|打印时间|导出时间"
    r"|填报单位|注|说明|备注)\s*(\(.*\))?\s*[:：]"
)
_SUSPECT = r"计|其\s*中|^\s*#|[:：]"  # cheap to look for; the labels above are looked for only where it is found


@dataclass(frozen=True)
class Kinds:
    """Masks over rows: detail, grand total, subtotal. What is none of them is
    empty or a footer."""

    detail: np.ndarray
    total: np.ndarray
    subtotal: np.ndarray


def kinds(columns: list[pa.Array], keys: list[pa.Array], length: int) -> Kinds:
    """Tell rows apart by all their columns; `keys` are those that name a detail row.

    A label such as 合计 alone in a cell makes the row a total. A longer one
    (`其中：…`, `…小计`) or a footer does so only where every key cell is empty,
    so that no detail row is hidden by what its name or remark says. A row that
    begins with a footer's label is one wherever the rest of it stands: a name
    behind 填表人： must never be taken for a code.
    """
    filled = np.zeros(length, bool)
    suspect = np.zeros(length, bool)
    for column in columns:
        filled |= _filled(column)
        suspect |= _true(pc.match_substring_regex(column, _SUSPECT))
    total, subtotal, footer = (np.zeros(length, bool) for _ in range(3))
    places = np.flatnonzero(suspect)
    if len(places):
        nameless = ~np.any([_filled(key.take(pa.array(places))) for key in keys], axis=0)
        has_begun = np.zeros(len(places), bool)
        for column in columns:
            label = pc.utf8_normalize(column.take(pa.array(places)), form="NFKC")
            label = pc.replace_substring_regex(label, r"[\s\x{200b}\x{feff}]", "")
            is_footer = _true(pc.match_substring_regex(label, _FOOTER))
            total[places] |= _true(pc.is_in(label, value_set=pa.array(TOTALS)))
            subtotal[places] |= _true(pc.is_in(label, value_set=pa.array(SUBTOTALS)))
            subtotal[places] |= _true(pc.match_substring_regex(label, _PART_OF_TOTAL)) & nameless
            footer[places] |= is_footer & (nameless | ~has_begun)
            has_begun |= _true(pc.not_equal(label, ""))
    subtotal &= ~total
    return Kinds(filled & ~total & ~subtotal & ~footer, total, subtotal)


def _filled(column: pa.Array) -> np.ndarray:
    return _true(pc.not_equal(pc.utf8_trim(column, characters=BLANKS), ""))


def _true(mask: pa.Array) -> np.ndarray:
    return pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
