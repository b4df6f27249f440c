"""`decide` answers in every state that a legal history leads to: always, the same, and legally."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import assert_never, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from farmctl.control.actions import Act, Action, CheckModel, Dispatch, Record, SlicePlate, WritePlan
from farmctl.control.decide.decide import decide
from farmctl.ledger.fold import evolve
from farmctl.ledger.state import State, dump, load
from farmctl.model.desired import Desired
from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.model.events import data_of, payload_of, subject_of, type_of
from farmctl.model.events.orders import OrderText
from farmctl.model.events.plans import ModelChecked
from farmctl.model.events.runs import ACCEPTED, INTENDED
from farmctl.model.ids import OrderId, PrinterName
from farmctl.model.look import Look, Patience
from farmctl.model.observation import DeviceState, Ended, Ending, Job, Loaded, Observation
from farmctl.planning.plan_text import plan_written
from farmctl.testing.histories import BEGINNING, every_event, walk
from farmctl.testing.moves_farm import PRINTERS
from farmctl.testing.moves_orders import CLASS, PROFILE, digest, order_text
from farmctl.testing.moves_plates import sliced
from tests.planning.made import desired as made
from tests.planning.made import farm, policy, printer_class, profile, row, sha

pytestmark = pytest.mark.pure

POLICIES = (
    policy(),
    policy(outcomes="ask", auto={"approve_plan": False, "slice": False, "dispatch": False}),
    policy(auto={"reprint": {"reasons": ["first_layer", "thermal"], "max_tries": 3}}),
    policy(require_approval=[{"gate": "dispatch", "tries_24h": 1}]),
    policy(hold_printer=[{"family": "thermal", "count": 1, "hours": 24}]),
)
FAULT = Diagnostic("farm.yaml", 3, 1, "syntax", "a fault", "mend it", Severity.ERROR)


def farm_of(
    texts: Sequence[OrderText], chosen: int = 0, *, printers: Sequence[str] = PRINTERS
) -> Desired:
    """What git says: these orders, one of the policies, these printers."""
    name = CLASS.split("@")[0]
    known = {text.order: text for text in texts}
    return made(
        policy=POLICIES[chosen],
        farm=farm(*(row(each, CLASS, nozzle_mm=0.4) for each in printers)),
        classes={CLASS: printer_class(name)},
        profiles={
            PROFILE.split("@")[0]: profile(PROFILE.split("@")[0], material="PLA", classes=[name])
        },
        orders=known,
        order_blobs={order: text.blob for order, text in known.items()},
        models=frozenset({digest("bracket"), digest("clip")}),
    )


def state_after(choices: Sequence[int]) -> tuple[State, datetime]:
    state, at = State(), BEGINNING
    for happening in walk(choices):
        state, at = happening.state, happening.at
    return state, at


choices = st.lists(st.integers(0, 2**80), max_size=60)
moments = st.sampled_from([timedelta(seconds=1), timedelta(minutes=3), timedelta(days=2)])


@st.composite
def looks_at(draw: st.DrawFn, state: State, now: datetime) -> dict[PrinterName, Look]:
    """What may be seen at each printer: ours, another's, nothing, long ago, or not at all."""
    files = [each.file for _, each in sorted(state.runs.items()) if each.file]
    seen = {}
    for name in PRINTERS:
        if draw(st.integers(0, 9)) == 0:
            continue
        ours = [
            each.file
            for _, each in sorted(state.runs.items())
            if each.printer == name and each.file
        ]
        seen[name] = draw(looks(name, now, ours or files or ["benchy.gcode"]))
    return seen


@st.composite
def looks(draw: st.DrawFn, name: PrinterName, now: datetime, files: list[str]) -> Look:
    state = draw(st.sampled_from(DeviceState))
    has_job = state in (DeviceState.PRINTING, DeviceState.PAUSED) or draw(st.booleans())
    file = draw(st.sampled_from([*files, "benchy.gcode"]))
    observation = Observation(
        printer=name,
        seen_at=now - draw(st.sampled_from([timedelta(0), timedelta(hours=1)])),
        state=state,
        identity=draw(st.sampled_from([digest(name)[:12], "another", None])),
        job=Job(file, draw(st.sampled_from([None, "000A", "000B"]))) if has_job else None,
        history_head=draw(st.sampled_from([None, "0009", "000A", "000B"])),
        jobs_total=draw(st.sampled_from([None, 10, 11])),
        boot=draw(st.sampled_from([None, "b1", "b2"])),
        firmware="v0.12",
        loaded=draw(st.sampled_from([None, (), (Loaded("PLA", "white"),)])),
        message=draw(st.sampled_from(["", "heater fault"])),
    )
    asked = draw(st.sampled_from([None, *files]))
    ended = draw(st.sampled_from([None, *Ended])) if asked else None
    return Look(
        observation,
        Patience(draw(st.sampled_from([0.0, 30.0])), draw(st.booleans()), draw(st.booleans())),
        asked_file=asked,
        ending=Ending(asked, ended, "history", print_s=60) if asked and ended else None,
        strange_files=draw(st.sampled_from([(), ("farmctl-ffff0000-1-run-9-1.gcode",)])),
    )


@st.composite
def farms_for(draw: st.DrawFn, state: State) -> Desired:
    """What git may say by then: orders as they were, changed, gone, new, stopped; faults."""
    texts = [record.text for _, record in sorted(state.orders.items())]
    texts += [order_text(order) for order in sorted(state.closed)]
    texts += [order_text(OrderId("ord-new"))]
    kept = [draw(st.sampled_from([each, changed(each), None])) for each in texts]
    printers = draw(st.sampled_from([PRINTERS, PRINTERS[:1], (*PRINTERS, "sim-4")]))
    wanted = farm_of(
        [each for each in kept if each is not None],
        draw(st.integers(0, len(POLICIES) - 1)),
        printers=printers,
    )
    stopped = dict.fromkeys(list(wanted.orders)[:1], ("its model is missing",))
    return replace(
        wanted,
        stopped=draw(st.sampled_from([{}, stopped])),
        faults=draw(st.sampled_from([(), (), (), (FAULT,)])),
    )


def changed(text: OrderText) -> OrderText:
    """Less of one item, nothing of the other, and canceled or unpaid."""
    first = replace(text.items[0], quantity=1)
    return replace(text, items=(first,), blob=f"{text.blob}-", payment="pending")


def legal(state: State, action: Action, now: datetime) -> State:
    """Return the state after the facts of one action; the fold raises for what cannot follow."""
    for fact in facts_of(state, action):
        row = type_of(fact)
        assert payload_of(row.full_name, data_of(fact)) == fact
        assert subject_of(fact)
        state = evolve(state, fact, at=now, seq=state.seq + 1, actor="farmctl")
    return state


def facts_of(state: State, action: Action) -> Sequence[object]:
    """What an action becomes when all goes well."""
    match action:
        case Record(facts=facts) | Dispatch(facts=facts):
            return facts
        case Act(effect=effect, run=run, printer=printer):
            file = state.runs[run].file or f"farmctl-{run}.gcode"
            attempt = state.runs[run].attempt + 1
            return (
                INTENDED[effect](run, printer, file, attempt),
                ACCEPTED[effect](run, printer, file),
            )
        case WritePlan(draft=draft):
            return (plan_written(draft, sha("file"), None),)
        case CheckModel(model=model):
            return (ModelChecked(model, digest(f"clean {model}"), "pass", (20_000, 10_000, 5_000)),)
        case SlicePlate(plate=plate):
            return (sliced(plate, len(state.plates[plate].composed.placed)),)
        case _:
            assert_never(action)


def check(wanted: Desired, state: State, seen: dict[PrinterName, Look], now: datetime) -> None:
    """Decide, again, and from equal inputs in another order; then follow each action."""
    before = dump(state)
    actions = decide(wanted, state, seen, now)
    assert decide(wanted, state, seen, now) == actions
    turned = replace(wanted, orders=dict(reversed(wanted.orders.items())))
    assert decide(turned, load(before), dict(reversed(seen.items())), now) == actions
    assert dump(state) == before
    for action in actions:
        legal(state, action, now)


@given(data=st.data(), choices=choices, passed=moments)
@settings(max_examples=120, deadline=None)
def test_decide_answers_in_every_legal_state(
    data: st.DataObject, choices: list[int], passed: timedelta
) -> None:
    state, at = state_after(choices)
    now = at + passed
    seen = data.draw(looks_at(state, now))
    check(data.draw(farms_for(state)), state, seen, now)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_decide_answers_at_every_moment_of_a_history_of_everything(data: st.DataObject) -> None:
    happening = data.draw(st.sampled_from(every_event()))
    now = happening.at + timedelta(seconds=1)
    seen = data.draw(looks_at(happening.state, now))
    check(data.draw(farms_for(happening.state)), happening.state, seen, now)


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_what_is_decided_can_be_followed_from_every_moment(data: st.DataObject) -> None:
    happening = data.draw(st.sampled_from(every_event()))
    wanted = data.draw(farms_for(happening.state))
    for action in follow(wanted, happening.state, happening.at, 15):
        assert isinstance(action, Action)


def test_following_leads_to_every_kind_of_action() -> None:
    kinds: set[str] = set()
    for number, happening in enumerate(every_event()[::20]):
        texts = [record.text for _, record in sorted(happening.state.orders.items())]
        wanted = farm_of([*texts, order_text(OrderId("ord-new"))], number % len(POLICIES))
        for action in follow(wanted, happening.state, happening.at, 30):
            kinds.add(action.kind if isinstance(action, Record) else type(action).__name__)
    assert kinds >= {each.__name__ for each in get_args(Action)} - {"Record"}
    assert kinds >= {"see-printer", "compose-plate", "decide-plan", "void-run", "hold-printer"}


def follow(wanted: Desired, state: State, at: datetime, steps: int) -> Iterator[Action]:
    """Yield all that is decided while the farm does as it decides, facts before deeds."""
    for _ in range(steps):
        at += timedelta(seconds=1)
        actions = decide(wanted, state, plain_looks(state, at), at)
        for action in actions:
            legal(state, action, at)
            yield action
        if not actions:
            return
        state = legal(state, min(actions, key=lambda each: not isinstance(each, Record)), at)


def plain_looks(state: State, now: datetime) -> dict[PrinterName, Look]:
    """Every printer is there and ready, with what is known of it."""
    patience = Patience(30.0, deletion_fences=True, survives_restart=True)
    return {
        name: Look(
            Observation(
                name,
                now,
                DeviceState.READY,
                identity=record.declared.identity,
                history_head=record.known_head,
                boot=record.known_boot,
            ),
            patience,
        )
        for name, record in sorted(state.printers.items())
    }
