"""Two heaters that warm up and cool down, and what the firmware does when one is too hot."""

from __future__ import annotations

ROOM_C = 23.0
MAXTEMP_C = {"T": 310.0, "B": 125.0}
_UP_C_S, _DOWN_C_S = 40.0, 15.0
_NEAR_C = 1.0


class Heaters:
    """The nozzle `T` and the bed `B`, in °C."""

    def __init__(self) -> None:
        self.wanted = {"T": 0.0, "B": 0.0}
        self.now = {"T": ROOM_C, "B": ROOM_C}

    def pass_time(self, seconds: float) -> None:
        """Warm up or cool down."""
        for name, now in self.now.items():
            towards = max(self.wanted[name], ROOM_C) - now
            self.now[name] = now + max(-_DOWN_C_S * seconds, min(_UP_C_S * seconds, towards))

    def is_there(self, name: str) -> bool:
        """Return whether a heater need not be waited for."""
        return self.now[name] >= self.wanted[name] - _NEAR_C

    def too_hot(self) -> str | None:
        """Return the heater that is above what the firmware allows."""
        return next((name for name, now in self.now.items() if now > MAXTEMP_C[name]), None)

    def report(self) -> str:
        """Return what M105 and the automatic reports say."""
        nozzle, bed = (f"{self.now[name]:.1f} /{self.wanted[name]:.1f}" for name in "TB")
        return f"T:{nozzle} B:{bed} T0:{nozzle} @:0 B@:0 P:25.0 A:30.0"

    def waiting(self) -> str:
        """Return what is said again and again while a heater is waited for."""
        return f"T:{self.now['T']:.1f} E:0 B:{self.now['B']:.1f}"
