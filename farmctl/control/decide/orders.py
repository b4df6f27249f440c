"""What orders, models and build plans need next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from farmctl.control.actions import Action, CheckModel, Record, WritePlan
from farmctl.control.decide.asking import Numbers, Question, if_new
from farmctl.control.decide.attention import Need
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.events.orders import ReprintAllowed
from farmctl.model.events.plans import PlanWithdrawn, PlanWritten
from farmctl.model.ids import order_of
from farmctl.model.predicates import Gate
from farmctl.model.states import OrderPhase, PlanStatus
from farmctl.planning.order_life import order_facts, order_problems
from farmctl.planning.plan_text import PlanDraft
from farmctl.planning.plans import PlanProblem, Unchecked, plan_steps
from farmctl.planning.trials import is_first_article
from farmctl.policy.context import plan_context, reprint_context
from farmctl.policy.evaluate import evaluate
from farmctl.policy.failures import presumed

DECIDE_PLAN = "decide-plan"


def decide_orders(state: State, desired: Desired) -> Iterator[Action]:
    """Yield the next step in the life of each order."""
    for fact in order_facts(state, desired):
        yield Record(type(fact).__name__, f"order/{fact.order}", (fact,))


def decide_plans(state: State, desired: Desired, numbers: Numbers) -> Iterator[Action | Need]:
    """Yield what build plans need: models read, plans written and approved, or a person."""
    for problem in order_problems(state, desired):
        yield Need("documents", problem.order, f"{problem.message}: {problem.mend}")
    for step in plan_steps(state, desired):
        match step:
            case Unchecked(item, model, path):
                yield CheckModel(item, model, path)
            case PlanProblem(item, kind, message):
                yield Need(kind, item, message)
            case PlanDraft():
                yield from _decide_draft(state, desired, step, numbers)
            case PlanWritten() | PlanWithdrawn():
                yield Record(type(step).__name__, f"plan/{step.item}", (step,))
            case _:
                assert_never(step)


def _decide_draft(
    state: State, desired: Desired, draft: PlanDraft, numbers: Numbers
) -> Iterator[Action | Need]:
    """Write a new revision with the status that the policy gives it; ask for a yes that is due."""
    order = state.orders[order_of(draft.item)]
    name = draft.item.split("/", 1)[1]
    ordered = next(each for each in order.text.items if each.name == name)
    decision = evaluate(
        desired.policy, Gate.APPROVE_PLAN, plan_context(state, ordered, draft.variants)
    )
    subjects = (f"{draft.item}@{draft.revision}", *(each.digest for each in draft.variants))
    question = Question("plan draft → approved", subjects)
    facts = if_new(state, desired.policy, decision, question, numbers)
    if facts:
        yield Record(DECIDE_PLAN, f"plan/{draft.item}", facts)
    elif decision.is_allowed:
        by = f"policy/{desired.policy.name}"
        yield WritePlan(replace(draft, status=PlanStatus.APPROVED, approved_by=by))
    elif draft.is_new:
        yield WritePlan(draft)
    if not (draft.is_new or decision.is_allowed):
        yield Need("approve-plan", draft.item, "; ".join(decision.explanations))


def decide_verdicts(state: State, desired: Desired) -> Iterator[Action]:
    """Yield the verdicts that the policy presumes of completed prints; not of first articles."""
    for run, record in sorted(state.runs.items()):
        fact = presumed(desired.policy, state, record)
        if fact is not None and not is_first_article(state, desired, record):
            yield Record("judge-parts", f"run/{run}", (fact,))


def decide_reprints(
    state: State, desired: Desired, now: datetime, numbers: Numbers
) -> Iterator[Action]:
    """Yield failed parts that the policy makes work again."""
    for item, record in sorted(state.items.items()):
        order = state.orders.get(order_of(item))
        missing = record.quantity - record.good - record.in_flight
        if order is None or order.phase is not OrderPhase.OPEN or missing <= 0:
            continue
        for instance, part in sorted(record.instances.items()):
            if not part.is_closed:
                continue
            decision = evaluate(desired.policy, Gate.REPRINT, reprint_context(state, instance, now))
            question = Question("part closed → work", (instance, f"try {part.tries}"))
            facts: list[object] = list(if_new(state, desired.policy, decision, question, numbers))
            if decision.is_allowed:
                by = f"policy/{desired.policy.name}"
                facts.append(ReprintAllowed(item, (instance,), by, replaces=part.run))
            if facts:
                yield Record("decide-reprint", f"item/{item}", tuple(facts))
