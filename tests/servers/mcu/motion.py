"""Steppers, the switches that they home to, and the stop that a switch triggers."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field

from tests.servers.mcu.clock import McuClock
from tests.servers.mcu.dictionary import command
from tests.servers.mcu.pins import ENDSTOPS
from tests.servers.mcu.wire import Wire


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps to come: step k of `count` is due at start + interval*k + add*k*(k-1)/2."""

    start: int
    interval: int
    count: int
    add: int
    direction: int

    def due(self, step: int) -> int:
        """Return the tick at which step number `step`, from 1, is due."""
        return self.start + self.interval * step + self.add * step * (step - 1) // 2

    def done(self, now: int) -> int:
        """Return how many steps were due by now."""
        return bisect_right(range(1, self.count + 1), now, key=self.due)

    def after(self, done: int) -> Steps:
        """Return what is left behind the first `done` steps."""
        return Steps(
            start=self.due(done),
            interval=self.interval + self.add * done,
            count=self.count - done,
            add=self.add,
            direction=self.direction,
        )


@dataclass(slots=True)
class Stepper:
    """One motor, as the firmware counts it."""

    step_pin: int
    position: int = 0
    direction: int = 1
    clock: int = 0
    needs_reset: bool = False
    stops_on: int | None = None
    queue: deque[Steps] = field(default_factory=deque)

    def add(self, interval: int, count: int, add: int) -> None:
        """Queue steps; after a triggered stop those still in flight are dropped."""
        if not self.needs_reset:
            steps = Steps(self.clock, interval, count, add, self.direction)
            self.queue.append(steps)
            self.clock = steps.due(count)

    def advance(self, now: int) -> None:
        """Take the steps that were due by now.

        A late step is taken late: a real board would shut down, but here it only means that the
        machine that runs the tests is busy.
        """
        while self.queue:
            steps = self.queue.popleft()
            done = steps.done(now)
            self.position += steps.direction * done
            if done < steps.count:
                self.queue.appendleft(steps.after(done))
                return

    def stop(self, now: int) -> None:
        """Stop where it is and forget the rest, until the host sets the step clock again."""
        self.advance(now)
        self.queue.clear()
        self.needs_reset = True
        self.stops_on = None
        self.direction = -1


@dataclass(slots=True)
class Endstop:
    """A switch at the low end of an axis, watched while `homing`."""

    pin: int
    homing: bool = False
    start: int = 0
    rest_ticks: int = 0
    trsync: int = 0
    reason: int = 0
    next_clock: int = 0


@dataclass(slots=True)
class TriggerSync:
    """What stops a group of steppers, once, and reports until then."""

    armed: bool = False
    reason: int = 0
    report_at: int = 0
    report_ticks: int = 0


class Motion:
    """All that moves."""

    def __init__(self, clock: McuClock, wire: Wire) -> None:
        self._clock = clock
        self._wire = wire
        # Where each carriage stands above its switch: outlives a reset of the firmware.
        self._stands = {pin: above for pin, (_, above) in ENDSTOPS.items()}
        self._steppers: dict[int, Stepper] = {}
        self._endstops: dict[int, Endstop] = {}
        self._syncs: dict[int, TriggerSync] = {}

    def reset(self) -> None:
        """Forget the configuration; the carriages stay where they are."""
        now = self._clock.now()
        for stepper in self._steppers.values():
            stepper.advance(now)
            if stepper.step_pin in self._stands:
                self._stands[stepper.step_pin] += stepper.position
        self._steppers.clear()
        self._endstops.clear()
        self._syncs.clear()

    def halt(self) -> None:
        """Stop every motor: the board shut down."""
        now = self._clock.now()
        for stepper in self._steppers.values():
            stepper.stop(now)

    def tick(self) -> None:
        """Watch the switches and send the reports that are due."""
        now = self._clock.now()
        for endstop in self._endstops.values():
            if endstop.homing and now >= endstop.start and self._is_pressed(endstop, now):
                endstop.homing = False
                endstop.next_clock = now + endstop.rest_ticks
                self._trigger(endstop.trsync, endstop.reason, now)
        for oid, sync in self._syncs.items():
            if sync.armed and sync.report_ticks and now >= sync.report_at:
                self._report(oid, sync.report_at)
                sync.report_at += sync.report_ticks

    def _is_pressed(self, endstop: Endstop, now: int) -> bool:
        for stepper in self._steppers.values():
            if ENDSTOPS.get(stepper.step_pin, (None, 0))[0] == endstop.pin:
                stepper.advance(now)
                return self._stands[stepper.step_pin] + stepper.position <= 0
        return False

    def _trigger(self, oid: int, reason: int, now: int) -> None:
        sync = self._syncs[oid]
        if not sync.armed:
            return
        sync.armed = False
        sync.reason = reason
        for stepper in self._steppers.values():
            if stepper.stops_on == oid:
                stepper.stop(now)
        self._report(oid, 0)

    def _report(self, oid: int, clock: int) -> None:
        sync = self._syncs[oid]
        self._wire.send(
            "trsync_state",
            oid=oid,
            can_trigger=int(sync.armed),
            trigger_reason=sync.reason,
            clock=clock,
        )

    @command("config_stepper oid=%c step_pin=%c dir_pin=%c invert_step=%c step_pulse_ticks=%u")
    def config_stepper(self, oid: int, step_pin: int, **_: int) -> None:
        self._steppers[oid] = Stepper(step_pin)

    @command("queue_step oid=%c interval=%u count=%hu add=%hi")
    def queue_step(self, oid: int, interval: int, count: int, add: int) -> None:
        stepper = self._steppers[oid]
        stepper.advance(self._clock.now())
        if not stepper.queue:
            # The host counts in 32 bits: what comes after a rest is due at the nearest such tick.
            stepper.clock = self._clock.expand(stepper.clock + interval) - interval
        stepper.add(interval, count, add)

    @command("set_next_step_dir oid=%c dir=%c")
    def set_next_step_dir(self, oid: int, dir: int) -> None:  # noqa: A002 - the protocol's word
        self._steppers[oid].direction = 1 if dir else -1

    @command("reset_step_clock oid=%c clock=%u")
    def reset_step_clock(self, oid: int, clock: int) -> None:
        stepper = self._steppers[oid]
        stepper.advance(self._clock.now())
        stepper.clock = self._clock.expand(clock)
        stepper.needs_reset = False

    @command("stepper_get_position oid=%c")
    def stepper_get_position(self, oid: int) -> None:
        stepper = self._steppers[oid]
        stepper.advance(self._clock.now())
        self._wire.send("stepper_position", oid=oid, pos=stepper.position)

    @command("stepper_stop_on_trigger oid=%c trsync_oid=%c")
    def stepper_stop_on_trigger(self, oid: int, trsync_oid: int) -> None:
        self._steppers[oid].stops_on = trsync_oid

    @command("config_endstop oid=%c pin=%c pull_up=%c")
    def config_endstop(self, oid: int, pin: int, **_: int) -> None:
        self._endstops[oid] = Endstop(pin)

    @command(
        "endstop_home oid=%c clock=%u sample_ticks=%u sample_count=%c"
        " rest_ticks=%u pin_value=%c trsync_oid=%c trigger_reason=%c"
    )
    def endstop_home(self, oid: int, clock: int, sample_count: int, **rest: int) -> None:
        endstop = self._endstops[oid]
        endstop.homing = sample_count > 0
        endstop.start = self._clock.expand(clock)
        endstop.rest_ticks = rest["rest_ticks"]
        endstop.trsync = rest["trsync_oid"]
        endstop.reason = rest["trigger_reason"]

    @command("endstop_query_state oid=%c")
    def endstop_query_state(self, oid: int) -> None:
        endstop = self._endstops[oid]
        pressed = self._is_pressed(endstop, self._clock.now())
        self._wire.send(
            "endstop_state",
            oid=oid,
            homing=int(endstop.homing),
            next_clock=endstop.next_clock,
            pin_value=int(pressed),
        )

    @command("config_trsync oid=%c")
    def config_trsync(self, oid: int) -> None:
        self._syncs[oid] = TriggerSync()

    @command("trsync_start oid=%c report_clock=%u report_ticks=%u expire_reason=%c")
    def trsync_start(self, oid: int, report_clock: int, report_ticks: int, **_: int) -> None:
        self._syncs[oid] = TriggerSync(
            armed=True, report_at=self._clock.expand(report_clock), report_ticks=report_ticks
        )

    @command("trsync_set_timeout oid=%c clock=%u")
    def trsync_set_timeout(self, **_: int) -> None:
        """Never expire: a quarter of a second is too short at five times the speed."""

    @command("trsync_trigger oid=%c reason=%c")
    def trsync_trigger(self, oid: int, reason: int) -> None:
        if self._syncs[oid].armed:
            self._trigger(oid, reason, self._clock.now())
        else:
            self._report(oid, 0)
