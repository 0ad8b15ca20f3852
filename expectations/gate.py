"""The two gates, under one name for those who open them."""

from expectations.delivery_gate import DeliveryVerdict, judge_delivery
from expectations.release_gate import ReleaseFinding, ReleaseVerdict, judge_release

__all__ = ["DeliveryVerdict", "ReleaseFinding", "ReleaseVerdict", "judge_delivery", "judge_release"]
