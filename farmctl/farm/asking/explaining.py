"""Why is this so: the present looked at and decided on again, a decision from what was recorded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from itertools import chain

from msgspec import Struct

from farmctl.control.explain import Why
from farmctl.control.glance import Moment
from farmctl.control.subjects import unknown
from farmctl.errors import InvalidDocuments, LedgerDamaged
from farmctl.farm.asking.glancing import looks, signboard
from farmctl.farm.asking.history import history
from farmctl.farm.asking.profile_story import followed_commit, profile_story
from farmctl.farm.parts import Farm
from farmctl.farm.printers.looking import look_at_all
from farmctl.ledger.state import State
from farmctl.model.codec import Undecodable, decode
from farmctl.model.desired import Desired
from farmctl.model.events import payload_of
from farmctl.model.events.plans import PolicyDecided
from farmctl.model.ids import ItemKey, OrderId, PlateId, PrinterName, RunId
from farmctl.planning.machines import Around
from farmctl.policy.evaluate import Decision, evaluate_again

_KINDS = frozenset({"item", "order", "plate", "printer", "profile", "run"})
"""What may stand before a name, as events have it: `run/run-17`."""


class Judged(Struct, frozen=True):
    """A recorded decision, and what its recorded inputs give now.

    Args:
        fact: What was recorded.
        again: What the inputs give, or None where they are none.
        why_not: Why they give nothing.
        damage: What is wrong with the journal that it stands in, or None.
    """

    fact: PolicyDecided
    again: Decision | None
    why_not: str = ""
    damage: LedgerDamaged | None = None

    @property
    def is_same(self) -> bool:
        """Return whether the answer is the recorded one, for the same reasons."""
        if self.again is None:
            return False
        now = (self.again.outcome.value, self.again.explanations)
        return now == (self.fact.outcome, self.fact.explanations)


def is_decision(name: str) -> bool:
    """Return whether a name is that of a decision."""
    return name.removeprefix("decision/").startswith("dec-")


def judged(farm: Farm, name: str) -> Judged:
    """Return a recorded decision, evaluated again. Raises NoSuchThing.

    It is found also in a journal that was tampered with: then `damage` says so.
    """
    wanted = name.removeprefix("decision/")
    names: list[str] = []
    try:
        for event in history(farm):
            if event.subject == f"decision/{wanted}":
                fact = payload_of(event.type, event.data)
                assert isinstance(fact, PolicyDecided)  # noqa: S101 - what that subject is of
                return evaluated(fact)
            if event.subject.startswith("decision/"):
                names.append(event.subject.removeprefix("decision/"))
    except LedgerDamaged as damage:
        found = next(_unproven(farm, wanted), None)
        if found is not None:
            return evaluated(found, damage)
        raise
    raise unknown(wanted, "decision", names)


def evaluated(fact: PolicyDecided, damage: LedgerDamaged | None = None) -> Judged:
    """Return a decision with the answer that its recorded inputs give. Pure."""
    try:
        return Judged(fact, evaluate_again(fact.inputs), damage=damage)
    except Undecodable as error:
        return Judged(fact, None, error.message, damage)


def _unproven(farm: Farm, name: str) -> Iterator[PolicyDecided]:
    """Yield a decision from lines whose links are not checked."""
    folder = farm.ledger_folder
    lines = chain(*(farm.disk.read(folder.segment(n)).splitlines() for n in folder.segments()))
    for line in lines:
        try:
            record = json.loads(line)
            if record.get("subject") == f"decision/{name}":
                yield decode(PolicyDecided, record["data"])
        except (ValueError, AttributeError, KeyError, Undecodable):
            continue


def explain(farm: Farm, subject: str | None) -> list[str]:
    """Return why something is as it is, or why the farm is not doing more.

    Looks at every printer, and changes nothing.

    Raises:
        NoSuchThing: Nothing has this name.
        InvalidDocuments: The farm was never understood.
    """
    view = farm.view()
    if subject is not None and (told := _profile(farm, view.state, subject)) is not None:
        return told
    desired = _desired(farm, view.state)
    seen = asyncio.run(look_at_all(farm, desired, view))
    around = Around(view.state, desired, seen, farm.clock.now())
    kept = looks(farm)
    lines = list(_why(Why(around, signboard(farm).zone, kept), subject))
    if view.damage is not None:
        lines.append(f"the ledger is damaged, so nothing is done by itself: {view.damage.message}")
    return lines


def _profile(farm: Farm, state: State, subject: str) -> list[str] | None:
    """Return how a profile came to where it is; None where the name is not one's."""
    kind, _, rest = subject.partition("/")
    pin = rest if kind == "profile" else subject
    known = (state.printers, state.orders, state.items, state.plates, state.runs)
    if any(pin in names for names in known):
        return None
    desired = _desired(farm, state, followed_commit(farm))
    name, at, version = pin.partition("@")
    found = desired.profiles.get(name)
    if found is None or (at and version not in found.document.versions):
        return None
    moment = Moment(farm.clock.now(), signboard(farm).zone)
    return profile_story(farm, desired, state, pin, moment)


def _why(why: Why, subject: str | None) -> Iterator[str]:
    state = why.around.state
    if subject is None:
        return why.farm()
    kind, _, rest = subject.partition("/")
    name = rest if kind in _KINDS else subject
    if name in state.printers:
        return why.printer(PrinterName(name))
    if name in state.orders:
        return why.order(OrderId(name))
    if name in state.items:
        return why.item(ItemKey(name))
    if name in state.plates:
        return why.plate(PlateId(name))
    if name in state.runs:
        return why.run(RunId(name))
    return _others(why, name)


def _others(why: Why, name: str) -> Iterator[str]:
    """Yield what is known of what is closed, not read yet, or held by name."""
    state, desired = why.around.state, why.around.desired
    closed = state.closed_order(OrderId(name.split("/", maxsplit=1)[0]))
    if closed is not None:
        made = ", ".join(f"{each.good} of {each.quantity} {each.name}" for each in closed.made)
        at = why.moment.said(closed.closed_at)
        yield f"{closed.order}: {closed.phase.value} {at}: {made}"
        yield from (f"  made by {run}: farmctl describe {run}" for run in closed.runs)
    elif name in desired.orders or OrderId(name) in desired.stopped:
        yield f"{name}: committed, and not read by the loop yet: farmctl apply"
        yield from (f"  stopped: {each}" for each in desired.stopped.get(OrderId(name), ()))
    elif name in state.profile_holds:
        hold = state.profile_holds[name]
        yield f"{name}: held by {hold.by} since {why.moment.said(hold.since)}: {hold.reason}"
        yield f"  farmctl unhold {name}"
    else:
        for order, line in sorted(state.closed.items()):
            if name in line["runs"]:
                yield f"{name} was made for {order}, which is closed: farmctl describe {name}"
                return
        names = [*state.printers, *state.orders, *state.closed, *state.runs, *state.plates]
        kinds = "printer, order, item, print, plate, profile or decision"
        raise unknown(name, kinds, [*names, *desired.profiles])


def _desired(farm: Farm, state: State, commit: str = "HEAD") -> Desired:
    """Return the farm at a commit, or at the last revision that meant something."""
    try:
        return farm.desired(commit, state)
    except InvalidDocuments:
        if state.revision is None:
            raise
        return farm.desired(state.revision.commit, state)
