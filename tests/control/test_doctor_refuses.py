"""What a driver's doctor says must be mended first holds the printer, and only as long."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from farmctl.control.decide.attention import attend, needs_of_printers
from farmctl.control.decide.gate import why_not_start
from farmctl.control.doctoring import AGAIN, EVERY, Doctors
from farmctl.control.observe import Observer, Whose
from farmctl.ledger.state import State
from farmctl.model.events import runs
from farmctl.model.ids import PlateId, PrinterName, RunId
from farmctl.model.look import Objection
from farmctl.model.observation import DeviceState
from farmctl.planning.reasons import Code
from farmctl.printers.driver import Finding
from farmctl.system.clock import FixedClock
from tests.control.device import Device, DeviceDriver
from tests.planning.assigning import PLATE, assigned, story_of
from tests.planning.made import NOW, Story, look, sha

pytestmark = pytest.mark.pure

ONE = PrinterName("p-1")
AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
BAD = Finding("auto-start", "it starts prints by itself", "turn that off", refuses=True)
OPEN = Finding("open", "everybody may print", "ask for a key")
OBJECTION = Objection(BAD.message, BAD.mend)


class Patient(DeviceDriver):
    """Has a doctor that finds something, is silent, or breaks."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(ONE, Device(), clock)
        self.finds: tuple[Finding, ...] | Exception = ()
        self.asked = 0

    async def doctor(self) -> tuple[Finding, ...]:
        self.asked += 1
        if isinstance(self.finds, Exception):
            raise self.finds
        return self.finds


def test_the_doctor_is_asked_at_first_and_every_hour_and_sooner_where_it_objects() -> None:
    clock = FixedClock(AT)
    driver, doctors = Patient(clock), Doctors(clock)

    def ask() -> tuple[Objection, ...] | None:
        return asyncio.run(doctors.objections(ONE, driver))

    assert (ask(), ask(), driver.asked) == ((), (), 1)
    driver.finds = (OPEN, BAD)
    clock.move((EVERY - timedelta(seconds=1)).total_seconds())
    assert (ask(), driver.asked) == ((), 1)
    clock.move((timedelta(seconds=1)).total_seconds())
    assert (ask(), driver.asked) == ((OBJECTION,), 2)
    clock.move((AGAIN).total_seconds())
    driver.finds = KeyError("config")
    assert (ask(), driver.asked) == ((OBJECTION,), 3)  # no word is no better word
    clock.move((AGAIN).total_seconds())
    driver.finds = (OPEN,)
    assert (ask(), driver.asked) == ((), 4)


def test_a_doctor_that_breaks_at_first_has_not_answered() -> None:
    clock = FixedClock(AT)
    driver, doctors = Patient(clock), Doctors(clock)
    driver.finds = KeyError("config")
    assert asyncio.run(doctors.objections(ONE, driver)) is None


@pytest.mark.parametrize("is_printing", [False, True])
def test_only_an_idle_printer_is_asked(is_printing: bool) -> None:
    clock = FixedClock(AT)
    driver = Patient(clock)
    driver.finds = (BAD,)
    if is_printing:
        driver.device.begin("panel.gcode")
    observer = Observer({ONE: driver}, clock, Whose("led1", 1), doctors=Doctors(clock))
    asyncio.run(observer.look([ONE], State()))
    expected = None if is_printing else (OBJECTION,)
    assert observer.looks[ONE].objections == expected


def test_nothing_starts_there_and_a_person_is_told() -> None:
    story = story_of("p-1", "p-2").plate(1, "ord-1/bracket#1").sliced(1)
    seen = replace(look("p-1"), objections=(OBJECTION,))
    assignment = assigned(story, **{"p-1": seen})
    assert assignment.chosen == {PLATE: "p-2"}
    (rejected,) = assignment.not_chosen(PLATE)
    assert (rejected.reason.code, rejected.reason.text) == (Code.OBJECTION, BAD.message)
    (need,) = needs_of_printers(story.state, {ONE: seen})
    assert (need.kind, need.about) == ("doctor-refuses", "p-1")
    assert need.evidence == "it starts prints by itself: turn that off"


def test_the_last_gate_heeds_it_too() -> None:
    story, run = story_of("p-1").plate(1, "ord-1/bracket#1").sliced(1), RunId("run-1")
    after = NOW + timedelta(hours=1)
    digest = sha("gcode")
    story.tell(runs.RunQueued(run, PlateId("plate-1"), ONE, digest, digest, "dec-1", after))
    queued = story.state.runs[run]
    assert why_not_start(story.state, queued, look("p-1"), NOW) is None
    seen = replace(look("p-1"), objections=(OBJECTION,))
    refusal = why_not_start(story.state, queued, seen, NOW)
    assert refusal is not None
    assert refusal.text == "p-1: it starts prints by itself"


def told(story: Story, **objections: tuple[Objection, ...] | None) -> Story:
    """Record what follows from a look with these objections."""
    seen = {PrinterName(k): replace(look(k), objections=each) for k, each in objections.items()}
    for record in list(attend(story.state, needs_of_printers(story.state, seen))):
        story.tell(*record.facts)
    return story


def test_who_looks_without_a_doctor_goes_by_what_the_loop_was_told() -> None:
    story = story_of("p-1").plate(1, "ord-1/bracket#1").sliced(1)
    told(story, **{"p-1": (OBJECTION,)})
    assert assigned(story).chosen == {}  # as `plan` and `explain` look
    told(story, **{"p-1": None})
    assert [each.kind for each in story.state.attentions.values()] == ["doctor-refuses"]
    offline = {ONE: look("p-1", DeviceState.OFFLINE)}
    assert "doctor-refuses" in {each.kind for each in needs_of_printers(story.state, offline)}
    told(story, **{"p-1": ()})
    assert story.state.attentions == {}
    assert assigned(story).chosen == {PLATE: "p-1"}
