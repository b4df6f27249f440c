"""Everything that can be done now: pure, total, deterministic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from farmctl.control.actions import Action, CheckModel, Record, WritePlan
from farmctl.control.decide.asking import Numbers
from farmctl.control.decide.attention import (
    Need,
    attend,
    needs_of_orders,
    needs_of_parts,
    needs_of_printers,
)
from farmctl.control.decide.machines import decide_machines
from farmctl.control.decide.orders import (
    DECIDE_PLAN,
    decide_orders,
    decide_plans,
    decide_reprints,
    decide_verdicts,
)
from farmctl.control.decide.plates import (
    VOID_RUN,
    decide_composing,
    decide_dropping,
    decide_slices,
    decide_starts,
)
from farmctl.control.decide.printers import declare_printers
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.diagnostics import REVISION_HELD, Diagnostic
from farmctl.model.events.farm import PrinterHeld, RevisionAccepted
from farmctl.model.events.printers import PrinterDeclared
from farmctl.model.ids import ItemKey, OrderId, PrinterName, order_of
from farmctl.model.look import Look
from farmctl.model.observation import Loaded
from farmctl.planning.machines import Around
from farmctl.planning.stale import stale_plates
from farmctl.planning.variants import nozzle_um_of
from farmctl.policy.failures import BREAKER, breakers


def decide(
    desired: Desired, state: State, looks: Mapping[PrinterName, Look], now: datetime
) -> list[Action]:
    """Return what can be done now, the machines first.

    With a fault in the farm's own documents nothing is begun; what is begun goes on and ends.
    """
    around = Around(state, desired, looks, now)
    actions: list[Action] = list(decide_machines(state, looks, now))
    needs: list[Need] = [
        *needs_of_printers(state, looks),
        *needs_of_orders(state),
        *needs_of_parts(state),
    ]
    if desired.is_closed:
        needs += [_need_of(each) for each in desired.faults]
        return [*actions, *attend(state, needs)]
    begun = list(_begin(around))
    needs += [each for each in begun if isinstance(each, Need)]
    first = [each for each in begun if not isinstance(each, Need)]
    actions = [*_without_dropped(actions, first), *first]
    needs += [Need("documents", order, why[0]) for order, why in sorted(desired.stopped.items())]
    return [*actions, *attend(state, needs)]


def _without_dropped(machines: Sequence[Action], begun: Sequence[Action]) -> list[Action]:
    """Return what machines need, but for runs that are dropped in this pass: nothing is sent."""
    dropped = {each.subject for each in begun if isinstance(each, Record) and each.kind == VOID_RUN}
    return [each for each in machines if each.subject not in dropped]


def _need_of(fault: Diagnostic) -> Need:
    if fault.code == REVISION_HELD:
        return Need(REVISION_HELD, "farm", fault.message)
    return Need("documents", "farm", fault.where)


def _begin(around: Around) -> Iterator[Action | Need]:
    state, desired = around.state, around.desired
    numbers = Numbers.after(state)
    yield from _accept(around)
    yield from declare_printers(state, desired.once(declared))
    steps = list(decide_orders(state, desired))
    yield from steps
    yield from decide_verdicts(state, desired)
    yield from decide_reprints(state, desired, around.now, numbers)
    yield from _holds(around)
    plans = list(decide_plans(state, desired, numbers))
    yield from plans
    voids = stale_plates(around)
    yield from decide_dropping(around, voids)
    if not (voids or steps):  # else what is wanted is another thing in the next pass
        yield from decide_composing(around, _unplanned(plans))
    yield from decide_slices(around, numbers)
    yield from decide_starts(around, numbers, voids)


def _accept(around: Around) -> Iterator[Action]:
    """Yield that another commit, or another policy, is what the farm is acted on from now.

    By what name the commit was found does not matter: `apply` names it, `run` follows a branch.
    """
    desired, known = around.desired, around.state.revision
    fact = RevisionAccepted(desired.farm.id, desired.commit, desired.branch, desired.policy.name)
    if known is None or replace(known, branch=fact.branch) != fact:
        yield Record("accept-revision", f"farm/{desired.farm.id}", (fact,))


def _unplanned(plans: Sequence[Action | Need]) -> frozenset[OrderId]:
    """Return the orders with a plan that is still to be read for, decided on or written."""
    items = [each.item for each in plans if isinstance(each, CheckModel)]
    items += [each.draft.item for each in plans if isinstance(each, WritePlan)]
    decided = [
        each.subject for each in plans if isinstance(each, Record) and each.kind == DECIDE_PLAN
    ]
    items += [ItemKey(each.removeprefix("plan/")) for each in decided]
    return frozenset(order_of(each) for each in items)


def _holds(around: Around) -> Iterator[Action]:
    for tripped in breakers(around.desired.policy, around.state, around.now):
        fact = PrinterHeld(tripped.printer, tripped.reason, BREAKER)
        yield Record("hold-printer", f"printer/{tripped.printer}", (fact,))


def declared(desired: Desired) -> dict[PrinterName, PrinterDeclared]:
    """Return what the farm says of each printer, as facts."""
    facts = {}
    for each in desired.farm.printers:
        name = PrinterName(each.name)
        loaded = tuple(
            Loaded(filament.material, filament.color, slot)
            for slot, filament in enumerate(each.loaded)
        )
        facts[name] = PrinterDeclared(
            printer=name,
            printer_class=each.class_,
            driver=each.driver,
            nozzle_um=nozzle_um_of(desired, each.class_, each.nozzle_mm) or 0,
            clears=each.bed.clears,
            tags=tuple(each.tags),
            loaded=loaded,
            identity=each.identity,
            guard=each.guard,
            space_um=_space_um(desired, each.class_),
            firmware=each.firmware,
            ignores=desired.farm.drift.ignores(each.name),
        )
    return facts


def _space_um(desired: Desired, pin: str) -> tuple[int, int, int] | None:
    """Return the width, depth and height that a class needs of its machines."""
    at = desired.classes.get(pin)
    if at is None:
        return None
    sides_mm = (*at.document.size_mm, at.document.height_mm)
    width_um, depth_um, height_um = (round(each * 1000) for each in sides_mm)
    return width_um, depth_um, height_um
