"""What facts about orders, items and plans do to the state."""

from __future__ import annotations

from msgspec.structs import replace

from farmctl.ledger.settle import settle
from farmctl.ledger.state import Draft, folds
from farmctl.model.events import orders as said
from farmctl.model.events import plans
from farmctl.model.ids import InstanceId, ItemKey, OrderId, PlateId, item_key, item_of, order_of
from farmctl.model.recorded import (
    Answered,
    Failure,
    InstanceRecord,
    ItemRecord,
    OrderRecord,
    PlanRecord,
    RunRecord,
)
from farmctl.model.states import ORDER_STEPS, OrderPhase, Verdict


@folds(said.OrderAccepted)
def order_accepted(draft: Draft, fact: said.OrderAccepted) -> None:
    """Remember the whole order."""
    draft.orders[fact.order] = OrderRecord(fact.text, OrderPhase.CREATED, draft.at)
    _set_items(draft, fact.text)


@folds(said.OrderAmended)
def order_amended(draft: Draft, fact: said.OrderAmended) -> None:
    """Take the new text; what is made stays made, also of an order that was closed."""
    _revive(draft, fact.order, fact.text)
    draft.orders[fact.order] = replace(draft.orders[fact.order], text=fact.text)
    _set_items(draft, fact.text)


@folds(said.OrderOpened)
def order_opened(draft: Draft, fact: said.OrderOpened) -> None:
    """Let the order be made."""
    _step(draft, fact.order, OrderPhase.OPEN)


@folds(said.OrderAwaitsPayment)
def order_awaits_payment(draft: Draft, fact: said.OrderAwaitsPayment) -> None:
    """Keep the order waiting."""
    _step(draft, fact.order, OrderPhase.AWAITING_PAYMENT)


@folds(said.OrderFulfilled)
def order_fulfilled(draft: Draft, fact: said.OrderFulfilled) -> None:
    """Close the order as made."""
    _step(draft, fact.order, OrderPhase.FULFILLED)
    settle(draft)


@folds(said.OrderCanceled)
def order_canceled(draft: Draft, fact: said.OrderCanceled) -> None:
    """Close the order unmade; what prints goes on."""
    _step(draft, fact.order, OrderPhase.CANCELED)
    settle(draft)


@folds(said.OrderReopened)
def order_reopened(draft: Draft, fact: said.OrderReopened) -> None:
    """Open a closed order again."""
    _step(draft, fact.order, OrderPhase.OPEN)


@folds(said.OrderArchived)
def order_archived(draft: Draft, fact: said.OrderArchived) -> None:
    """What was made is remembered; a file that comes back is read again."""
    draft.closed[fact.order] = {**draft.closed[fact.order], "blob": ""}


def _step(draft: Draft, order: OrderId, phase: OrderPhase) -> None:
    record = draft.orders[order]
    if phase not in ORDER_STEPS[record.phase]:
        raise ValueError(f"{order} cannot go from {record.phase} to {phase}")
    is_over = phase in (OrderPhase.FULFILLED, OrderPhase.CANCELED)
    draft.orders[order] = replace(
        record, phase=phase, closed_at=draft.at if is_over else record.closed_at
    )


def _set_items(draft: Draft, text: said.OrderText) -> None:
    wanted = {item_key(text.order, each.name): each.quantity for each in text.items}
    for item, quantity in wanted.items():
        known = draft.items.get(item) or ItemRecord(item, quantity)
        draft.items[item] = replace(known, quantity=quantity)
    for item in [each for each in draft.items if order_of(each) == text.order]:
        if item not in wanted:
            draft.items[item] = replace(draft.items[item], quantity=0)


def _revive(draft: Draft, order: OrderId, text: said.OrderText) -> None:
    line = draft.before.closed_order(order) if order not in draft.orders else None
    if line is None:
        return
    del draft.closed[order]
    draft.orders[order] = OrderRecord(text, line.phase, line.closed_at, line.closed_at)
    for tally in line.made:
        item = item_key(order, tally.name)
        draft.items[item] = ItemRecord(
            item, tally.quantity, made_before=tally.good, highest=tally.highest
        )


@folds(said.ItemsJudged)
def items_judged(draft: Draft, fact: said.ItemsJudged) -> None:
    """Give each part its verdict; it may change later, also back."""
    for each in fact.verdicts:
        item = item_of(each.instance)
        record = draft.items.get(item)
        if record is None or each.instance not in record.instances:
            continue
        known = record.instances[each.instance]
        verdict = Verdict(each.verdict)
        if known.run != fact.run and verdict is not Verdict.SUCCESS:
            continue  # it was made again since: a word about an older try forgets nothing
        judged = replace(known, verdict=verdict, reason=each.reason, is_work=False)
        _set_instance(draft, item, each.instance, judged)
    run = draft.runs.get(fact.run)
    if run is not None:
        draft.runs[fact.run] = replace(run, is_judged=True)
        _remember_failures(draft, run, fact)
        if any(each.verdict == Verdict.SUCCESS for each in fact.verdicts):
            composed = draft.plates[run.queued.plate].composed
            pair = f"{composed.profile} {composed.printer_class}"
            draft.proven[pair] = draft.proven.get(pair, 0) + 1
    settle(draft)


def _remember_failures(draft: Draft, run: RunRecord, fact: said.ItemsJudged) -> None:
    """A person's reasons take the place of the machine's: no device says `first_layer`."""
    reasons = sorted({each.reason for each in fact.verdicts if each.reason is not None})
    if reasons:
        others = tuple(each for each in draft.failures if each.run != run.run)
        failures = tuple(Failure(run.printer, run.run, reason, run.at) for reason in reasons)
        draft.failures = (*others, *failures)


@folds(said.ReprintAllowed)
def reprint_allowed(draft: Draft, fact: said.ReprintAllowed) -> None:
    """Make failed parts work again."""
    for instance in fact.instances:
        known = draft.items[fact.item].instances[instance]
        _set_instance(
            draft,
            fact.item,
            instance,
            replace(known, verdict=Verdict.PENDING, is_work=True),
        )


def _set_instance(
    draft: Draft, item: ItemKey, instance: InstanceId, record: InstanceRecord
) -> None:
    known = draft.items[item]
    draft.items[item] = replace(known, instances={**known.instances, instance: record})


@folds(plans.PlanWritten)
def plan_written(draft: Draft, fact: plans.PlanWritten) -> None:
    """Take the newest revision."""
    draft.plans[fact.item] = PlanRecord(fact, draft.at)


@folds(plans.PlanWithdrawn)
def plan_withdrawn(draft: Draft, fact: plans.PlanWithdrawn) -> None:
    """Forget the plan; git has it."""
    draft.plans.pop(fact.item, None)


@folds(plans.ModelChecked)
def model_checked(draft: Draft, fact: plans.ModelChecked) -> None:
    """Remember what preflight said of these bytes."""
    draft.models[fact.model] = fact


@folds(plans.ArtifactStored)
def artifact_stored(draft: Draft, fact: plans.ArtifactStored) -> None:
    """Nothing to decide on: the store and DuckDB know it."""


@folds(plans.ArtifactDerived)
def artifact_derived(draft: Draft, fact: plans.ArtifactDerived) -> None:
    """Nothing to decide on: lineage is a question for people."""


@folds(plans.PolicyDecided)
def policy_decided(draft: Draft, fact: plans.PolicyDecided) -> None:
    """Remember the answer, so that it is written again only when it changes."""
    number = int(fact.decision.removeprefix("dec-"))
    draft.counts = replace(draft.counts, decision=max(draft.counts.decision, number))
    draft.answered[answer_key(fact.gate, fact.subjects)] = Answered(
        fact.decision, fact.outcome, fact.explanations
    )


@folds(plans.ApprovalGiven)
def approval_given(draft: Draft, fact: plans.ApprovalGiven) -> None:
    """Bind a person's yes to the digests they saw."""
    plate = PlateId(fact.subject.removeprefix("plate/"))
    record = draft.plates.get(plate)
    if record is not None:
        draft.plates[plate] = replace(record, approved=(*record.approved, *fact.binds))


def answer_key(gate: str, subjects: tuple[str, ...]) -> str:
    """Return the name of a question that a policy is asked."""
    return f"{gate} {' '.join(subjects)}"
