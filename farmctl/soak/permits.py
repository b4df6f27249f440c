"""What forbids a start, by the journal alone: said a second time, apart from the gate that asks it.

Whatever was written before an intent binds it, however short before: the last check stands under
the same lock as the intent.
"""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.ledger.state import State
from farmctl.model.events.runs import StartIntended
from farmctl.model.ids import order_of
from farmctl.model.states import Bed, OrderPhase


def forbidden(before: State, intent: StartIntended) -> Iterator[str]:
    """Yield why a start may not be intended in a state."""
    printer, run = before.printers[intent.printer], before.runs[intent.run]
    plate = before.plates[run.queued.plate]
    if before.hold is not None:
        yield "the farm is held"
    if printer.holds:
        yield f"{intent.printer} is held"
    if printer.bed is not Bed.CLEAR:
        yield f"the bed of {intent.printer} is {printer.bed}"
    if any(each.verb == "abort" for each in run.asked):
        yield f"{intent.run} is to be aborted"
    if plate.composed.profile in before.profile_holds:
        yield f"{plate.composed.profile} is held"
    for order in sorted({order_of(each.instance) for each in plate.composed.placed}):
        record = before.orders.get(order)
        if record is None or record.phase is not OrderPhase.OPEN or record.held is not None:
            yield f"{order} is not open"
