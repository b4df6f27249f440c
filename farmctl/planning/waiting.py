"""What plates without a printer wait for, and which spools a person should change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from farmctl.model.ids import PlateId, PrinterName
from farmctl.planning.assign import Assignment
from farmctl.planning.demand import Demand, lack
from farmctl.planning.machines import Machine
from farmctl.planning.reasons import LACKS, Code, NotChosen
from farmctl.planning.urgency import orders_on, urgency_of


class For(StrEnum):
    """What a plate can wait for."""

    PRINTER = "printer"  # one that has all it needs: goes on by itself, or once its bed is clear
    SPOOL = "spool"  # a person must load it
    NOTHING = "nothing"  # no printer of the farm can make it


class Waits(Struct, frozen=True):
    """What a plate waits for.

    Args:
        what: Its kind.
        text: What people read after "waiting for".
        best: The printer that is nearest to taking it, and why it does not.
    """

    what: For
    text: str
    best: NotChosen | None = None


class Swap(Struct, frozen=True):
    """A spool to change.

    Args:
        printer: Where.
        has: What is in it.
        wants: What should be, slot by slot.
        plates: Which plates wait for it.
    """

    printer: PrinterName
    has: tuple[str, ...]
    wants: tuple[str, ...]
    plates: tuple[PlateId, ...]


_NOBODY_GOES_THERE = frozenset(
    {
        *(Code.HELD, Code.OFFLINE, Code.FAULT, Code.OTHER_MACHINE, Code.OBJECTION, Code.DRIFT),
        *(Code.GONE, Code.UNSURE),
    }
)


def waits(assignment: Assignment) -> Mapping[PlateId, Waits]:
    """Return what each plate without a printer waits for, the most urgent plate first."""
    same: dict[Demand, Waits] = {}
    found: dict[PlateId, Waits] = {}
    for plate in assignment.waiting:
        demand = assignment.demands[plate]
        if demand not in same:
            same[demand] = _waits_for(assignment, demand)
        found[plate] = same[demand]
    return found


def _waits_for(assignment: Assignment, demand: Demand) -> Waits:
    rejected = [each for each in assignment.rejected(demand) if each.reason.code is not Code.GONE]
    wanted = " + ".join(demand.filaments)
    able = next((each for each in rejected if each.reason.code not in LACKS), None)
    if able is not None:
        return Waits(For.PRINTER, f"a {wanted} bed", able)
    near = next((each for each in rejected if each.reason.code is Code.FILAMENT), None)
    if near is not None:
        return Waits(For.SPOOL, f"{wanted} in a {demand.printer_class} printer", near)
    asked = [f"a {demand.printer_class} printer", f"a {demand.nozzle_um / 1000:g} mm nozzle"]
    return Waits(For.NOTHING, " with ".join([*asked, *demand.tags]), next(iter(rejected), None))


def swaps(assignment: Assignment) -> tuple[Swap, ...]:
    """Return the fewest spool changes that the waiting plates need, the most urgent first.

    A plate waits for a printer that already holds its filament, unless it would then be late.
    """
    queued: defaultdict[Demand, list[PlateId]] = defaultdict(list)
    for plate in assignment.waiting:
        queued[assignment.demands[plate]].append(plate)
    wanted = {each.filaments for each in assignment.demands.values()}
    found: list[Swap] = []
    for demand, plates in queued.items():
        if not _can_wait(assignment, demand, plates[0]):
            used = {each.printer for each in found}
            machine = min(
                (each for each in _swappable(assignment, demand) if each.name not in used),
                key=lambda each: _cost(assignment, each, wanted),
                default=None,
            )
            if machine is not None:
                found.append(Swap(machine.name, _has(machine), demand.filaments, tuple(plates)))
    return tuple(found)


def _can_wait(assignment: Assignment, demand: Demand, plate: PlateId) -> bool:
    """Return whether a printer with the right filament will do, in time as far as is known."""
    able = [
        each.reason
        for each in assignment.rejected(demand)
        if each.reason.code not in LACKS | _NOBODY_GOES_THERE
    ]
    if not able:
        return False
    done = min(each.until or assignment.around.now for each in able) + _time(assignment, plate)
    return done <= _due(assignment, plate)


def _time(assignment: Assignment, plate: PlateId) -> timedelta:
    sliced = assignment.around.state.plates[plate].sliced
    return timedelta(milliseconds=sliced.summary.time_ms if sliced else 0)


def _due(assignment: Assignment, plate: PlateId) -> datetime:
    state = assignment.around.state
    return urgency_of(state, orders_on(state.plates[plate])).due


def _swappable(assignment: Assignment, demand: Demand) -> Iterator[Machine]:
    for each in assignment.machines:
        reason = lack(demand, each.name, each.equipment)
        is_near = reason is not None and reason.code is Code.FILAMENT
        if is_near and (each.busy is None or each.busy.code not in _NOBODY_GOES_THERE):
            yield each


def _cost(
    assignment: Assignment, machine: Machine, wanted: set[tuple[str, ...]]
) -> tuple[bool, bool, datetime, tuple[int, int, str]]:
    """Prefer what nobody else wants, then what is free, then what is free soonest."""
    now = assignment.around.now
    is_taken = machine.name in assignment.chosen.values() or machine.busy is not None
    until = machine.busy.until if machine.busy else None
    return _has(machine) in wanted, is_taken, until or now, machine.specialty


def _has(machine: Machine) -> tuple[str, ...]:
    loaded = machine.equipment.loaded
    return tuple(loaded[slot] for slot in sorted(loaded))
