"""What a person says or asks: appended, then answered by whoever has the farm's controls.

Beside a running loop a word is appended under the journal's lock, and the loop answers what was
asked. Where nobody has the controls they are taken for as long as it takes: the printers that the
word is about are looked at first, and what was asked is done with the loop's own executor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

from msgspec import Struct

from farmctl.control.actions import Act, Action, Record
from farmctl.control.recorder import Recorder, facts_of
from farmctl.errors import InvalidDocuments, LedgerDamaged, WaitsForPerson
from farmctl.farm.acting.session import Controlled, Session, session
from farmctl.farm.origin import AtRevision
from farmctl.farm.parts import Farm, person
from farmctl.ledger.aside import Aside
from farmctl.ledger.state import State
from farmctl.model.envelope import Event
from farmctl.model.events.runs import Effect

ANSWER_WITHIN_S = 10.0
LOOK_AGAIN_S = 1.0
_STEERING = (Effect.CANCEL, Effect.PAUSE, Effect.RESUME, Effect.EXCLUDE)

Propose = Callable[[State], Sequence[object]]
"""Returns the facts of a word on the newest state, or raises why it cannot hold."""


class Said(Struct, frozen=True):
    """What became of a word.

    Args:
        before: The state it was said in.
        after: The state when it was answered.
        has_loop: Whether a loop runs, which goes on from here by itself.
    """

    before: State
    after: State
    has_loop: bool


def say(farm: Farm, propose: Propose, about: Collection[str] = ()) -> Said:
    """Append what a person says, and wait until what it asks for is answered.

    Args:
        farm: Where.
        propose: What is said, on the newest state.
        about: Printers to look at first, when no loop does that anyway.

    Raises:
        WaitsForPerson: No answer in 10 s: what was asked stands.
        LedgerDamaged: Nothing can be appended.
        Refused: What `propose` says, or the ledger is not this clone's.
    """
    if about and not farm.is_controlled():
        with suppress(Controlled):  # a loop that began just now: then beside it
            return asyncio.run(_alone(farm, propose, about))
    recorder = Recorder(farm.ledger(), person())
    before, asked = _append(recorder, propose)
    deadline = farm.clock.monotonic() + ANSWER_WITHIN_S
    while is_open(recorder.state, asked):
        left_s = deadline - farm.clock.monotonic()
        if left_s <= 0:
            raise _no_answer(has_loop=farm.is_controlled())
        recorder.wait_for_change(min(left_s, LOOK_AGAIN_S))
        recorder.refresh()
        if about and is_open(recorder.state, asked) and not farm.is_controlled():
            with suppress(Controlled):  # whoever had the controls let go without an answer
                asyncio.run(_alone(farm, lambda _: (), about))
    return Said(before, recorder.state, has_loop=farm.is_controlled())


def say_aside(farm: Farm, propose: Propose, damage: LedgerDamaged) -> LedgerDamaged:
    """Write a word beside a journal that is damaged; return the error that says so."""
    state = farm.view().state
    aside = Aside(farm.ledger_folder, farm.clock)
    aside.append(facts_of(propose(state), state), person())
    return LedgerDamaged(
        f"{damage.message}; what you said is written beside it, and nothing acts on it yet",
        "stop the print at the machine itself; then farmctl ledger restore",
    )


def strangers(farm: Farm, names: Collection[str]) -> frozenset[str]:
    """Return the names that the ledger has no printer for: they are looked at before anything."""
    return frozenset(names) - farm.view().state.printers.keys()


def is_open(state: State, asked: Collection[int]) -> bool:
    """Return whether one of these requests still waits, by its event's number."""
    return any(each.request in asked for run in state.runs.values() for each in run.asked)


def _append(recorder: Recorder, propose: Propose) -> tuple[State, frozenset[int]]:
    before: list[State] = []

    def proposed(state: State) -> Sequence[object]:
        before.append(state)
        return propose(state)

    events = recorder.append_from(proposed)
    return before[-1], frozenset(each.seq for each in events if _is_request(each))


def _is_request(event: Event) -> bool:
    return "_requested." in event.type


async def _alone(farm: Farm, propose: Propose, about: Collection[str]) -> Said:
    """Take the controls, look, say it, do what it asks for, and let go."""
    origin, allow = AtRevision(farm, readable(farm)), _only_about(about)
    async with session(farm, "cli", origin, allow, about) as here:
        said, asked = await say_when_seen(here, propose)
        await here.loop.settle()
        deadline = farm.clock.monotonic() + ANSWER_WITHIN_S
        while is_open(here.recorder.refresh(), asked):
            if farm.clock.monotonic() > deadline:
                raise _no_answer(has_loop=True)
            await here.loop.settle()
            await here.loop.wait(0.5)
        return Said(said.before, here.recorder.state, has_loop=False)


async def say_when_seen(here: Session, propose: Propose) -> tuple[Said, frozenset[int]]:
    """Say something as soon as whoever has the controls has seen the printers.

    Returns what became of it, and the numbers of what it asked for. Raises what `propose` does.
    """
    await here.loop.settle()
    before, asked = _append(here.recorder.as_said_by(person()), propose)
    return Said(before, here.recorder.refresh(), has_loop=True), asked


def _only_about(printers: Collection[str]) -> Callable[[Action], bool]:
    """Return what is allowed: to know these printers and all prints, and to steer theirs."""
    names = {f"{kind}/{each}" for kind in ("printer", "attention") for each in printers}

    def allow(action: Action) -> bool:
        match action:
            case Record(subject=subject):
                return subject in names or subject.startswith("run/")
            case Act(effect=effect, printer=printer):
                return printer in printers and effect in _STEERING
            case _:
                return False

    return allow


def readable(farm: Farm) -> str:
    """Return HEAD, or the last revision that meant something when HEAD does not."""
    try:
        farm.desired()
    except InvalidDocuments:
        last = farm.view().state.revision
        if last is None:
            raise
        return last.commit
    return "HEAD"


def _no_answer(*, has_loop: bool) -> WaitsForPerson:
    why = "the printer has not done it" if has_loop else "the loop has stopped meanwhile"
    return WaitsForPerson(
        f"no answer in {ANSWER_WITHIN_S:.0f} s: {why}; what you asked stands",
        "farmctl status shows when it is done",
    )
