"""The micro-controller's clock, which may run faster than the wall's."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.servers.mcu.dictionary import CLOCK_HZ


@dataclass(slots=True)
class McuClock:
    """Counts ticks; at speed 5 the whole printer runs five times as fast as a real one.

    The host follows any clock rate that it measures, so it needs no change.
    """

    speed: float
    _start_s: float = field(default_factory=time.monotonic)

    def now(self) -> int:
        """Return the ticks since power-on."""
        return int((time.monotonic() - self._start_s) * self.speed * CLOCK_HZ)

    def expand(self, low: int) -> int:
        """Return the tick nearest to now whose low 32 bits are `low`."""
        now = self.now()
        ahead = low - now & 0xFFFFFFFF
        return now + ahead - (1 << 32 if ahead & 0x80000000 else 0)
