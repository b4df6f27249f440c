"""Running decisions forward: what would be done now, and what is expected to follow.

The third interpreter of actions, beside showing and acting: each action becomes the facts that are
expected of it, each start a print that ends when its estimate says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from farmctl.control.actions import (
    Act,
    Action,
    CheckModel,
    Dispatch,
    Record,
    SlicePlate,
    WritePlan,
)
from farmctl.control.decide.decide import decide
from farmctl.ledger.fold import evolve
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.events.plans import ModelChecked
from farmctl.model.events.plates import PlateSliced
from farmctl.model.events.printers import BedCleared
from farmctl.model.events.run_life import RunStarted
from farmctl.model.events.runs import ACCEPTED, INTENDED, Effect
from farmctl.model.ids import PrinterName
from farmctl.model.look import Look, Patience
from farmctl.model.observation import DeviceState, Ended, Ending, Job, Observation
from farmctl.model.recorded import PlateRecord, RunRecord
from farmctl.model.states import Bed
from farmctl.planning.plan_text import plan_written

STEPS = 400
"""How many decisions are run forward at most: some dozens for now, the others for later prints."""

_PATIENCE = Patience(0.0, deletion_fences=True, survives_restart=True, excludes=True)


class Guesses(Struct, frozen=True):
    """What stands in for work that is not done.

    Args:
        model: Returns what preflight says of a model, without keeping it.
        sliced: Returns what a slice would be: from the cache, else by a rule of thumb.
        plan_digest: Returns the digest that a plan's file would have.
    """

    model: Callable[[CheckModel], ModelChecked]
    sliced: Callable[[State, PlateRecord], PlateSliced]
    plan_digest: Callable[[WritePlan], str]


class Foreseen(Struct, frozen=True):
    """One action, when it is done, and the state just after it.

    Args:
        at: When.
        action: What.
        after: The state it leads to.
        is_now: Whether nothing has to pass before it.
        needs_clearing: Whether a person must empty the bed first.
    """

    at: datetime
    action: Action
    after: State
    is_now: bool
    needs_clearing: bool = False


class Foresight(Struct, frozen=True):
    """What is expected.

    Args:
        lines: Every action, in order.
        is_whole: Whether nothing more would happen by itself after the last of them.
    """

    lines: tuple[Foreseen, ...]
    is_whole: bool = True


class Farmland(Struct):
    """What is run forward: the state, the looks and the time."""

    desired: Desired
    state: State
    looks: dict[PrinterName, Look]
    now: datetime
    guesses: Guesses
    cleared: set[PrinterName] = field(default_factory=set)

    def happen(self, *facts: object) -> None:
        """Fold expected facts in: all of them, or none where one cannot follow any more."""
        state = self.state
        for fact in facts:
            state = evolve(state, fact, at=self.now, seq=state.seq + 1, actor="expected")
        self.state = state


def foresee(land: Farmland, steps: int = STEPS) -> Foresight:
    """Return every action that is expected, in order, until nothing more would happen by itself.

    What can be done now is never left out for the sake of what comes later: like actions, of
    however many orders and printers, are one step.
    """
    began = land.now
    lines: list[Foreseen] = []
    while actions := _soonest(land):
        if not steps:
            return Foresight(tuple(lines), is_whole=False)
        steps -= 1
        for action in _taken(actions, land):
            waits = isinstance(action, Dispatch) and action.printer in land.cleared
            is_now = land.now == began
            lines.append(Foreseen(land.now, action, land.state, is_now, needs_clearing=waits))
    return Foresight(tuple(lines))


def _soonest(land: Farmland) -> list[Action]:
    """Return what is done next, if need be once a print has ended; nothing, when nothing is."""
    while not (actions := _next(land)):
        if not _let_time_pass(land):
            break
    return actions


def _next(land: Farmland) -> list[Action]:
    """Return what is done next: one action, and all that are like it, as a pass of the loop does.

    One after the other they would be the same, and cost a decision each.
    """
    actions = decide(land.desired, land.state, land.looks, land.now)
    return [each for each in actions if _likeness(each) == _likeness(actions[0])]


def _likeness(action: Action) -> tuple[type[Action], str]:
    match action:
        case Record(kind=kind):
            return Record, kind
        case Act(effect=effect):
            return Act, effect
        case CheckModel() | WritePlan() | SlicePlate() | Dispatch():
            return type(action), ""
        case _:
            assert_never(action)


def _taken(actions: Iterable[Action], land: Farmland) -> Iterator[Action]:
    """Take actions of one decision, and yield each; decide again where one came to nothing.

    What was done just before may have left nothing to say, as in a pass of the loop. Only the
    first of them must be right.
    """
    for place, action in enumerate(actions):
        try:
            _take(action, land)
        except (KeyError, ValueError):
            if place == 0:
                raise
            return
        yield action


def _take(action: Action, land: Farmland) -> None:
    match action:
        case Record(facts=facts) | Dispatch(facts=facts):
            land.happen(*facts)
        case CheckModel():
            land.happen(land.guesses.model(action))
        case WritePlan(draft=draft):
            land.happen(plan_written(draft, land.guesses.plan_digest(action)))
        case SlicePlate(plate=plate):
            land.happen(land.guesses.sliced(land.state, land.state.plates[plate]))
        case Act():
            _act(action, land)
        case _:
            assert_never(action)


def _act(action: Act, land: Farmland) -> None:
    run = land.state.runs[action.run]
    left = run.to_delete if action.effect is Effect.DELETE else None
    file = left.file if left else run.file or f"{action.run}.gcode"
    land.happen(
        INTENDED[action.effect](action.run, action.printer, file, max(1, run.attempt)),
        ACCEPTED[action.effect](action.run, action.printer, file),
    )
    seen = land.looks[action.printer].observation
    moment = land.now + timedelta(microseconds=1)
    if action.effect is Effect.START:
        land.happen(RunStarted(action.run, action.run, "expected"))
        job = Job(file, action.run)
        state = DeviceState.PRINTING
        seen = replace(seen, state=state, job=job, history_head=action.run)
    if action.part is not None and seen.job is not None:
        left_out = (*seen.job.left_out, action.part)
        seen = replace(seen, job=replace(seen.job, left_out=left_out))
    land.looks[action.printer] = Look(replace(seen, seen_at=moment), _PATIENCE)


def _let_time_pass(land: Farmland) -> bool:
    """Go on to the end of the print that ends first; return whether there is one."""
    ends = sorted(_ends(land), key=lambda each: (each[0], each[1].run))
    if not ends:
        return False
    end, run = ends[0]
    land.now = max(end, land.now + timedelta(seconds=1))
    seen = land.looks[run.printer].observation
    file = run.file or ""
    land.looks = {
        name: Look(
            replace(each.observation, seen_at=land.now), _PATIENCE, each.asked_file, each.ending
        )
        for name, each in land.looks.items()
    }
    idle = replace(seen, seen_at=land.now, state=DeviceState.READY, job=None)
    ending = Ending(file, Ended.COMPLETED, "expected", job_id=run.job_id)
    land.looks[run.printer] = Look(idle, _PATIENCE, file, ending)
    _settle_end(land, run)
    return True


def _settle_end(land: Farmland, run: RunRecord) -> None:
    """The print ends; a bed that waits for a person is cleared then, and marked so.

    That the printer stands still is recorded first, then what it means for the print.
    """
    subjects = {f"printer/{run.printer}", f"run/{run.run}"}
    for _ in range(STEPS):
        actions = decide(land.desired, land.state, land.looks, land.now)
        action = next((each for each in actions if each.subject in subjects), None)
        if action is None or not isinstance(action, Record):
            break
        land.happen(*action.facts)
    record = land.state.printers[run.printer]
    if record.declared.clears == "person" and record.bed is not Bed.CLEAR and record.run is None:
        land.cleared.add(run.printer)
        head = land.looks[run.printer].observation.history_head
        land.happen(BedCleared(run.printer, "person", head))


def _ends(land: Farmland) -> Iterator[tuple[datetime, RunRecord]]:
    for run in land.state.runs.values():
        if run.phase.is_over or run.start_at is None or not run.phase.may_be_printing:
            continue
        if not land.looks.get(run.printer) or not _is_seen(land.looks[run.printer].observation):
            continue
        plate = land.state.plates[run.queued.plate]
        time_ms = plate.sliced.summary.time_ms if plate.sliced else 0
        yield run.start_at + timedelta(milliseconds=time_ms), run


def _is_seen(seen: Observation) -> bool:
    return seen.state is DeviceState.PRINTING
