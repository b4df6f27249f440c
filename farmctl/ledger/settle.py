"""When nothing more can happen to an order, its records shrink to one line."""

from __future__ import annotations

from farmctl.ledger.state import Draft
from farmctl.model.codec import encode
from farmctl.model.events.plates import PlateComposed
from farmctl.model.ids import ItemKey, OrderId, RunId, item_key, item_of, order_of
from farmctl.model.recorded import ClosedOrder, ItemTally, OrderRecord, RunRecord
from farmctl.model.states import OrderPhase, PlatePhase, Verdict


def settle(draft: Draft) -> None:
    """Turn every order that is over, with nothing of it on a plate or a bed, into a line."""
    before = len(draft.orders), len(draft.plates)
    for order, record in sorted(draft.orders.items()):
        if _is_over(draft, record) and _is_at_rest(draft, order):
            _close(draft, order, record)
    _drop_plates(draft)
    if (len(draft.orders), len(draft.plates)) != before:
        _forget_answers(draft)


def _is_over(draft: Draft, record: OrderRecord) -> bool:
    """Return whether no word is left to come: parts that turn out bad open their order again."""
    if record.phase is OrderPhase.CANCELED:
        return True
    items = (item_key(record.text.order, each.name) for each in record.text.items)
    return record.phase is OrderPhase.FULFILLED and all(draft.items[item].is_done for item in items)


def _is_at_rest(draft: Draft, order: OrderId) -> bool:
    items = [each for item, each in draft.items.items() if order_of(item) == order]
    if any(each.in_flight for each in items):
        return False
    return not any(_is_of(draft, draft.runs[run], order) for run in _on_beds(draft))


def _on_beds(draft: Draft) -> list[RunId]:
    beds = [each.bed_run for each in draft.printers.values()]
    return [run for run in beds if run in draft.runs]


def _is_of(draft: Draft, run: RunRecord, order: OrderId) -> bool:
    plate = draft.plates.get(run.queued.plate)  # gone when only a void run's file is still to go
    return plate is not None and any(
        order_of(each.instance) == order for each in plate.composed.placed
    )


def _close(draft: Draft, order: OrderId, record: OrderRecord) -> None:
    items = sorted(item for item in draft.items if order_of(item) == order)
    made = tuple(
        ItemTally(
            item.split("/", 1)[1],
            draft.items[item].quantity,
            draft.items[item].good,
            draft.items[item].highest,
        )
        for item in items
    )
    runs = tuple(run for run, each in sorted(draft.runs.items()) if _is_of(draft, each, order))
    line = ClosedOrder(
        order, record.text.blob, record.phase, record.closed_at or draft.at, made, runs
    )
    draft.closed[order] = encode(line)
    _remember_articles(draft, runs)
    del draft.orders[order]
    _forget_models(draft, record)
    for item in items:
        del draft.items[item]
        draft.plans.pop(item, None)


def _remember_articles(draft: Draft, runs: tuple[RunId, ...]) -> None:
    """A first article that was judged good stays so when its run is forgotten, on its printer.

    Only of versions on trial, and by what was said last of every part that it made.
    """
    for run in runs:
        record = draft.runs[run]
        composed = draft.plates[record.queued.plate].composed
        if _is_tried(draft, composed) and _verdicts(draft, record, composed) == {Verdict.SUCCESS}:
            where = f"{composed.profile} on {record.printer}"
            draft.proven[where] = draft.proven.get(where, 0) + 1


def _is_tried(draft: Draft, composed: PlateComposed) -> bool:
    """Return whether a build plan has the plate's version from the canary channel."""
    made_by = (draft.plans.get(item_of(each.instance)) for each in composed.placed)
    pins = (pin for plan in made_by if plan is not None for pin in plan.written.variants)
    return any(pin.profile == composed.profile and pin.channel == "canary" for pin in pins)


def _verdicts(draft: Draft, run: RunRecord, composed: PlateComposed) -> set[Verdict]:
    """Return what was said of the parts; those that were made again since are not its own."""
    items = ((draft.items.get(item_of(each.instance)), each.instance) for each in composed.placed)
    parts = (item.instances.get(instance) for item, instance in items if item is not None)
    return {part.verdict for part in parts if part is not None and part.run == run.run}


def _drop_plates(draft: Draft) -> None:
    for plate, record in sorted(draft.plates.items()):
        is_live = record.phase is not PlatePhase.DONE
        if is_live or any(
            order_of(each.instance) in draft.orders for each in record.composed.placed
        ):
            continue
        runs = [run for run, each in draft.runs.items() if each.queued.plate == plate]
        if all(_is_tidy(draft, run) for run in runs):
            del draft.plates[plate]
            for run in runs:
                del draft.runs[run]


def _is_tidy(draft: Draft, run: RunId) -> bool:
    record = draft.runs[run]
    return record.phase.is_over and record.is_off_device


def _forget_answers(draft: Draft) -> None:
    """No policy is asked again about plates and parts that are gone."""
    draft.answered = {
        question: answer
        for question, answer in draft.answered.items()
        if _is_there(draft, question.split(" ")[1])
    }


def _is_there(draft: Draft, subject: str) -> bool:
    """Return whether a question's subject, `plate-12` or `ord-1042/bracket@3`, is still there."""
    thing = subject.removeprefix("plate/").removeprefix("plan/")
    return thing in draft.plates or order_of(ItemKey(thing)) in draft.orders


def _forget_models(draft: Draft, closed: OrderRecord) -> None:
    """A model that only this order named is checked again when it is ordered again."""
    ordered = {each.model for record in draft.orders.values() for each in record.text.items}
    for item in closed.text.items:
        if item.model not in ordered:
            draft.models.pop(item.model, None)
