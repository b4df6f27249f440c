"""The farm's printers as they are now: what each has, and why nothing may start on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.ids import PrinterName
from farmctl.model.look import Look
from farmctl.model.observation import DeviceState, Loaded
from farmctl.model.recorded import PrinterRecord, RunRecord
from farmctl.model.states import Bed, RunPhase
from farmctl.planning.demand import Equipment
from farmctl.planning.drift import stops
from farmctl.planning.reasons import Code, Reason

DOCTOR_REFUSES = "doctor-refuses"
LOOK_AGE = timedelta(seconds=15)
"""A look that is older says nothing about now."""


class Machine(Struct, frozen=True):
    """A printer now.

    Args:
        name: Which.
        equipment: What it is and has, as observed, else as recorded.
        busy: Why nothing may start on it, or None when it is free.
    """

    name: PrinterName
    equipment: Equipment
    busy: Reason | None

    @property
    def specialty(self) -> tuple[int, int, str]:
        """Return a key that puts plain printers first: they are given away first."""
        return len(self.equipment.tags), len(self.equipment.loaded), self.name


class Around(Struct, frozen=True, dict=True):
    """What a decision about printers is taken on."""

    state: State
    desired: Desired
    looks: Mapping[PrinterName, Look]
    now: datetime

    @cached_property
    def machines(self) -> tuple[Machine, ...]:
        """Return every printer that the ledger knows, by name."""
        in_farm = {each.name for each in self.desired.farm.printers}
        return tuple(
            _machine(self, name, is_in_farm=name in in_farm) for name in sorted(self.state.printers)
        )


def _machine(around: Around, name: PrinterName, *, is_in_farm: bool) -> Machine:
    record, look = around.state.printers[name], around.looks.get(name)
    busy = next(_busy(around, record, look), None)
    gone = None if is_in_farm else Reason(Code.GONE, "no longer in the farm")
    return Machine(name, _equipment(around.desired, record, look), gone or busy)


def _equipment(desired: Desired, record: PrinterRecord, look: Look | None) -> Equipment:
    declared = record.declared
    of_class = desired.classes.get(declared.printer_class)
    capabilities = of_class.document.capabilities if of_class else ()
    return Equipment(
        declared.printer_class,
        declared.nozzle_um,
        {each.slot: each.name for each in slots_now(record, look)},
        frozenset((*declared.tags, *capabilities)),
    )


def slots_now(record: PrinterRecord, look: Look | None) -> tuple[Loaded, ...]:
    """Return what is in a printer: as a look shows it, else as it is recorded."""
    seen = look.observation.loaded if look else None
    return record.slots if seen is None else record.slots_when(seen)


def _busy(around: Around, record: PrinterRecord, look: Look | None) -> Iterator[Reason]:
    """Yield why nothing may start, what people said first."""
    if around.state.hold is not None:
        yield Reason(Code.HELD, f"the farm is held: {around.state.hold.reason}")
    for hold in record.holds:
        yield Reason(Code.HELD, f"held by {hold.by}: {hold.reason}")
    run = around.state.runs.get(record.run) if record.run else None
    if run is not None:
        yield _busy_with(around, run)
    if (
        look is None
        or not look.is_fresh(record)
        or around.now - look.observation.seen_at > LOOK_AGE
    ):
        yield Reason(Code.NOT_SEEN, "waits for a fresh look")
        return
    yield from _unfit(around.state, record, look)
    if (objection := objection_to(around.state, look)) is not None:
        yield Reason(Code.OBJECTION, objection)


def _busy_with(around: Around, run: RunRecord) -> Reason:
    match run.phase:
        case RunPhase.PRINTING:
            until = finish_of(around.state, run)
            is_ahead = until is not None and until > around.now
            return Reason(Code.PRINTING, "printing", until if is_ahead else None)
        case RunPhase.PAUSED:
            return Reason(Code.PAUSED, f"{run.run} is paused")
        case RunPhase.UNKNOWN:
            return Reason(Code.UNSURE, f"{run.run} may still print")
        case _:
            return Reason(Code.STARTING, f"starts {run.run}")


def finish_of(state: State, run: RunRecord) -> datetime | None:
    """Return when a print should be done, by the slicer's estimate."""
    plate = state.plates.get(run.queued.plate)
    if run.start_at is None or plate is None or plate.sliced is None:
        return None
    return run.start_at + timedelta(milliseconds=plate.sliced.summary.time_ms)


def _unfit(state: State, record: PrinterRecord, look: Look) -> Iterator[Reason]:
    """Yield what a fresh look, and the bed, say against a start."""
    seen, declared = look.observation, record.declared
    if not seen.is_reachable:
        yield Reason(Code.OFFLINE, "offline")
        return
    if declared.identity is not None and seen.identity != declared.identity:
        yield Reason(Code.OTHER_MACHINE, "another machine answers at its address")
    if seen.state is DeviceState.FAULT:
        yield Reason(Code.FAULT, f"fault: {seen.message}" if seen.message else "fault")
    elif seen.state is not DeviceState.READY:
        yield _external(state, look)
    if record.bed is not Bed.CLEAR:
        is_occupied = record.bed is Bed.OCCUPIED
        yield Reason(Code.BED, "bed not clear" if is_occupied else "bed not known to be clear")
    elif (strange := look.unexplained(record)) is not None:
        yield Reason(Code.BED, f"bed not known to be clear: {strange}")
    for each in stops(record, seen):
        yield Reason(Code.DRIFT, each.sentence)


def objection_to(state: State, look: Look) -> str | None:
    """Return why a printer's doctor lets nothing start; who looks without one goes by the ledger's.

    A loop asks the doctors, and keeps what they say open as a need.
    """
    if look.objections is not None:
        return look.objections[0].message if look.objections else None
    name = look.observation.printer
    known = (each for each in state.attentions.values() if each.kind == DOCTOR_REFUSES)
    return next((each.evidence for each in known if each.about == name), None)


def _external(state: State, look: Look) -> Reason:
    seen = look.observation
    if seen.state is DeviceState.UNKNOWN:
        return Reason(Code.UNSURE, "does not say what it is doing")
    file = seen.job.file if seen.job else None
    return Reason(Code.EXTERNAL, f"printing {stranger(state, file)}")


def stranger(state: State, file: str | None) -> str:
    """Return what a printer prints that the ledger does not follow there.

    It may be a print of ours that is over here: somebody said so, or it was started once more.
    """
    over = (each for each in state.runs.values() if each.phase.is_over)
    ours = next((each for each in over if file and each.file == file), None)
    if ours is None:
        return f"{file or 'something'}, started at the printer"
    word = "never started" if ours.phase is RunPhase.VOID else ours.phase.value
    return f"{ours.run}, which is recorded as {word}"
