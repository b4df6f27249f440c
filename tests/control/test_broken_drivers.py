"""A driver that breaks on what a device answers ends nothing, and nothing is concluded from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from farmctl.control import broken
from farmctl.control.actions import Act
from farmctl.control.decide.runs import next_of_run
from farmctl.control.effects import Effects, Intent
from farmctl.control.loop import Hands, Loop
from farmctl.control.observe import Observer, Whose
from farmctl.ledger.state import State
from farmctl.model.events.run_life import RunOutOfSight
from farmctl.model.events.runs import Effect, UploadUnknown
from farmctl.model.ids import PrinterName, RunId
from farmctl.model.look import Look
from farmctl.model.observation import DeviceState, Ending, Observation
from farmctl.printers.driver import Answer, Promises
from farmctl.system.clock import FixedClock
from tests.control.device import Device, DeviceDriver
from tests.planning.made import NOW, Story

pytestmark = pytest.mark.pure

ONE, TWO = PrinterName("p-1"), PrinterName("p-2")
ERRORS = (TypeError("'list' object has no attribute 'get'"), KeyError("state"), RecursionError())


class Broken(DeviceDriver):
    """Breaks in one of its calls."""

    def __init__(self, call: str, error: Exception) -> None:
        super().__init__(ONE, Device(), FixedClock(NOW))
        self.call, self.error = call, error

    def _meet(self, call: str) -> None:
        if self.call == call:
            raise self.error

    @property
    def promises(self) -> Promises:  # type: ignore[override]
        self._meet("promises")
        return DeviceDriver.promises

    async def look(self) -> Observation:
        self._meet("look")
        return await super().look()

    async def files(self) -> tuple[str, ...]:
        self._meet("files")
        return await super().files()

    async def evidence(self, file: str) -> Ending | None:
        self._meet("evidence")
        return await super().evidence(file)

    async def upload(self, file: str, gcode: bytes) -> Answer:
        self._meet("upload")
        return await super().upload(file, gcode)

    async def close(self) -> None:
        self._meet("close")


def printing() -> State:
    """A print of ours is on p-1, as far as anybody knows."""
    story = Story().open_order().plan().printer("p-1").plate(1, "ord-1/bracket#1").sliced(1)
    return story.print_it(1, "p-1").state


def looked(driver: DeviceDriver, state: State) -> dict[PrinterName, Look]:
    other = DeviceDriver(TWO, Device(), FixedClock(NOW))
    observer = Observer({ONE: driver, TWO: other}, FixedClock(NOW), Whose("led1", 1))
    asyncio.run(observer.look([ONE, TWO], state))
    return observer.looks


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("call", ["look", "files", "evidence", "promises"])
def test_a_question_that_breaks_is_no_answer(call: str, error: Exception) -> None:
    state = printing()
    looks = looked(Broken(call, error), state)
    seen = looks[ONE].observation
    assert seen.state is DeviceState.OFFLINE
    assert looks[TWO].observation.state is DeviceState.READY
    if call != "promises":
        assert seen.message.startswith(f"p-1: {call}: its driver cannot make sense of it")
        assert type(error).__name__ in seen.message
        assert seen.message.endswith("farmctl doctor")
    run = state.runs[RunId("run-1")]
    action = next_of_run(state, run, looks[ONE], NOW + timedelta(days=1))
    facts = getattr(action, "facts", ())
    assert [type(each) for each in facts] == [RunOutOfSight]


def test_what_was_not_swept_is_swept_at_the_next_look() -> None:
    driver = Broken("files", KeyError("x"))
    driver.device.files.add("farmctl-other-9-run-99-1.gcode")
    observer = Observer({ONE: driver}, FixedClock(NOW), Whose("led1", 1))
    asyncio.run(observer.look([ONE], State()))
    assert observer.looks[ONE].observation.state is DeviceState.OFFLINE
    driver.call = ""
    asyncio.run(observer.look([ONE], State()))
    assert observer.looks[ONE].strange_files == ("farmctl-other-9-run-99-1.gcode",)


@pytest.mark.parametrize("call", ["look", "files", "evidence"])
def test_a_question_that_nobody_answers_holds_nobody_up(
    call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent(Broken):
        async def look(self) -> Observation:
            await self._wait("look")
            return await DeviceDriver.look(self)

        async def files(self) -> tuple[str, ...]:
            await self._wait("files")
            return ()

        async def evidence(self, file: str) -> Ending | None:
            await self._wait("evidence")
            return None

        async def _wait(self, call: str) -> None:
            if call == self.call:
                await asyncio.Event().wait()

    monkeypatch.setattr(broken, "LOOK_TIMEOUT_S", 0.01)
    looks = looked(Silent(call, KeyError()), printing())
    assert looks[ONE].observation.state is DeviceState.OFFLINE
    assert looks[ONE].observation.message.startswith("no answer in ")


class Notes:
    """Takes down what is recorded."""

    def __init__(self) -> None:
        self.facts: list[object] = []
        self.state = State()

    def append(self, *facts: object) -> None:
        self.facts += facts

    def refresh(self) -> State:
        return self.state


def effects(notes: Notes) -> Effects:
    return Effects(
        notes,  # type: ignore[arg-type]
        FixedClock(NOW),
        ledger_id="led1",
        epoch=1,
        gcode_of=lambda _digest: b"",
    )


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: type(each).__name__)
def test_an_effect_that_breaks_may_have_happened(error: Exception) -> None:
    notes, act = Notes(), Act(Effect.UPLOAD, RunId("run-1"), ONE)
    intent = Intent(act, "farmctl-1.gcode", b"G28\n", FixedClock(NOW).monotonic())
    asyncio.run(effects(notes).carry_out(intent, Broken("upload", error)))
    (fact,) = notes.facts
    assert isinstance(fact, UploadUnknown)
    assert fact.message is not None
    assert fact.message.startswith("p-1: upload not confirmed: its driver cannot make sense of it")


class Deaf(Broken):
    """Its pushes break at first; then one comes."""

    def __init__(self) -> None:
        super().__init__("close", OSError("gone"))
        self.listened = 0
        self.heard = asyncio.Event()

    async def watch(self) -> AsyncIterator[None]:
        self.listened += 1
        if self.listened == 1:
            raise KeyError("params")
        self.heard.set()
        yield


def test_pushes_that_break_are_listened_to_again_and_end_nothing() -> None:
    async def play() -> Deaf:
        driver, notes = Deaf(), Notes()
        observer = Observer({ONE: driver}, FixedClock(NOW), Whose("led1", 1))
        hands = Hands(notes, observer, effects(notes), None, None, FixedClock(NOW))  # type: ignore[arg-type]
        loop = Loop(hands, poll=timedelta(0))
        await loop.begin()
        await driver.heard.wait()
        await loop.end()
        return driver

    assert asyncio.run(play()).listened == 2


def test_what_broke_is_told_in_one_line_of_a_bearable_length() -> None:
    told = broken.nonsense(ONE, "look", ValueError("x\n" * 4_000))
    assert "\n" not in told
    assert len(told) < 500
    assert replace(looked(Broken("", KeyError()), State())[ONE]).observation.message == ""
