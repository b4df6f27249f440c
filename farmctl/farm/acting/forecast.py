"""What `plan` shows: decisions run forward on a farm that is looked at, and not touched."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from farmctl.control.actions import CheckModel, WritePlan
from farmctl.control.derived import check
from farmctl.control.foresee import Farmland, Foreseen, Guesses, foresee
from farmctl.control.guessing import guess_slice
from farmctl.farm.origin import AtRevision, Readable
from farmctl.farm.parts import Farm
from farmctl.farm.printers.looking import look_at_all
from farmctl.farmrepo.emit import emit
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.digest import digest_of
from farmctl.model.events.plans import ModelChecked
from farmctl.model.ids import PrinterName
from farmctl.model.look import Look
from farmctl.model.states import Bed
from farmctl.planning.plan_text import plan_document


class Forecast(Struct, frozen=True):
    """A change set: what would be done, and on what it was decided.

    Args:
        desired: What git says.
        before: What the ledger remembers.
        looks: What was seen.
        lines: Every action, in order, with the state after it.
        not_read: Files with changes that are not committed, so not read.
        is_whole: Whether nothing more would follow by itself.
    """

    desired: Desired
    before: State
    looks: Mapping[PrinterName, Look]
    lines: tuple[Foreseen, ...]
    not_read: tuple[str, ...] = ()
    is_whole: bool = True

    def unknown_beds(self) -> tuple[str, ...]:
        """Return the printers that a print waits for and whose bed nobody knows."""
        after = self.lines[-1].after if self.lines else self.before
        return tuple(
            sorted(
                each.about
                for each in after.attentions.values()
                if each.kind == "bed-not-clear"
                and after.printers[PrinterName(each.about)].bed is Bed.UNKNOWN
            )
        )


async def forecast(farm: Farm, origin: Readable | None = None) -> Forecast:
    """Look at every printer and run decisions forward. Records and changes nothing.

    Raises InvalidDocuments when the farm cannot be read.
    """
    origin = origin or AtRevision(farm)
    view = farm.view()
    desired = origin.desired(view.state)
    looks = await look_at_all(farm, desired, view)
    land = Farmland(desired, view.state, looks, farm.clock.now(), _guesses(origin))
    found = foresee(land)
    return Forecast(
        desired, view.state, looks, found.lines, origin.not_read(), is_whole=found.is_whole
    )


def _guesses(origin: Readable) -> Guesses:
    def model(action: CheckModel) -> ModelChecked:
        raw = origin.model(action.model, action.path)
        return check(raw, action.path or action.model, action.model)[0]

    def plan_digest(action: WritePlan) -> str:
        return digest_of(emit(plan_document(action.draft)).encode())

    return Guesses(model, guess_slice, plan_digest)
