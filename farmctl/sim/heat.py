"""How a virtual heater warms and cools.

Temperatures follow straight lines: a heater of constant power into a constant load. The rates are
those of a common desktop machine (nozzle 25 to 215 °C in 76 s, bed 25 to 60 °C in 70 s). All
figures are integers, so that a wait split in two ends exactly when the whole one does.
"""

from __future__ import annotations

from msgspec import Struct

from farmctl.gcode.commands import Heater

ROOM_MC = 25_000
_US_PER_S = 1_000_000


_UP_MC_PER_S = {Heater.NOZZLE: 2_500, Heater.BED: 500, Heater.CHAMBER: 50}
_DOWN_MC_PER_S = {Heater.NOZZLE: 1_000, Heater.BED: 100, Heater.CHAMBER: 20}


class Ramp(Struct, frozen=True):
    """A heater on its way to a target.

    Args:
        heater: Which one: its rates.
        target_mc: Where it goes, thousandths of a degree; 0 is off.
        from_mc: How warm it was when the target was set.
        since_us: When that was, on the machine's own clock.
    """

    heater: Heater
    target_mc: int = 0
    from_mc: int = ROOM_MC
    since_us: int = 0

    @property
    def goal_mc(self) -> int:
        """Return the temperature it will settle at: a heater that is off cools to the room."""
        return max(self.target_mc, ROOM_MC)

    @property
    def arrives_us(self) -> int:
        """Return when the goal is reached."""
        way_mc = abs(self.goal_mc - self.from_mc)
        return self.since_us - (-way_mc * _US_PER_S // self._rate_mc_per_s)

    @property
    def _rate_mc_per_s(self) -> int:
        rates = _UP_MC_PER_S if self.goal_mc > self.from_mc else _DOWN_MC_PER_S
        return rates[self.heater]

    def at(self, now_us: int) -> int:
        """Return the temperature at `now_us`, thousandths of a degree."""
        if now_us >= self.arrives_us:
            return self.goal_mc
        moved_mc = self._rate_mc_per_s * (now_us - self.since_us) // _US_PER_S
        return self.from_mc + (moved_mc if self.goal_mc > self.from_mc else -moved_mc)

    def towards(self, target_mc: int, now_us: int) -> Ramp:
        """Return the way from here to another target."""
        return Ramp(self.heater, target_mc, self.at(now_us), now_us)
