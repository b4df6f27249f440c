"""The planner: how long moves take, and when the next one has room."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

_ROOM = 16
_FASTEST_MM_S = 200.0


class Motion:
    """Where the nozzle is and will be, and the moves on the way there; times in seconds."""

    def __init__(self) -> None:
        self.at = dict.fromkeys("XYZE", 0.0)
        self._mm_s = 50.0
        self._is_relative = False
        self._ends: deque[float] = deque()

    def move(self, to: Mapping[str, float], now: float) -> None:
        """Plan a move behind those that are planned already."""
        self._mm_s = min(to.get("F", self._mm_s * 60) / 60, _FASTEST_MM_S)
        before = dict(self.at)
        for axis in self.at:
            if axis in to:
                self.at[axis] = to[axis] + (before[axis] if self._is_relative else 0.0)
        length = math.dist(list(before.values()), list(self.at.values()))
        self._ends.append(self.ends_at(now) + length / self._mm_s)

    def home(self, now: float, seconds: float) -> None:
        """Go to the origin."""
        self.at.update(X=0.0, Y=0.0, Z=0.0)
        self._ends.append(self.ends_at(now) + seconds)

    def be_relative(self, *, is_relative: bool) -> None:
        """Take coordinates as differences, or not."""
        self._is_relative = is_relative

    def set(self, to: Mapping[str, float]) -> None:
        """Call the present place otherwise."""
        self.at.update({axis: to[axis] for axis in self.at if axis in to})

    def room_at(self, now: float) -> float:
        """Return when the next move has room."""
        while self._ends and self._ends[0] <= now:
            self._ends.popleft()
        return self._ends[-_ROOM] if len(self._ends) >= _ROOM else now

    def ends_at(self, now: float) -> float:
        """Return when all that is planned is done."""
        return max(now, self._ends[-1]) if self._ends else now

    def report(self) -> str:
        """Return what M114 says."""
        x, y, z, e = self.at.values()
        place = f"X:{x:.2f} Y:{y:.2f} Z:{z:.2f} E:{e:.2f}"
        return f"{place} Count X: {x:.2f} Y:{y:.2f} Z:{z:.2f} E:{e:.2f}"
