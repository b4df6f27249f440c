"""Which printer gets which sliced plate now, and why not each of the others.

A pass over the plates, the most urgent first: each gets the plainest free printer that has what it
asks for, so that special ones stay free for those that need them. Nothing is swapped by farmctl;
`swaps` says which spool a person should change, as few as the due times allow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from farmctl.model.ids import PlateId, PrinterName
from farmctl.planning.demand import Demand, demand_of, lack
from farmctl.planning.machines import Around, Machine
from farmctl.planning.reasons import Code, NotChosen, Reason
from farmctl.planning.urgency import by_urgency
from farmctl.planning.words import parts_on


class Assignment(Struct, frozen=True):
    """Who gets what.

    Args:
        around: What it was decided on.
        machines: Every printer.
        demands: What each plate asks for, the most urgent first.
        chosen: The printer of each plate that has one.
    """

    around: Around
    machines: tuple[Machine, ...]
    demands: Mapping[PlateId, Demand]
    chosen: Mapping[PlateId, PrinterName]
    _rejected: dict[Demand, tuple[NotChosen, ...]] = field(default_factory=dict)

    @property
    def waiting(self) -> tuple[PlateId, ...]:
        """Return the plates that have no printer now, the most urgent first."""
        return tuple(each for each in self.demands if each not in self.chosen)

    @property
    def left(self) -> tuple[Machine, ...]:
        """Return the free printers that nobody took."""
        taken = set(self.chosen.values())
        return tuple(each for each in self.machines if not each.busy and each.name not in taken)

    def not_chosen(self, plate: PlateId) -> tuple[NotChosen, ...]:
        """Return every other printer with its reason, the best first."""
        chosen, others = self.chosen.get(plate), self.rejected(self.demands[plate])
        return tuple(each for each in others if each.printer != chosen)

    def rejected(self, demand: Demand) -> tuple[NotChosen, ...]:
        """Return why each printer does not meet a demand now, the best first."""
        if demand not in self._rejected:
            parts = self._parts_by_printer()
            found = [NotChosen(each.name, _reason(demand, each, parts)) for each in self.machines]
            self._rejected[demand] = tuple(sorted(found, key=_hope))
        return self._rejected[demand]

    def _parts_by_printer(self) -> Mapping[PrinterName, str]:
        plates = self.around.state.plates
        return {printer: parts_on(plates[plate].composed) for plate, printer in self.chosen.items()}


def assign(around: Around, plates: Iterable[PlateId]) -> Assignment:
    """Give free printers to these plates; each gets one at most, and so does each printer."""
    known = around.machines
    free = _Free([each for each in known if each.busy is None])
    state, chosen = around.state, {}
    demands = {
        plate: demand_of(state, around.desired, state.plates[plate].composed)
        for plate in by_urgency(state, plates)
    }
    for plate, demand in demands.items():
        machine = free.take(demand)
        if machine is not None:
            chosen[plate] = machine.name
    return Assignment(around, known, demands, chosen)


class _Free:
    """Free printers by what every demand names: class, nozzle, first filament."""

    def __init__(self, free: Sequence[Machine]) -> None:
        self._shelves: defaultdict[tuple[str, int, str | None], list[Machine]] = defaultdict(list)
        for machine in sorted(free, key=lambda each: each.specialty):
            has = machine.equipment
            self._shelves[has.printer_class, has.nozzle_um, has.loaded.get(0)].append(machine)

    def take(self, demand: Demand) -> Machine | None:
        """Take the plainest printer that lacks nothing, or None."""
        shelf = self._shelves[demand.printer_class, demand.nozzle_um, demand.filaments[0]]
        for place, machine in enumerate(shelf):
            if lack(demand, machine.name, machine.equipment) is None:
                return shelf.pop(place)
        return None


def _reason(demand: Demand, machine: Machine, parts: Mapping[PrinterName, str]) -> Reason:
    """Return what it lacks, else what it does, else who gets it, else that it is not needed."""
    reason = lack(demand, machine.name, machine.equipment) or machine.busy
    if reason is not None:
        return reason
    if machine.name in parts:
        return Reason(Code.TAKEN, f"gets {parts[machine.name]}")
    return Reason(Code.SPARE, "free too")


def _hope(each: NotChosen) -> tuple[int, float, str]:
    until = each.reason.until
    return each.reason.rank, until.timestamp() if until else 0.0, each.printer
