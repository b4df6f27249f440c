"""A policy's answer at a gate, with everything it was computed from.

The inputs of a decision hold the rules and the context both, so that the answer can be computed
again from the record alone, by anybody, at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from farmctl.ledger.fold_orders import answer_key
from farmctl.ledger.state import State
from farmctl.model.codec import Json, Undecodable, decode, encode
from farmctl.model.desired import PolicyAt
from farmctl.model.predicates import PREDICATES_VERSION, Gate
from farmctl.policy.context import Context
from farmctl.policy.rules import Condition, Rules, rules_at


class Outcome(StrEnum):
    """What a policy can answer."""

    ALLOW = "allow"
    BLOCK = "block"
    REQUIRE_APPROVAL = "require_approval"


class Decision(Struct, frozen=True):
    """What a policy answered.

    Args:
        gate: What it was asked for.
        outcome: Its answer.
        explanations: Why, a line each.
        inputs: What it was computed from, as canonical JSON values.
    """

    gate: Gate
    outcome: Outcome
    explanations: tuple[str, ...]
    inputs: Mapping[str, Json]

    @property
    def is_allowed(self) -> bool:
        """Return whether it may happen."""
        return self.outcome is Outcome.ALLOW


def evaluate(policy: PolicyAt, gate: Gate, context: Context) -> Decision:
    """Return the policy's answer."""
    inputs = {
        "gate": gate.value,
        "predicates": PREDICATES_VERSION,
        "rules": encode(rules_at(policy.document, gate)),
        "context": encode(context),
    }
    return evaluate_again(inputs)


def evaluate_again(inputs: Mapping[str, Json]) -> Decision:
    """Return the answer that recorded inputs give. Raises Undecodable when they are damaged."""
    try:
        gate, version = Gate(inputs["gate"]), inputs["predicates"]
        rules, context = decode(Rules, inputs["rules"]), decode(Context, inputs["context"])
    except (KeyError, ValueError) as error:
        raise Undecodable(f"not the inputs of a decision: {error}") from error
    if version != PREDICATES_VERSION:
        raise Undecodable(f"decided with version {version} of the predicates, not with ours")
    outcome, explanations = _answer(gate, rules, context)
    return Decision(gate, outcome, explanations, dict(inputs))


def is_told(state: State, decision: Decision, subjects: tuple[str, ...]) -> bool:
    """Return whether the ledger already has this answer to this question."""
    known = state.answered.get(answer_key(decision.gate, subjects))
    return known is not None and (known.outcome, known.explanations) == (
        decision.outcome.value,
        decision.explanations,
    )


def _answer(gate: Gate, rules: Rules, context: Context) -> tuple[Outcome, tuple[str, ...]]:
    if "fail" in context.preflight:
        return Outcome.BLOCK, ("its model fails preflight",)
    asks = tuple(_asks(gate, rules, context))
    if not asks:
        return Outcome.ALLOW, ("nothing in the policy asks for a person",)
    if context.approved_by:
        return Outcome.ALLOW, (*asks, f"approved by {context.approved_by}")
    return Outcome.REQUIRE_APPROVAL, asks


def _asks(gate: Gate, rules: Rules, context: Context) -> Iterator[str]:
    """Yield every reason to ask a person."""
    if gate is Gate.REPRINT:
        yield from _asks_about_reprint(rules, context)
    elif not rules.is_automatic:
        yield f"the policy does not {gate.value.replace('_', ' ')} by itself"
    if gate is Gate.APPROVE_PLAN and context.constraints:
        yield f"nobody but a person can see to: {', '.join(context.constraints)}"
    for line in rules.lines:
        held = [_held(each, context) for each in line.conditions]
        if all(held):
            said = ", ".join(each for each in held if each) or "always"
            yield f"line {line.number} of the policy: {said}"


def _asks_about_reprint(rules: Rules, context: Context) -> Iterator[str]:
    if not rules.is_automatic:
        yield "the policy makes no failed part again by itself"
        return
    for reason in context.failed_for:
        if reason not in rules.reasons:
            yield f"it failed for {reason}, the policy makes again only: {', '.join(rules.reasons)}"
    if context.tries >= rules.max_tries:
        yield f"tried {context.tries} of {rules.max_tries} times"


def _held(condition: Condition, context: Context) -> str:
    """Return in words that a condition holds, or nothing.

    What is not known where it is asked is asked of a person.
    """
    known = context.of(condition.predicate)
    name = condition.predicate
    if known is None:
        return f"{name} is not known"
    if condition.at_least is not None:
        is_met = isinstance(known, int) and known >= condition.at_least
        return f"{name} is {known}" if is_met else ""
    if condition.flag is not None:
        return f"{name} is {str(known).lower()}" if known is condition.flag else ""
    named = sorted(set(condition.names) & set(known)) if isinstance(known, tuple) else []
    return f"{name} is {' and '.join(named)}" if named else ""
