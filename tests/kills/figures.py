"""What happened to farms whose controllers were killed, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Figures:
    """What happened to one farm; `died_after` counts the newest fact at each death."""

    kills: int = 0
    freezes: int = 0
    seconds: float = 0.0
    starts: int = 0
    orders: int = 0
    parts: int = 0
    voids: int = 0
    unknown: int = 0
    died_after: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return them in one line."""
        return (
            f"{self.kills} kills, {self.freezes} freezes, {self.starts} starts for {self.parts}"
            f" parts of {self.orders} orders, {self.unknown} starts without an answer,"
            f" {self.voids} void, {len(self.violations)} violations, {self.seconds:.0f} s"
        )


def total(found: Iterable[Figures]) -> Figures:
    """Return the figures of several farms as those of one; `seconds` are not theirs to sum."""
    whole = Figures()
    for each in found:
        for name in ("kills", "freezes", "starts", "orders", "parts", "voids", "unknown"):
            setattr(whole, name, getattr(whole, name) + getattr(each, name))
        whole.died_after += each.died_after
        whole.violations += each.violations
    return whole
