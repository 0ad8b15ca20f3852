"""Together: what doubt about one table of a pull or file means for its other tables.

Here: one rule. Not here: where doubts come from (against_last.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from expectations.rules import COMPARISONS, rule_of
from warehouse.delivery_record import HELD, LANDED

if TYPE_CHECKING:
    from expectations.delivery_gate import DeliveryVerdict
    from warehouse.landing import PendingDelivery

Answer = tuple["PendingDelivery", "DeliveryVerdict"]


def held_together(answers: Sequence[Answer]) -> list[Answer]:
    """The same answers; where a comparison holds one table, the others of its delivery wait with it.

    Half a pull beside half of yesterday's would be a county that never was. The records of
    what waits together carry the digest of the first table in doubt, and are released as one.
    """
    cause = next((pending for pending, verdict in answers if verdict.outcome == HELD and verdict.rule in COMPARISONS), None)
    if cause is None:
        return list(answers)
    return [_held_with(cause, pending, verdict) for pending, verdict in answers]


def _held_with(cause: PendingDelivery, pending: PendingDelivery, verdict: DeliveryVerdict) -> Answer:
    if verdict.outcome not in (LANDED, HELD):
        return pending, verdict
    pending = dataclasses.replace(pending, record=dataclasses.replace(pending.record, held_with=cause.record.digest))
    if verdict.outcome == LANDED:
        rule, origin = rule_of("held_together"), pending.record.origin
        verdict = dataclasses.replace(
            verdict,
            outcome=HELD,
            rule="held_together",
            message_en=f"{origin}, {pending.table.name}: {rule.message_en('', cause.table.name)}",
            message_zh=f"{origin}，{pending.table.label_zh}：{rule.message_zh('', cause.table.label_zh)}",
        )
    return pending, verdict
