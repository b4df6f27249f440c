"""Looking ahead: what a long past costs a plan that has nothing to do."""

from __future__ import annotations

from benchmarks.farms import quiet_farm
from benchmarks.measure import Reading, compared
from benchmarks.workshop import Row, Workshop

_OPEN = 10
_FEW, _MANY = 100, 10_000


def plan(shop: Workshop) -> Reading:
    """Measure `farmctl plan` after 10,000 closed orders, against the same after 100."""
    few, many = quiet_farm(shop, _FEW, _OPEN), quiet_farm(shop, _MANY, _OPEN)
    samples = {"ours": shop.farmctl(many, "plan"), "peer": shop.farmctl(few, "plan")}
    return compared(samples, shop.times)


ROWS = (Row("plan", 3.0, "no-op plan after 10,000 closed orders : after 100; 10 open", plan),)
