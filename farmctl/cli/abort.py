"""`farmctl abort`: one print, or everything that prints with a version of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import is_terminal, say
from farmctl.cli.steer import Reason, steer
from farmctl.errors import Exit, LedgerDamaged, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

    from farmctl.farm import Farm
    from farmctl.ledger.state import State
    from farmctl.model.ids import RunId

app = typer.Typer()


@app.command("abort", epilog="Example: farmctl abort run-17 --reason spaghetti")
def abort(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[PRINTER|RUN]", help="A print, or where it is.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(metavar="NAME@VERSION", help="Everything that prints with it; asks first."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --profile: do not ask.")] = False,
    reason: Reason = None,
) -> None:
    """End a print, or all with a profile version. Parts are judged when the bed is cleared."""
    from farmctl.control import requests

    if (name is None) is (profile is None):
        raise UsageError(
            "name a print or printer, or --profile: one of them",
            "farmctl abort voron-1, or farmctl abort --profile petg@1.9.0",
        )
    if name is not None:
        steer(ctx, name, reason, requests.abort)
    elif profile is not None:
        _all_with(the_farm(ctx), profile, reason, yes=yes)


def _all_with(farm: Farm, pin: str, reason: str | None, *, yes: bool) -> None:
    """List what prints with a version, ask, and end it; what began meanwhile is not ended."""
    from farmctl.cli.asking import ask
    from farmctl.cli.views.profiles import running_lines
    from farmctl.control.subjects import profile_named, profile_pins
    from farmctl.farm.asking.declared import pins_of
    from farmctl.farm.profiles.targets import version_in
    from farmctl.farm.profiles.usage import live_runs
    from farmctl.farm.questions import Question

    state = farm.view().state
    version_in(pin)
    profile_named(pin, pins_of(farm) | profile_pins(state))
    found = live_runs(state, pin)
    if not found:
        say(f"nothing prints with {pin}")
        return
    say("\n".join(running_lines(found)))
    _confirm(len(found), yes=yes)
    why = reason or ask(Question("a reason, for whoever comes next", "--reason TEXT"))
    _end(farm, [each.run for each in found], why)
    if pin not in state.profile_holds:
        say(f'new ones may still start: farmctl profile stop {pin} --reason "{why}"')


def _confirm(count: int, *, yes: bool) -> None:
    prints = "this print" if count == 1 else f"these {count} prints"
    if yes:
        return
    if not is_terminal():
        raise UsageError(f"end {prints}?", "say --yes")
    if not typer.confirm(f"end {prints}?", default=False, err=True):
        say("nothing is done")
        raise typer.Exit(Exit.DONE)


def _end(farm: Farm, runs: Collection[RunId], why: str) -> None:
    from farmctl.cli.views.floor import steered
    from farmctl.control import requests
    from farmctl.farm.acting.verbs import say as tell
    from farmctl.farm.acting.verbs import say_aside

    def asked(state: State) -> list[object]:
        live = [run for run in runs if run in state.runs and not state.runs[run].phase.is_over]
        return [fact for run in live for fact in requests.abort(state, run, why)]

    state = farm.view().state
    try:
        said = tell(farm, asked, sorted({state.runs[run].printer for run in runs}))
    except LedgerDamaged as damage:
        raise say_aside(farm, asked, damage) from None
    for run in runs:
        say(steered(said.after, run, "abort"))
