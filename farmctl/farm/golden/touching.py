"""What a merge would touch: orders, build plans, plates and printers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from farmctl.ci.cases import CANARY, PRODUCTION, Pair
from farmctl.ci.report import Touched
from farmctl.farm.profiles.consequences import queued, revised
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.events.orders import OrderedItem
from farmctl.profiles.channels import is_for
from farmctl.profiles.resolve import Blocked, Chosen, Need, Spot, resolve


def touched(state: State, before: Desired | None, after: Desired, pairs: Sequence[Pair]) -> Touched:
    """Return what a merge would touch; what nothing is made with, as a draft, touches nothing."""
    used = [each for each in pairs if {PRODUCTION, CANARY} & set(each.after.target.roles)]
    profiles = {each.after.target.profile for each in used}
    places = {(each.after.target.profile, each.after.printer_class) for each in used}
    drafts = dict(revised(state, before, after)) if before is not None else {}
    replaced = {
        f"{each.before.target.profile}@{each.before.target.version}" for each in used if each.before
    }
    return Touched(
        orders=tuple(sorted(set(_orders(state, after, profiles)))),
        plans=tuple(sorted(drafts)),
        plates=tuple(plate for plate, _ in queued(state, drafts)),
        printers=tuple(
            sorted(
                each.name
                for each in after.farm.printers
                if any(
                    each.class_.partition("@")[0] == printer_class
                    and is_for(after.profiles[profile].document, each)
                    for profile, printer_class in places
                )
            )
        ),
        printing=tuple(
            run
            for run, record in state.runs.items()
            if record.phase.may_be_printing
            and state.plates[record.queued.plate].composed.profile in replaced
        ),
        knows_ledger=state.seq > 0,
    )


def _orders(state: State, desired: Desired, profiles: set[str]) -> Iterator[str]:
    for name, order in desired.orders.items():
        if order.canceled is None and name not in state.closed:
            made = (pin for item in order.items for pin in _made_with(item, desired))
            if any(each in profiles for each in made):
                yield name


def _made_with(item: OrderedItem, desired: Desired) -> Iterator[str]:
    """Yield the profiles that would make an item on any class of the farm's printers."""
    need = Need(item.filaments[0].partition("/")[0], item.quality, item.profile)
    documents = [each.document for each in desired.profiles.values()]
    for document in documents:
        nozzle_um = round(document.nozzle_mm * 1000)
        for name in document.classes:
            found = resolve(need, Spot(name, nozzle_um), documents)
            if isinstance(found, Chosen | Blocked):
                yield found.pin.name
