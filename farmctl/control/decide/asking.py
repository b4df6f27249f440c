"""Asking the policy, and writing its answer down when it is a new one."""

from __future__ import annotations

from msgspec import Struct, field

from farmctl.ledger.state import State
from farmctl.model.desired import PolicyAt
from farmctl.model.events.plans import PolicyDecided
from farmctl.model.ids import DecisionId
from farmctl.policy.evaluate import Decision, is_told


class Numbers(Struct):
    """The next numbers of one pass; each action of the pass gets its own."""

    decision: int
    run: int
    plate: int
    given: dict[str, int] = field(default_factory=dict)

    @classmethod
    def after(cls, state: State) -> Numbers:
        """Return numbers that go on from the ledger's."""
        return cls(state.counts.decision, state.counts.run, state.counts.plate)

    def next_decision(self) -> DecisionId:
        """Return a fresh `dec-31`."""
        self.decision += 1
        return DecisionId(f"dec-{self.decision}")

    def next_run(self) -> str:
        """Return a fresh `run-17`."""
        self.run += 1
        return f"run-{self.run}"

    def next_plate(self) -> str:
        """Return a fresh `plate-12`."""
        self.plate += 1
        return f"plate-{self.plate}"


class Question(Struct, frozen=True):
    """What a policy is asked.

    Args:
        transition: `plan draft → approved`.
        subjects: What it is about.
    """

    transition: str
    subjects: tuple[str, ...]


def decided(
    policy: PolicyAt, decision: Decision, question: Question, numbers: Numbers
) -> PolicyDecided:
    """Return the fact that the policy answered."""
    return PolicyDecided(
        decision=numbers.next_decision(),
        policy=policy.name,
        gate=decision.gate.value,
        transition=question.transition,
        subjects=question.subjects,
        inputs=decision.inputs,
        outcome=decision.outcome.value,
        explanations=decision.explanations,
    )


def if_new(
    state: State, policy: PolicyAt, decision: Decision, question: Question, numbers: Numbers
) -> tuple[PolicyDecided, ...]:
    """Return the fact, unless the ledger has the same answer already."""
    if is_told(state, decision, question.subjects):
        return ()
    return (decided(policy, decision, question, numbers),)
