"""`farmctl pause` and `resume`: what prints now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import say
from farmctl.errors import LedgerDamaged

if TYPE_CHECKING:
    from farmctl.ledger.state import State
    from farmctl.model.ids import RunId

    Ask = Callable[[State, RunId, str], list[object]]

app = typer.Typer()
Print = Annotated[str, typer.Argument(metavar="PRINTER|RUN", help="A print, or where it is.")]
Reason = Annotated[str | None, typer.Option(help="Why; for whoever comes next.")]


@app.command("pause", epilog='Example: farmctl pause voron-1 --reason "look at layer 2"')
def pause(ctx: typer.Context, name: Print, reason: Reason = None) -> None:
    """Pause a print. New ones still start there afterwards; `hold` stops that."""
    from farmctl.control import requests

    steer(ctx, name, reason, requests.pause)


@app.command("resume", epilog="Example: farmctl resume voron-1 --reason 'filament is back'")
def resume(ctx: typer.Context, name: Print, reason: Reason = None) -> None:
    """Go on with a paused print."""
    from farmctl.control import requests

    steer(ctx, name, reason or "goes on", requests.resume)


def steer(ctx: typer.Context, name: str, reason: str | None, ask: Ask) -> None:
    """Ask something of one print, and say what became of it."""
    from farmctl.cli.asking import ask as ask_person
    from farmctl.cli.views.floor import steered
    from farmctl.control.subjects import run_named
    from farmctl.farm.acting.verbs import say as tell
    from farmctl.farm.acting.verbs import say_aside
    from farmctl.farm.questions import Question

    farm = the_farm(ctx)
    why = reason or ask_person(Question("a reason, for whoever comes next", "--reason TEXT"))
    state = farm.view().state
    run = run_named(state, name)

    def asked(state: State) -> list[object]:
        return ask(state, run_named(state, run), why)

    try:
        said = tell(farm, asked, [state.runs[run].printer])
    except LedgerDamaged as damage:
        raise say_aside(farm, asked, damage) from None
    say(steered(said.after, run, ask.__name__))
