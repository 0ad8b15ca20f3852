"""Files too far from the one before them in their series (dictionary 1 and 7): another unit, a class of rows gone, rows
many times over.

Here: a school's file of an earlier day, which says what the county's says, and the next one, which must wait for a
person. Not here: files that no other is needed to doubt (spoilt_files.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

from sandbox.dirt.dress import Sheet, changed, plain_workbook
from sandbox.dirt.ground import Ground
from sandbox.dirt.kind import HELD, SCHOOLS, Fault, Kind, Spot
from sandbox.dirt.sent_again import CARDS, ROOMS, USUAL, Part, parts, path_of

_BEFORE = timedelta(days=62)
_OF_A_CLASS, _OF_A_LIST = 20, 26  # rows below which a change says nothing
_COPIES = 3


def _held(name: str, rule: str, zh: str, en: str, tables: tuple[str, ...], lends_itself: Callable[[Part], bool], change: Callable[[Part, Sheet], Sheet]) -> Kind:
    def plant(ground: Ground, rate: float) -> Iterator[Fault]:
        # the same file under two names is one delivery, and has no series of its own
        def is_first(part: Part) -> bool:
            return lends_itself(part) and not ground.is_kept(f"series of {part.table}", part.school.school_id)

        for part in parts(ground, ground.random(name), rate, tables, is_alone=False, where=is_first):
            ground.keep(f"series of {part.table}", part.school.school_id)
            sheet = part.sheet(ground)
            earlier = changed(sheet, day=sheet.day - _BEFORE)
            plain_workbook(earlier, path_of(ground, part, name, ".xlsx", day=earlier.day))
            path = path_of(ground, part, name, ".xlsx")
            plain_workbook(change(part, sheet), path)
            yield Fault(Spot(ground.name_of(path)), part.table, rule=rule, schools=(part.school.school_id,))

    return Kind(name, "asset_register", "1", zh, en, HELD, USUAL, plant, SCHOOLS)


def _in_myriads(part: Part, sheet: Sheet) -> Sheet:
    """Amounts in 万元 under a heading of 元."""

    def lessened(cell: object) -> str:
        return f"{Decimal(str(cell).replace(',', '')) / 10_000:.2f}"

    return changed(sheet, rows=[[lessened(cell) if place == sheet.amount else cell for place, cell in enumerate(row)] for row in sheet.rows])


def _commonest(part: Part) -> tuple[str, int]:
    return Counter(line.get("room_kind") for line in part.lines).most_common(1)[0]


def _without_a_class(part: Part, sheet: Sheet) -> Sheet:
    gone, _ = _commonest(part)
    return changed(sheet, rows=[row for row, line in zip(sheet.rows, part.lines, strict=True) if line.get("room_kind") != gone])


def _many_times_over(part: Part, sheet: Sheet) -> Sheet:
    """Every row once more and once more, each under a number of its own."""
    number = part.lines[0].columns["card_id" if part.table == CARDS else "room_id"]
    more = [[f"{cell}-{copy}" if place == number else cell for place, cell in enumerate(row)] for copy in range(1, _COPIES) for row in sheet.rows]
    return changed(sheet, rows=[*sheet.rows, *more])


KINDS = (
    _held("amounts_in_another_unit", "factor_10000", "上一份为元，这一份为万元", "元 in the file before, 万元 in this one", (CARDS,), lambda part: True, _in_myriads),
    _held(
        "kind_of_room_gone", "class_missing", "一类教室整类缺失", "a whole kind of room is gone", (ROOMS,),
        lambda part: _OF_A_CLASS <= _commonest(part)[1] < len(part.lines), _without_a_class,
    ),
    _held(
        "rows_many_times_over", "count_far", "行数成倍增加", "rows many times over", (CARDS, ROOMS), lambda part: len(part.lines) >= _OF_A_LIST, _many_times_over,
    ),
)  # fmt: skip
