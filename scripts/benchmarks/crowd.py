"""A farm of any size in memory, at work: its documents, its ledger, and a look at each printer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from farmctl.control.actions import Act, Action, CheckModel, Dispatch, Record, SlicePlate, WritePlan
from farmctl.control.decide.decide import decide
from farmctl.ledger.fold import evolve
from farmctl.ledger.state import State
from farmctl.model.digest import digest_of
from farmctl.model.events.plans import ModelChecked
from farmctl.model.events.printers import BedCleared, SpoolLoaded
from farmctl.model.events.runs import ACCEPTED, INTENDED
from farmctl.model.ids import OrderId, PrinterName
from farmctl.model.look import Look, Patience
from farmctl.model.observation import DeviceState, Job, Loaded, Observation
from farmctl.model.recorded import RunRecord
from farmctl.planning.plan_text import plan_written
from farmctl.soak.documents import files_of_farm, order_file
from farmctl.soak.remote import Clone, Remote
from farmctl.system.clock import FixedClock
from farmctl.testing.moves_plates import sliced

_BEGAN = datetime(2026, 11, 21, 8, tzinfo=UTC)
_PATIENCE = Patience(20.0, deletion_fences=True, survives_restart=True)
_PASSES = 60
_FULL_PLATE = 16
_TURN = timedelta(seconds=1)


@dataclass
class Crowd:
    """Printers, some of which print; the others cannot take what waits.

    Args:
        printers: How many.
        plates: How many live ones; four of five are printed.
    """

    printers: int
    plates: int
    state: State = field(default_factory=State)
    now: datetime = _BEGAN
    looks: dict[PrinterName, Look] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let it come to where nothing more can be done now: first prints, then what waits."""
        self._documents = _documents(self.printers)
        self._busy = self.plates * 4 // 5
        self._order(range(1, self._busy + 1), quantity=1)
        self._order(range(self._busy + 1, self.plates + 1), quantity=_FULL_PLATE)

    def _order(self, numbers: Iterable[int], quantity: int) -> None:
        for number in numbers:
            self._documents.commit(order_file(OrderId(f"ord-{number}"), quantity))
        clone = Clone(self._documents, FixedClock(_BEGAN))
        self.desired = clone.desired(self.state)
        for _ in range(_PASSES):
            actions = self.decide()
            if not actions:
                return
            for action in actions:
                self._tell(*_facts(action, self.state))
            self._put_people_to_work()
        raise RuntimeError(f"it does not come to rest: {actions[:3]}")

    def decide(self) -> Sequence[Action]:
        """Look at every printer, and return what can be done now."""
        self.now += _TURN
        self.looks = {name: self._look(name) for name in self._names()}
        return decide(self.desired, self.state, self.looks, self.now)

    def _names(self) -> Iterator[PrinterName]:
        return (PrinterName(each.name) for each in self.desired.farm.printers)

    def _put_people_to_work(self) -> None:
        """Clear the beds of those that shall print; the others get another spool, or stay so."""
        for number, (name, record) in enumerate(sorted(self.state.printers.items())):
            if number < self._busy and record.bed == "unknown":
                self._tell(BedCleared(name, "ada@example.org", None))
            elif number >= self._busy and number % 2 and record.loaded[0].color == "black":
                self._tell(SpoolLoaded(name, (Loaded("PETG", "white"),), None))

    def _tell(self, *facts: object) -> None:
        for fact in facts:
            seq = self.state.seq + 1
            self.state = evolve(self.state, fact, at=self.now, seq=seq, actor="controller")

    def _look(self, name: PrinterName) -> Look:
        record = self.state.printers.get(name)
        run = self.state.runs.get(record.run) if record and record.run else None
        job = Job(run.file, None, 420, 3_600) if run and run.file and _has_begun(run) else None
        state = DeviceState.PRINTING if job else DeviceState.READY
        return Look(Observation(name, self.now, state, str(name), job), _PATIENCE)


def _has_begun(run: RunRecord) -> bool:
    return run.start_at is not None and not run.phase.is_over


def _documents(printers: int) -> Remote:
    names = tuple((f"voron-{number:04}", "moonraker") for number in range(1, printers + 1))
    return Remote(files_of_farm(names))


def _facts(action: Action, state: State) -> Iterator[object]:
    """Yield what is recorded when an action is done, and everything goes well."""
    match action:
        case Record(facts=facts) | Dispatch(facts=facts):
            yield from facts
        case CheckModel(model=model):
            clean = digest_of(b"clean cube")
            yield ModelChecked(model, clean, "pass", (40_000, 40_000, 20_000), 32, 12, ())
        case WritePlan(draft):
            yield plan_written(draft, digest_of(draft.item.encode()))
        case SlicePlate(plate):
            yield sliced(plate, len(state.plates[plate].composed.placed))
        case Act(effect, run, printer):
            who = (run, printer, f"farmctl-5eed-1-{run}-1.gcode")
            yield INTENDED[effect](*who, 1)
            yield ACCEPTED[effect](*who)
