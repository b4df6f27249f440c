"""Whatever the wire, the power and people do: no second start, no start onto a part, no lost end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from farmctl.control.actions import Act, Record
from farmctl.control.decide.machines import decide_machines
from farmctl.control.effects import Effects, after_restart
from farmctl.control.excluding import exclude
from farmctl.control.observe import Observer, Whose
from farmctl.control.recorder import Recorder
from farmctl.errors import Refused
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.ledger import open_ledger
from farmctl.ledger.opening import create
from farmctl.model.envelope import Actor
from farmctl.model.events import orders, plates, printers, run_life, runs
from farmctl.model.events.farm import PrinterHeld, PrinterUnheld
from farmctl.model.ids import InstanceId, ItemKey, OrderId, PlateId, PrinterName, RunId
from farmctl.model.observation import Ended, Loaded
from farmctl.model.states import Bed, PlatePhase, RunPhase, Verdict
from farmctl.system.clock import FixedClock
from farmctl.testing.disk import SimulatedDisk
from tests.control.device import Device, DeviceDriver, Wire

pytestmark = pytest.mark.pure

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
IDENTITY = Identity(farm="farm-1", ledger="led1", epoch=1)
CONTROLLER = Actor("controller", "farmctl", "run")
PERSON = Actor("person", "ada", "cli")
NAME = PrinterName("voron-1")
ORDER = OrderId("ord-1")
WANTED = 1000
LABELS = ("P01", "P02", "P03")


FAULTS = (
    "request lost",
    "reply lost",
    "late",
    "killed before the call",
    "killed before the answer",
    "minutes pass",
    "hours pass",
    "offline",
    "online",
    "power cut",
    "power cut, history lost",
    "abort",
    "pause",
    "leave one out",
    "leave one out",
    "left out at the panel",
    "late calls arrive",
    "started at the panel",
    "ended at the panel",
    "paused at the panel",
    "held",
    "unheld",
    "slow look",
)
HANDS = ("late calls arrive", "left out at the panel", "killed before the answer", "pause", "abort")
_RUNNER = asyncio.Runner()


@pytest.fixture(autouse=True, scope="module")
def _one_loop() -> Iterator[None]:
    yield
    _RUNNER.close()


class Dispatch(RuleBasedStateMachine):
    """One printer, one controller that may die at any moment, and everything that can go wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock(START)
        self.disk = SimulatedDisk()
        self.folder = LedgerFolder(self.disk, Path("/ledger"))
        self.device = Device()
        self.driver = DeviceDriver(NAME, self.device, self.clock)
        self.driver.meanwhile = self.a_quick_print_by_hand
        self.by_hand = 0
        self.wanted_out: set[tuple[str, str]] = set()
        create(self.folder, IDENTITY)
        self.boot_controller()

    def wait_for(self, work: Coroutine[Any, Any, Any]) -> Any:
        return _RUNNER.run(work)

    def boot_controller(self) -> None:
        ledger = open_ledger(self.folder, REDUCER_OF_FARM, self.clock, IDENTITY)
        self.recorder = Recorder(ledger, CONTROLLER)
        self.people = Recorder(ledger, PERSON)
        self.observer = Observer({NAME: self.driver}, self.clock, Whose("led1", 1))
        self.effects = Effects(
            self.recorder, self.clock, ledger_id="led1", epoch=1, gcode_of=lambda _: b"G28\n"
        )
        left_open = after_restart(self.recorder.state)
        if left_open:
            self.recorder.append(*left_open)

    @property
    def state(self) -> Any:
        return self.recorder.state

    @property
    def run(self) -> Any:
        record = self.state.printers[NAME]
        return self.state.runs.get(record.run) if record.run else None

    @initialize(tells_history=st.booleans(), tells_total=st.booleans())
    def farm(self, tells_history: bool, tells_total: bool) -> None:
        self.device.tells_history = tells_history
        self.device.tells_total = tells_total
        declared = printers.PrinterDeclared(
            *(NAME, "c@1.0.0", "moonraker", 400, "person"),
            loaded=(Loaded("PLA", "white"),),
            identity="machine-1",
        )
        item = orders.OrderedItem(
            "part", "sha256:m", WANTED, ("PLA/white",), "standard", "cosmetic"
        )
        text = orders.OrderText(ORDER, "blob", START, "manual", "normal", "waived", (item,))
        self.recorder.append(declared, orders.OrderAccepted(ORDER, text), orders.OrderOpened(ORDER))
        self.tick()
        self.person_clears()

    def tick(self) -> bool:
        """Look, decide, do one thing: what the loop does, with each step visible."""
        self.clock.move(1)
        self.wait_for(self.observer.look([NAME], self.state))
        for action in decide_machines(self.state, self.observer.looks, self.clock.now()):
            match action:
                case Record(facts=facts):
                    self.check_voids(facts)
                    self.recorder.append(*facts)
                case Act():
                    self.act(action)
                case _:
                    raise AssertionError(action)
            return True
        return False

    def check_voids(self, facts: tuple[object, ...]) -> None:
        """What is called void never moved."""
        for fact in facts:
            if isinstance(fact, run_life.RunVoided):
                assert self.state.runs[fact.run].file not in self.device.starts, fact

    def act(self, action: Act, *, dies: str | None = None) -> None:
        intent = self.effects.intend(action, self.observer.looks[NAME])
        if intent is None:
            return
        self.clock.move(0.5)
        if dies == "before the call":
            self.boot_controller()
            return
        if dies == "before the answer":
            self.wait_for(self.driver_call(intent))
            self.boot_controller()
            return
        self.wait_for(self.effects.carry_out(intent, self.driver))
        self.observer.forget(NAME)

    async def driver_call(self, intent: Any) -> None:
        from farmctl.control.effects import call

        await call(self.driver, intent)

    def a_quick_print_by_hand(self) -> None:
        """Somebody prints a small thing, and leaves it there, while a look is on its way.

        Only a device that tells of its past can give that away.
        """
        if self.has_memory() and self.panel_is_free():
            self.started_at_the_panel()
            self.device.finish(Ended.COMPLETED)

    def killed_while_acting(self, dies: str, wire: Wire) -> None:
        self.clock.move(1)
        self.wait_for(self.observer.look([NAME], self.state))
        acts = [
            each
            for each in decide_machines(self.state, self.observer.looks, self.clock.now())
            if isinstance(each, Act)
        ]
        if acts:
            self.driver.wire = wire
            self.act(acts[0], dies=dies)

    @rule(
        faults=st.dictionaries(st.integers(0, 11), st.sampled_from(FAULTS), min_size=1, max_size=5),
        ended=st.sampled_from(Ended),
        clears=st.sampled_from([True, True, True, False]),
    )
    def a_print(self, faults: dict[int, str], ended: Ended, clears: bool) -> None:
        """What happens all day: bed cleared, plate given, printed, ended; faults in between."""
        if clears:
            self.mended()
            self.person_clears()
        for step in range(12):
            if step == 1 and self.run is None:
                self.dispatched()
            if step == 8 and self.device.job is not None:
                self.device.finish(ended)
            self.happens(faults.get(step))
            self.tick()

    @rule(
        wires=st.lists(st.sampled_from(Wire), min_size=3, max_size=6),
        hands=st.dictionaries(st.integers(0, 5), st.sampled_from(HANDS), max_size=3),
        ended=st.sampled_from(Ended),
    )
    def a_print_of_which_parts_fail(
        self, wires: list[Wire], hands: dict[int, str], ended: Ended
    ) -> None:
        """Somebody wants one part out after the other, on a wire that is as it is."""
        self.mended()
        self.person_clears()
        self.dispatched()
        for _ in range(6):
            self.tick()
        for step, wire in enumerate(wires):
            self.left_out_as_asked()
            self.driver.wire = wire
            self.happens(hands.get(step))
            self.tick()
            self.clock.move(6)
        if self.device.job is not None:
            self.device.finish(ended)
        self.tick()

    def mended(self) -> None:
        self.device.reachable, self.device.identity = True, "machine-1"
        if self.state.printers[NAME].holds:
            self.hold(held=False)
        self.tick()

    @rule(fault=st.sampled_from(FAULTS))
    def between_prints(self, fault: str) -> None:
        self.happens(fault)
        self.tick()

    def happens(self, fault: str | None) -> None:  # noqa: C901, PLR0912 - a list of misfortunes
        match fault:
            case None:
                return
            case "request lost" | "reply lost" | "late":
                self.driver.wire = Wire(fault)  # until the next call
            case "killed before the call" | "killed before the answer":
                self.killed_while_acting(fault.removeprefix("killed "), self.driver.wire)
            case "minutes pass":
                self.clock.move(61)
            case "hours pass":
                self.clock.move(7200)
            case "offline" | "online":
                self.device.reachable = fault == "online"
            case "power cut" | "power cut, history lost":
                self.device.power_cycle(keeps_history=fault == "power cut")
            case "abort" | "pause":
                verbs = {"abort": run_life.AbortRequested, "pause": run_life.PauseRequested}
                self.asked(verbs[fault])
            case "leave one out":
                self.left_out_as_asked()
            case "left out at the panel":
                if self.device.job is not None:
                    self.left_out_at_the_panel(self.device.job)
            case "late calls arrive":
                self.late_calls_arrive()
            case "started at the panel":
                if self.panel_is_free() and not self.out_of_sight():
                    self.started_at_the_panel()
            case "ended at the panel":
                if self.device.job is not None:
                    self.device.finish(Ended.ABORTED)
            case "paused at the panel":
                self.device.paused = self.device.job is not None
            case "slow look":
                self.driver.next_look_is_slow = True
            case "held" | "unheld":
                self.hold(held=fault == "held")
            case _:
                raise AssertionError(fault)

    def dispatched(self) -> None:
        """Give the next plate to the printer, as carelessly as can be: the gate must hold."""
        waiting = [
            plate
            for plate, each in sorted(self.state.plates.items())
            if each.phase is PlatePhase.SLICED and each.run is None
        ]
        plate = waiting[0] if waiting else self.compose()
        gcode = self.state.plates[plate].sliced.gcode
        run = RunId(f"run-{self.state.counts.run + 1}")
        self.recorder.append(
            runs.RunQueued(
                run, plate, NAME, gcode, gcode, "dec-1", self.clock.now() + timedelta(hours=1)
            )
        )

    def compose(self) -> PlateId:
        plate = PlateId(f"plate-{self.state.counts.plate + 1}")
        number = self.state.items[ItemKey("ord-1/part")].highest
        placed = tuple(
            plates.Placed(label, InstanceId(f"ord-1/part#{number + at}"), "v", "mesh", 0, 0)
            for at, label in enumerate(LABELS, 1)
        )
        summary = plates.Sliced(60_000, 1_000, 3, 5, 1_000, (0, 0, 1, 1), len(LABELS))
        self.recorder.append(
            plates.PlateComposed(
                plate, "c@1.0.0", "p@1.0.0", "s", "t", 400, ("PLA/white",), (), placed
            ),
            plates.PlateSliced(plate, "k", f"sha256:{plate}", "m", "t", "s", False, summary),
        )
        return plate

    def person_clears(self) -> None:
        """A person takes the part off, if nothing moves, and says so."""
        self.wait_for(self.observer.look([NAME], self.state))
        if self.device.job is not None or self.run is not None:
            return
        self.device.on_bed = False
        look = self.observer.looks.get(NAME)
        if look is None or not look.observation.is_reachable:
            return
        self.people.append(printers.BedCleared(NAME, "person", look.observation.history_head))

    def late_calls_arrive(self) -> None:
        late, self.device.late = self.device.late, []
        for call, file, part in late:
            self.device.do(call, file, part)

    def has_memory(self) -> bool:
        return self.device.tells_history or self.device.tells_total

    def panel_is_free(self) -> bool:
        return self.device.job is None and not self.device.on_bed and not self.device.late

    def out_of_sight(self) -> bool:
        """Whether a print could begin and end before a look shows it, and nothing tell of it."""
        return self.driver.look_is_slow and not self.has_memory()

    def started_at_the_panel(self) -> None:
        self.by_hand += 1
        self.device.begin(f"benchy-{self.by_hand}.gcode")

    def asked(self, verb: Any) -> None:
        if self.run is not None:
            self.people.append(verb(self.run.run, "because"))

    def left_out_as_asked(self) -> None:
        """Somebody asks to leave out whichever parts may be left out, one after the other."""
        run = self.run
        for label in LABELS if run is not None else ():
            try:
                facts = exclude(self.state, run.run, [label], "adhesion")
            except Refused:
                continue
            self.people.append(*facts)
            self.wanted_out.add((run.run, label))

    def left_out_at_the_panel(self, file: str) -> None:
        self.device.left_out.setdefault(file, set()).add(LABELS[0])

    def hold(self, *, held: bool) -> None:
        fact = PrinterHeld(NAME, "nozzle", "ada") if held else PrinterUnheld(NAME, "ok")
        self.people.append(fact)

    @rule()
    def machine_is_swapped(self) -> None:
        self.device.identity = "machine-2" if self.device.identity == "machine-1" else "machine-1"

    @invariant()
    def nothing_prints_onto_a_part(self) -> None:
        assert [each for each in self.device.collisions if each.startswith("farmctl")] == []

    @invariant()
    def no_file_starts_twice(self) -> None:
        ours = Counter(each for each in self.device.starts if each.startswith("farmctl"))
        assert all(count == 1 for count in ours.values()), ours

    @invariant()
    def no_run_starts_twice(self) -> None:
        tries = Counter(each.split("-")[3] for each in self.device.starts if "farmctl" in each)
        assert all(count == 1 for count in tries.values()), tries

    @invariant()
    def only_what_somebody_wanted_is_left_out(self) -> None:
        for file, parts in self.device.left_out.items():
            run = f"run-{file.split('-')[3]}" if "farmctl" in file else file
            for part in parts - {LABELS[0]}:  # the first may be left out at the panel
                assert (run, part) in self.wanted_out, (file, part)

    @invariant()
    def farmctl_leaves_something_to_print(self) -> None:
        for parts in self.device.left_out.values():
            assert len(parts) < len(LABELS), self.device.left_out

    @invariant()
    def what_is_called_left_out_is_and_has_failed(self) -> None:
        for run in self.state.runs.values():
            shown = self.device.left_out.get(run.file or "", set())
            assert run.labels_left_out <= shown, (run.run, shown)
            if not run.phase.is_over or run.phase is RunPhase.VOID:
                continue
            for placed in self.state.plates[run.queued.plate].composed.placed:
                part = self.state.items[ItemKey("ord-1/part")].instances[placed.instance]
                is_failed = part.verdict is Verdict.FAILED
                assert is_failed is (placed.label in run.labels_left_out), (run.run, placed)

    @invariant()
    def what_moves_is_never_called_void(self) -> None:
        for run in self.state.runs.values():
            if run.phase is RunPhase.VOID:
                assert run.file is None or self.device.job != run.file

    @invariant()
    def a_clear_bed_is_clear(self) -> None:
        record = self.state.printers.get(NAME)
        if record is not None and record.bed is Bed.CLEAR and self.observer.looks.get(NAME):
            ours = [each for each in self.device.starts if each.startswith("farmctl")]
            assert not (self.device.on_bed and self.device.job in ours)

    def settle(self) -> None:
        """With all faults off, every run comes to its one end, or to a person."""
        self.driver.wire = Wire.FINE
        self.driver.next_look_is_slow = False
        self.mended()
        for _ in range(60):
            self.late_calls_arrive()
            if self.device.job is not None:
                self.device.paused = False
                self.device.finish(Ended.COMPLETED)
            self.clock.move(70)
            self.tick()
        assert self.run is None, self.run

    def teardown(self) -> None:
        """At the end of each history nothing is left hanging."""
        if NAME in self.state.printers:
            self.settle()


TestDispatch = Dispatch.TestCase
TestDispatch.settings = settings(
    max_examples=settings().max_examples * 4 // 5, stateful_step_count=40, deadline=None
)
