"""What holds for every virtual printer, whatever is asked of it and whenever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from farmctl.model.digest import digest_of
from farmctl.model.observation import DeviceState
from farmctl.sim import requests
from farmctl.sim.device import Machine, Reply, Stored
from farmctl.sim.faults import Fault, Inapplicable, strike
from farmctl.sim.machine import advance
from farmctl.sim.reading import read_script
from farmctl.sim.wire import Heard, Silence, send_start

pytestmark = pytest.mark.pure

FILES = {
    "short": b"G4 S3\n",
    "warm": b"M109 S60\nM83\nG1 X9 E2 F600\nM104 S0\n",
    "stops": b"G4 S1\nM600\nFROB\nG4 S1\n",
    "empty": b"",
    "broken": b"G4 S1\nG1 X1Y\n",
    "too hot": b"G4 S1\nM140 S999\n",
}
T = TypeVar("T")
names = st.sampled_from(sorted(FILES))


class Printer(RuleBasedStateMachine):
    """One machine looked at all the time, and its twin that is left alone between requests."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 21, tzinfo=UTC)
        self.machine = self.twin = Machine("virtual:sim-1", self.now, speedup=7)

    def ask(self, request: Callable[[Machine, datetime], tuple[Machine, T]]) -> T:
        self.twin, _ = request(self.twin, self.now)
        self.machine, reply = request(self.machine, self.now)
        return reply

    @rule(us=st.integers(0, 3_000_000))
    def time_passes(self, us: int) -> None:
        self.now += timedelta(microseconds=us)
        self.machine = advance(self.machine, self.now)

    @rule(name=names)
    def store(self, name: str) -> None:
        gcode = FILES[name]
        stored = Stored(name, digest_of(gcode), len(gcode))
        reply = self.ask(lambda machine, now: requests.store(machine, stored, now))
        assert reply in {Reply.OK, Reply.IN_USE}

    @rule(name=names)
    def start(self, name: str) -> None:
        before = advance(self.machine, self.now)
        script = read_script(FILES[name])
        reply = self.ask(lambda machine, now: requests.start(machine, name, script, now))
        assert (self.machine.jobs == before.jobs + 1) == (reply is Reply.OK)
        if before.state is DeviceState.PRINTING:
            assert reply is Reply.BUSY

    @rule(name=names)
    def start_arrives_late(self, name: str) -> None:
        script = read_script(FILES[name])

        def late(machine: Machine, now: datetime) -> tuple[Machine, Heard]:
            machine = strike(machine, Fault.LATE_REQUEST, now)
            return send_start(machine, name, script, now)

        assert self.ask(late) in {Silence.NO_REPLY, Silence.NOT_CONNECTED}

    @rule(name=names)
    def delete(self, name: str) -> None:
        before = advance(self.machine, self.now)
        reply = self.ask(lambda machine, now: requests.delete(machine, name, now))
        if before.job is not None and before.job.file == name:
            assert reply is Reply.IN_USE
            assert self.machine.stored(name) is not None

    @rule(request=st.sampled_from([requests.pause, requests.resume, requests.cancel]))
    def steer(self, request: Callable[[Machine, datetime], tuple[Machine, Reply]]) -> None:
        self.ask(request)

    @rule()
    def restart(self) -> None:
        before = advance(self.machine, self.now)
        self.ask(lambda machine, now: (requests.restart(machine, now), Reply.OK))
        assert self.machine.history[: len(before.history)] == before.history
        assert self.machine.boots == before.boots + 1

    @precondition(lambda self: self.machine.job is not None)
    @rule(fault=st.sampled_from(sorted(set(Fault) - {Fault.SWAPPED})))
    def goes_wrong(self, fault: Fault) -> None:
        def happen(machine: Machine, now: datetime) -> tuple[Machine, Reply]:
            try:
                return strike(machine, fault, now), Reply.OK
            except Inapplicable:
                return advance(machine, now), Reply.NO_JOB

        self.ask(happen)

    @invariant()
    def time_adds_up(self) -> None:
        assert advance(self.twin, self.now) == advance(self.machine, self.now)

    @invariant()
    def one_job_at_a_time(self) -> None:
        running = self.machine.state in {DeviceState.PRINTING, DeviceState.PAUSED}
        assert running == (self.machine.job is not None)

    @invariant()
    def every_started_job_runs_or_ended_once(self) -> None:
        numbers = [record.number for record in self.machine.history]
        if self.machine.job is not None:
            numbers.append(self.machine.job.number)
        assert numbers == list(range(1, self.machine.jobs + 1))

    @invariant()
    def what_is_printed_is_stored(self) -> None:
        assert self.machine.job is None or self.machine.stored(self.machine.job.file)


TestPrinter = Printer.TestCase
TestPrinter.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
