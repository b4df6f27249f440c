"""On which class and with which profile version parts are made: where printers are free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.events.plans import VariantPin
from farmctl.model.ids import InstanceId
from farmctl.planning.demand import Demand, lack
from farmctl.planning.drafts import entrusted_with
from farmctl.planning.machines import Machine
from farmctl.planning.reasons import Code
from farmctl.planning.sharing import by_weight
from farmctl.planning.stops import version_stops
from farmctl.planning.trials import canary_of, good_runs, plates_now, trial_of
from farmctl.planning.wants import Want

CANARY = "canary"


class Choice(Struct, frozen=True):
    """Parts of an item with the variant that they are to be made by.

    Args:
        want: What is wanted.
        pin: The variant.
        parts: Which of the wanted parts.
        demand: What it asks of a printer.
        most_plates: How many plates may be composed now; None for any number.
    """

    want: Want
    pin: VariantPin
    parts: tuple[InstanceId, ...]
    demand: Demand
    most_plates: int | None = None


class _Way(Struct, frozen=True):
    pin: VariantPin
    demand: Demand
    free: int
    most_plates: int | None = None


def choose(
    state: State,
    desired: Desired,
    want: Want,
    machines: Sequence[Machine],
    free: Sequence[Machine],
) -> Iterator[Choice]:
    """Yield which parts are made how, by how many printers are free for each way.

    A version on trial gets the printers and plates that its channel names, and those alone. With
    no printer free, everything goes the one way that most printers could take.
    """
    ways = list(_ways(state, desired, want, free))
    if not any(way.free for way in ways):
        ways = sorted(
            (way for way in ways if way.pin.channel != CANARY),
            key=lambda way: (*_prospects(way.demand, machines), way.pin.printer_class),
        )[:1]
    start = 0
    for way, count in zip(
        ways, by_weight(len(want.parts), [way.free for way in ways]) if ways else [], strict=True
    ):
        if count:
            parts = want.parts[start : start + count]
            yield Choice(want, way.pin, parts, way.demand, way.most_plates)
            start += count


def demand_for(state: State, desired: Desired, want: Want, pin: VariantPin) -> Demand:
    """Return what parts ask of a printer when they are made this way."""
    written = want.written
    trial = trial_of(state, desired, pin.profile)
    only = entrusted_with(state, desired, pin.profile, [want.item])
    return Demand(pin.printer_class, pin.nozzle_um, written.filaments, written.tags, trial, only)


def _ways(state: State, desired: Desired, want: Want, free: Sequence[Machine]) -> Iterator[_Way]:
    """Yield the ways that may be used, each with the free printers that are its own."""
    left = list(free)
    for pin in sorted(want.written.variants, key=lambda each: each.channel != CANARY):
        if any(version_stops(state, desired, pin.profile, pin.printer_class)):
            continue
        demand = demand_for(state, desired, want, pin)
        most = _plates_to_try(state, desired, pin) if pin.channel == CANARY else None
        takers = [each for each in left if lack(demand, each.name, each.equipment) is None]
        takers = takers[:most]
        left = [each for each in left if each not in takers]
        yield _Way(pin, demand, len(takers), len(takers) if pin.channel == CANARY else None)


def _plates_to_try(state: State, desired: Desired, pin: VariantPin) -> int | None:
    """Return how many plates of a version on trial may be composed now; None for any number.

    Plates of orders that are over are gone from the state; what came of them is counted by the
    good runs of the version.
    """
    canary = canary_of(desired, pin.profile)
    if canary is None:
        return 0
    now = plates_now(state, desired, pin.profile)
    if canary.plates is None:
        return now
    composed = sum(each.composed.profile == pin.profile for each in state.plates.values())
    left = max(0, canary.plates - max(composed, good_runs(state, pin.profile)))
    return left if now is None else min(now, left)


def _prospects(demand: Demand, machines: Sequence[Machine]) -> tuple[int, int]:
    """Return a key: first where most printers lack nothing, then where most lack a spool alone."""
    lacks = [lack(demand, each.name, each.equipment) for each in machines]
    ready = sum(each is None for each in lacks)
    spool = sum(each is not None and each.code is Code.FILAMENT for each in lacks)
    return -ready, -spool
