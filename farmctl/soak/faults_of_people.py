"""People's verbs, typed at any moment: what `farmctl hold`, `abort`, `reprint` and others do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from farmctl.control.excluding import exclude
from farmctl.control.requests import ALL, Stop, abort, hold, pause, resume, unhold
from farmctl.control.subjects import item_named, run_named
from farmctl.control.verdicts import Word, judge, reprint_item
from farmctl.errors import FarmctlError
from farmctl.ledger.state import State
from farmctl.model.events.orders import ItemsJudged
from farmctl.model.ids import ItemKey, PrinterName, RunId
from farmctl.model.states import RunPhase
from farmctl.soak.documents import order_file
from farmctl.soak.person import Said
from farmctl.soak.stage import Stage
from farmctl.soak.strike import Catalogue, Strike

_WHY = "somebody says so"


def _stops(subject: Callable[[Stage, str], str]) -> Strike:
    async def strike(stage: Stage, name: str) -> None:
        what = subject(stage, name)
        stop = Stop(_WHY, "ada@example.org")
        stage.person.stop(
            lambda now: hold(now, what, stop, {"petg@1.0.0"}) if _is_known(now, what) else []
        )

    return strike


def _is_known(state: State, subject: str) -> bool:
    """Return whether the ledger has heard of it: a new farm knows no printers."""
    is_listed = subject in state.printers or subject in state.orders
    return is_listed or subject == ALL or "@" in subject


def _an_order(stage: Stage, _name: str) -> str:
    return stage.dice.choice(stage.orders) if stage.orders else ALL


def _of_run(verb: Callable[[State, RunId, str], list[object]], *phases: RunPhase) -> Strike:
    """Say it of the print on the printer, if it is in such a phase."""

    async def strike(stage: Stage, name: str) -> None:
        def said(now: State) -> list[object]:
            record = now.printers.get(PrinterName(name))
            run = now.runs.get(record.run) if record and record.run else None
            is_meant = run is not None and (run.phase in phases or not phases)
            return verb(now, run.run, _WHY) if run is not None and is_meant else []

        stage.person.stop(said)

    return strike


async def _part_left_out(stage: Stage, name: str) -> None:
    """Somebody sees one part fail, whichever, and wants it left out."""
    number = stage.dice.randint(0, 3)

    def said(now: State) -> list[object]:
        record = now.printers.get(PrinterName(name))
        run = now.runs.get(record.run) if record and record.run else None
        if run is None:
            return []
        placed = now.plates[run.queued.plate].composed.placed
        return exclude(now, run.run, [placed[number % len(placed)].label], "adhesion")

    stage.person.stop(said)


def _says(of: Callable[[Stage, State], Iterator[Said]]) -> Strike:
    """Say all that can be said of what the ledger holds."""

    async def strike(stage: Stage, _name: str) -> None:
        for said in list(of(stage, stage.person.state)):
            with suppress(FarmctlError):
                stage.person.tell(said)

    return strike


def _holds_lifted(_stage: Stage, state: State) -> Iterator[Said]:
    for subject in (ALL, *sorted(state.printers), *sorted(state.orders)):
        yield partial(unhold, subject=subject, reason=_WHY)


def _reprints(_stage: Stage, state: State) -> Iterator[Said]:
    for item in sorted(state.items):
        yield partial(_made_again, item=item)


def _made_again(now: State, item: ItemKey) -> list[object]:
    return reprint_item(now, item_named(now, item), by="person")


def _verdicts(stage: Stage, state: State) -> Iterator[Said]:
    """Say of every ended print how its parts are, in truth, whatever was presumed."""
    for run, record in sorted(state.runs.items()):
        if record.phase.is_over and record.is_counted:
            yield partial(_judged, run=run, word=stage.person.seen(run))


def _judged(now: State, run: RunId, word: Word) -> ItemsJudged:
    return judge(now, run_named(now, run), word, by="person")


async def _looked_after(stage: Stage, name: str) -> None:
    """Clear and resolve: somebody stands before one machine and types what they see."""
    with suppress(FarmctlError):
        stage.person.look_after(name)


async def _order_edited(stage: Stage, _name: str) -> None:
    if stage.orders:
        order = stage.dice.choice(stage.orders)
        stage.remote.commit(order_file(order, stage.dice.randint(1, 4)))


async def _order_canceled(stage: Stage, _name: str) -> None:
    if stage.orders:
        order = stage.dice.choice(stage.orders)
        stage.remote.commit(order_file(order, 1, is_canceled=True))


async def _held_at_the_last_moment(stage: Stage, name: str) -> None:
    """Somebody's hold is written just before a start is intended."""
    person = stage.person
    person.host.disk.faster.append(lambda: person.hold_what_is_about_to_start(name))


FAULTS_OF_PEOPLE: Catalogue = {
    "printer held": _stops(lambda _stage, name: name),
    "held at the last moment": _held_at_the_last_moment,
    "order held": _stops(_an_order),
    "profile held": _stops(lambda _stage, _name: "petg@1.0.0"),
    "farm held": _stops(lambda _stage, _name: ALL),
    "holds lifted": _says(_holds_lifted),
    "abort asked": _of_run(abort),
    "pause asked": _of_run(pause),
    "resume asked": _of_run(resume, RunPhase.PAUSED),
    "part left out": _part_left_out,
    "reprint asked": _says(_reprints),
    "parts judged": _says(_verdicts),
    "machine looked after": _looked_after,
    "order edited": _order_edited,
    "order canceled": _order_canceled,
}
