"""What a policy answers, and that the record alone gives the answer again."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from farmctl.model.canonical import encode
from farmctl.model.codec import Undecodable
from farmctl.model.documents.policy import Line
from farmctl.model.events.plans import PolicyDecided
from farmctl.model.ids import DecisionId
from farmctl.model.predicates import PREDICATES, Gate
from farmctl.policy.context import Context
from farmctl.policy.evaluate import Outcome, evaluate, evaluate_again, is_told
from tests.planning.made import Story, policy

pytestmark = pytest.mark.pure

PLAIN = Context(("pass",), ("PETG",), ("standard",), ("functional",), profile_is_new=True)
SLICED = replace(PLAIN, slice_warnings=(), printer_state=("ready",), tries_24h=0)


def _ask(gate: Gate, context: Context = PLAIN, **words):
    return evaluate(policy(**words), gate, context)


def test_the_default_policy_lets_good_things_happen():
    for gate in (Gate.APPROVE_PLAN, Gate.SLICE, Gate.DISPATCH):
        decision = _ask(gate, SLICED)
        assert decision.outcome is Outcome.ALLOW
        assert decision.explanations == ("nothing in the policy asks for a person",)


@pytest.mark.parametrize("gate", list(Gate))
def test_a_model_that_fails_preflight_is_blocked_also_when_approved(gate):
    decision = _ask(gate, replace(PLAIN, preflight=("fail", "pass"), approved_by="Tom"))
    assert decision.outcome is Outcome.BLOCK
    assert decision.explanations == ("its model fails preflight",)


@pytest.mark.parametrize("gate", [Gate.APPROVE_PLAN, Gate.SLICE, Gate.DISPATCH])
def test_what_is_switched_off_asks_for_a_person(gate):
    decision = _ask(gate, auto={gate.value: False})
    assert decision.outcome is Outcome.REQUIRE_APPROVAL
    assert decision.explanations == (
        f"the policy does not {gate.value.replace('_', ' ')} by itself",
    )
    others = {Gate.APPROVE_PLAN, Gate.SLICE, Gate.DISPATCH} - {gate}
    assert all(_ask(other, auto={gate.value: False}).is_allowed for other in others)


CONDITIONS = {
    "preflight": (["warn", "fail"], {"preflight": ("pass", "warn")}, {"preflight": ("pass",)}),
    "material": (["ABS", "NYLON"], {"material": ("ABS",)}, {"material": ("PLA",)}),
    "quality": (["fine"], {"quality": ("draft", "fine")}, {"quality": ("draft",)}),
    "use": (["functional"], {"use": ("functional",)}, {"use": ("cosmetic",)}),
    "slice_warnings": (["loose"], {"slice_warnings": ("loose",)}, {"slice_warnings": ()}),
    "profile_is_new": (True, {"profile_is_new": True}, {"profile_is_new": False}),
    "printer_state": (["paused"], {"printer_state": ("paused",)}, {"printer_state": ("ready",)}),
    "tries_24h": (2, {"tries_24h": 2}, {"tries_24h": 1}),
}


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_each_predicate_asks_where_it_is_true_and_only_there(name):
    asked, yes, no = CONDITIONS[name]
    lines = [{"gate": "dispatch", name: asked}]
    met = _ask(Gate.DISPATCH, replace(SLICED, **yes), require_approval=lines)
    assert met.outcome is Outcome.REQUIRE_APPROVAL
    assert met.explanations[0].startswith(f"line 1 of the policy: {name} is ")
    assert _ask(Gate.DISPATCH, replace(SLICED, **no), require_approval=lines).is_allowed


def test_every_predicate_that_a_policy_may_name_is_evaluated_and_tested():
    computed = {name for name, each in PREDICATES.items() if each.is_computed}
    assert computed == set(CONDITIONS)
    assert set(Line.model_fields) - {"gate"} == set(PREDICATES)
    assert computed <= {each.name for each in fields(Context)}


def test_a_line_asks_only_when_all_its_conditions_hold():
    lines = [{"gate": "approve_plan", "use": ["functional"], "material": ["ABS"]}]
    assert _ask(Gate.APPROVE_PLAN, require_approval=lines).is_allowed
    abs_part = replace(PLAIN, material=("ABS",))
    decision = _ask(Gate.APPROVE_PLAN, abs_part, require_approval=lines)
    assert decision.explanations == ("line 1 of the policy: material is ABS, use is functional",)


def test_a_line_without_conditions_always_asks():
    decision = _ask(Gate.SLICE, require_approval=[{"gate": "slice"}])
    assert decision.explanations == ("line 1 of the policy: always",)


def test_a_line_of_another_gate_asks_nothing():
    lines = [{"gate": "dispatch", "material": ["PETG"]}]
    assert _ask(Gate.SLICE, require_approval=lines).is_allowed


def test_every_matching_line_is_named_by_its_place():
    lines = [
        {"gate": "slice", "material": ["PETG"]},
        {"gate": "dispatch"},
        {"gate": "slice", "quality": ["standard"]},
    ]
    decision = _ask(Gate.SLICE, require_approval=lines)
    assert [each[:6] for each in decision.explanations] == ["line 1", "line 3"]


def test_what_is_not_known_is_asked_of_a_person():
    lines = [{"gate": "dispatch", "slice_warnings": ["loose"]}]
    decision = _ask(Gate.DISPATCH, PLAIN, require_approval=lines)
    assert decision.explanations == ("line 1 of the policy: slice_warnings is not known",)


def test_a_persons_yes_allows_what_the_policy_asks_about():
    decision = _ask(Gate.SLICE, replace(PLAIN, approved_by="Tom"), auto={"slice": False})
    assert decision.outcome is Outcome.ALLOW
    assert decision.explanations[-1] == "approved by Tom"


def test_what_farmctl_cannot_verify_needs_a_person():
    decision = _ask(Gate.APPROVE_PLAN, replace(PLAIN, constraints=("cosmetic_face",)))
    assert decision.explanations == ("nobody but a person can see to: cosmetic_face",)


def _reprint(reason: str, tries: int, **words):
    context = replace(PLAIN, failed_for=(reason,), tries=tries, tries_24h=tries)
    return _ask(Gate.REPRINT, context, auto={"reprint": words})


def test_only_listed_reasons_are_made_again():
    assert _reprint("runout", 1, reasons=["runout"]).is_allowed
    decision = _reprint("adhesion", 1, reasons=["runout", "thermal"])
    assert decision.outcome is Outcome.REQUIRE_APPROVAL
    assert decision.explanations == (
        "it failed for adhesion, the policy makes again only: runout, thermal",
    )


def test_without_reasons_nothing_is_made_again():
    decision = _reprint("runout", 1, reasons=[])
    assert decision.explanations == ("the policy makes no failed part again by itself",)


@pytest.mark.parametrize(("tries", "allowed"), [(1, True), (2, True), (3, False), (4, False)])
def test_tries_are_counted_with_the_first(tries, allowed):
    assert _reprint("runout", tries, reasons=["runout"], max_tries=3).is_allowed is allowed


contexts = st.builds(
    Context,
    preflight=st.sets(st.sampled_from(["pass", "warn", "fail"])).map(lambda s: tuple(sorted(s))),
    material=st.sampled_from([(), ("PETG",), ("ABS", "PLA")]),
    quality=st.sampled_from([("draft",), ("fine", "standard")]),
    use=st.sampled_from([("cosmetic",), ("functional",)]),
    constraints=st.sampled_from([(), ("watertight",)]),
    slice_warnings=st.sampled_from([None, (), ("loose",)]),
    profile_is_new=st.sampled_from([None, True, False]),
    printer_state=st.sampled_from([None, ("ready",)]),
    tries_24h=st.sampled_from([None, 0, 3]),
    failed_for=st.sampled_from([(), ("runout",)]),
    tries=st.integers(0, 4),
    approved_by=st.sampled_from([None, "Tom"]),
)
LINES = [
    {"gate": "slice", "tries_24h": 2},
    {"gate": "reprint", "use": ["cosmetic"]},
    {"gate": "dispatch", "profile_is_new": True},
]


@given(st.sampled_from(Gate), contexts)
def test_the_recorded_inputs_give_the_same_answer_again(gate, context):
    words = {"auto": {"reprint": {"reasons": ["runout"]}}, "require_approval": LINES}
    decision = _ask(gate, context, **words)
    assert evaluate_again(decision.inputs) == decision
    encode(decision.inputs)  # canonical: no floats, nothing but JSON


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("context", "material"), ["ABS"]),
        (("context", "preflight"), ["fail"]),
        (("rules", "is_automatic"), False),
    ],
)
def test_a_tampered_input_changes_the_verdict(path, value):
    lines = [{"gate": "approve_plan", "material": ["ABS"]}]
    decision = _ask(Gate.APPROVE_PLAN, require_approval=lines)
    inputs = copy.deepcopy(dict(decision.inputs))
    inputs[path[0]][path[1]] = value
    again = evaluate_again(inputs)
    assert decision.outcome is Outcome.ALLOW
    assert again.outcome is not Outcome.ALLOW


@pytest.mark.parametrize(
    "damage",
    [
        lambda inputs: inputs.pop("rules"),
        lambda inputs: inputs.update(gate="whatever"),
        lambda inputs: inputs.update(predicates=99),
        lambda inputs: inputs.update(context={"preflight": "pass"}),
    ],
)
def test_damaged_inputs_are_said_to_be_damaged(damage):
    inputs = dict(_ask(Gate.SLICE).inputs)
    damage(inputs)
    with pytest.raises(Undecodable):
        evaluate_again(inputs)


def test_an_answer_is_told_once_until_it_changes():
    story, subjects = Story(), ("plate/plate-1",)
    decision = _ask(Gate.SLICE)
    assert not is_told(story.state, decision, subjects)
    story.tell(
        PolicyDecided(
            DecisionId("dec-1"),
            "default",
            "slice",
            "slice",
            subjects,
            decision.inputs,
            decision.outcome.value,
            decision.explanations,
        )
    )
    assert is_told(story.state, decision, subjects)
    assert not is_told(story.state, _ask(Gate.SLICE, auto={"slice": False}), subjects)
