"""Outputs, heaters and the sensors that feel them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers.mcu.clock import McuClock
from tests.servers.mcu.dictionary import CLOCK_HZ, command
from tests.servers.mcu.pins import ADC_FULL_SCALE_C, ADC_MAX, HEATERS
from tests.servers.mcu.wire import Wire

ROOM_C = 23.0


@dataclass(slots=True)
class Output:
    """A pin that is on for a share of each cycle; a cycle of 0 ticks means on or off."""

    pin: int
    duty: float
    cycle_ticks: int = 0


@dataclass(slots=True)
class Sensor:
    """An analog input that is read every `rest_ticks` and checked against its limits."""

    pin: int
    next_at: int = 0
    rest_ticks: int = 0
    samples: int = 1
    low: int = 0
    high: int = ADC_MAX
    checks: int = 0
    outside: int = 0

    def is_out_of_range(self, value: int) -> bool:
        """Count a reading; true after as many bad ones in a row as the host allows."""
        self.outside = 0 if self.low <= value <= self.high else self.outside + 1
        return bool(self.checks) and self.outside >= self.checks


class Thermal:
    """The heaters' temperatures, and what the host reads of them."""

    def __init__(self, clock: McuClock, wire: Wire) -> None:
        self._clock = clock
        self._wire = wire
        self._temperatures_c = dict.fromkeys(HEATERS, ROOM_C)
        self._forced_c: dict[str, float] = {}
        self._last = clock.now()
        self._outputs: dict[int, Output] = {}
        self._sensors: dict[int, Sensor] = {}

    def reset(self) -> None:
        """Forget the configuration; what is warm stays warm."""
        self._outputs.clear()
        self._sensors.clear()

    def halt(self) -> None:
        """Switch every output off: the board shut down."""
        for output in self._outputs.values():
            output.duty = 0.0
        for sensor in self._sensors.values():
            sensor.rest_ticks = 0

    def force(self, heater: str, celsius: float | None) -> None:
        """Make a sensor read this, whatever its heater does; None lets go."""
        if celsius is None:
            self._forced_c.pop(heater, None)
        else:
            self._forced_c[heater] = celsius

    def tick(self) -> None:
        """Warm and cool, then send the readings that are due."""
        now = self._clock.now()
        self._pass((now - self._last) / CLOCK_HZ)
        self._last = now
        for oid, sensor in self._sensors.items():
            if sensor.rest_ticks and now >= sensor.next_at:
                self._read(oid, sensor, now)

    def _pass(self, seconds: float) -> None:
        duty = {output.pin: output.duty for output in self._outputs.values()}
        for name, heater in HEATERS.items():
            celsius = self._temperatures_c[name]
            gain = heater.heating_c_s * duty.get(heater.pin, 0.0)
            loss = heater.cooling_per_s * (celsius - ROOM_C)
            self._temperatures_c[name] = celsius + seconds * (gain - loss)

    def _read(self, oid: int, sensor: Sensor, now: int) -> None:
        sensor.next_at = max(sensor.next_at + sensor.rest_ticks, now)
        value = int(self._felt_c(sensor.pin) / ADC_FULL_SCALE_C * ADC_MAX) * sensor.samples
        if sensor.is_out_of_range(value):
            self._wire.shutdown("ADC out of range")
            return
        self._wire.send("analog_in_state", oid=oid, next_clock=sensor.next_at, value=value)

    def _felt_c(self, pin: int) -> float:
        for name, heater in HEATERS.items():
            if heater.sensor == pin:
                return self._forced_c.get(name, self._temperatures_c[name])
        return ROOM_C

    @command("config_digital_out oid=%c pin=%u value=%c default_value=%c max_duration=%u")
    def config_digital_out(self, oid: int, pin: int, value: int, **_: int) -> None:
        self._outputs[oid] = Output(pin, float(value))

    @command("set_digital_out_pwm_cycle oid=%c cycle_ticks=%u")
    def set_digital_out_pwm_cycle(self, oid: int, cycle_ticks: int) -> None:
        self._outputs[oid].cycle_ticks = cycle_ticks

    @command("queue_digital_out oid=%c clock=%u on_ticks=%u")
    def queue_digital_out(self, oid: int, on_ticks: int, **_: int) -> None:
        """Switch at once instead of at `clock`: heat does not notice a tenth of a second."""
        output = self._outputs[oid]
        output.duty = on_ticks / output.cycle_ticks if output.cycle_ticks else float(on_ticks)

    @command("update_digital_out oid=%c value=%c")
    def update_digital_out(self, oid: int, value: int) -> None:
        self._outputs[oid].duty = float(value)

    @command("config_analog_in oid=%c pin=%u")
    def config_analog_in(self, oid: int, pin: int) -> None:
        self._sensors[oid] = Sensor(pin)

    @command(
        "query_analog_in oid=%c clock=%u sample_ticks=%u sample_count=%c rest_ticks=%u"
        " min_value=%hu max_value=%hu range_check_count=%c"
    )
    def query_analog_in(self, oid: int, clock: int, sample_count: int, **rest: int) -> None:
        self._sensors[oid] = Sensor(
            pin=self._sensors[oid].pin,
            next_at=self._clock.expand(clock),
            rest_ticks=rest["rest_ticks"],
            samples=sample_count,
            low=rest["min_value"],
            high=rest["max_value"],
            checks=rest["range_check_count"],
        )
