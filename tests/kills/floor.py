"""A farm's floor as hands and eyes know it: machines, and the person who looks after them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from farmctl.ledger.state import State
from farmctl.ledger.view import View
from farmctl.model.recorded import PrinterRecord
from farmctl.model.states import Bed, RunPhase
from tests.floor.small_farm import Typed, farm_at, type_in
from tests.kills.evidence import Noted, Start, TakenOff


class Machine(Protocol):
    """A printer, without anybody's ledger."""

    def starts(self) -> list[Start]:
        """Return everything it ever began to print."""
        ...

    def still_after(self) -> int | None:
        """Return how often it has begun by now, or None while it prints."""
        ...

    def mend(self) -> None:
        """Bring it back, as a person does who finds it broken."""
        ...


class Person:
    """Takes parts off machines that stand still, says so, and lets failed ones be made again.

    Args:
        folder: The farm's.
        machines: By printer.
    """

    def __init__(self, folder: Path, machines: Mapping[str, Machine]) -> None:
        self.taken_off: list[TakenOff] = []
        self.noted: list[Noted] = []
        self.refused: list[str] = []
        self._folder = folder
        self._machines = machines
        self._view: View[State] = farm_at(folder).view()

    @property
    def state(self) -> State:
        """Return what the ledger holds by now."""
        self._view.refresh()
        return self._view.state

    @property
    def damage(self) -> str:
        """Return why the journal cannot be read on, or nothing."""
        return str(self._view.damage or "")

    def note(self) -> None:
        """Remember how far the journal has come: that may never be lost."""
        self._view.refresh()
        self.noted.append(Noted(self._view.place.seq, self._view.place.hash))

    def come_by(self) -> None:
        """Do what is to be done at every machine."""
        for name, machine in sorted(self._machines.items()):
            machine.mend()
            record = self.state.printers.get(name)
            if record is not None and _wants_hands(self.state, record):
                self._take_off(name, machine)
            if record is not None and record.holds:
                self.says("unhold", name)
        for item, record in sorted(self.state.items.items()):
            if any(part.is_closed for part in record.instances.values()):
                self.says("reprint", item)

    def says(self, *words: str) -> Typed:
        """Type a command; what was answered is remembered as acknowledged."""
        done = type_in(self._folder, *words)
        if done.code == 0:
            self.note()
        else:
            self.refused.append(f"{' '.join(words)}: {done.code}: {done.err.strip()}")
        return done

    def _take_off(self, name: str, machine: Machine) -> None:
        starts = machine.still_after()
        if starts is None:
            return
        self.taken_off.append(TakenOff(name, starts, datetime.now(UTC)))
        state = self.state
        run = state.runs.get(state.printers[name].bed_run or "")
        is_bad = run is not None and run.phase in (RunPhase.FAILED, RunPhase.ABORTED)
        self.says("clear", name, *["--failed"] * is_bad)


def _wants_hands(state: State, record: PrinterRecord) -> bool:
    run = state.runs.get(record.run) if record.run else None
    return record.bed is not Bed.CLEAR and (run is None or not run.phase.may_be_printing)
