"""How the simulated printer is wired; `printer.cfg` beside this folder names the same pins."""

from __future__ import annotations

from dataclasses import dataclass

ANALOG = 256  # analog0 is pin 256, after gpio0 to gpio255
ADC_MAX = 4095
ADC_FULL_SCALE_C = 500.0
FILAMENT_SWITCH = 50


@dataclass(frozen=True, slots=True)
class Heater:
    """A heater, its sensor and the thing between them.

    Args:
        pin: The output that drives it.
        sensor: The analog input that feels it.
        heating_c_s: Degrees a second at full power.
        cooling_per_s: The share of the warmth above the room that is lost each second.
    """

    pin: int
    sensor: int
    heating_c_s: float
    cooling_per_s: float = 0.02


HEATERS = {
    "extruder": Heater(pin=200, sensor=ANALOG + 0, heating_c_s=20.0),
    "bed": Heater(pin=201, sensor=ANALOG + 1, heating_c_s=10.0),
}

# Step pin -> endstop pin, and how many steps above its switch the carriage stands at power-on.
ENDSTOPS = {0: (2, 800), 4: (6, 800), 8: (10, 4000)}
