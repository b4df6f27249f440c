"""`farmctl resolve`: a person looked at a machine that nobody else can see."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import say

app = typer.Typer()


@app.command("resolve", epilog="Example: farmctl resolve run-17 failed --reason power_loss")
def resolve(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN|PRINTER", help="A print out of sight.")],
    outcome: Annotated[
        str,
        typer.Argument(metavar="not-started|printing|completed|failed", help="What you saw there."),
    ],
    reason: Annotated[str | None, typer.Option(help="Why it failed: power_loss, …")] = None,
) -> None:
    """Say what became of a print that nobody can see: look at the machine first."""
    from farmctl.cli.views.floor import steered
    from farmctl.control import requests
    from farmctl.control.subjects import run_named
    from farmctl.farm.acting.verbs import say as tell

    farm = the_farm(ctx)
    said = tell(farm, lambda state: requests.resolve(state, run_named(state, run), outcome, reason))
    say(steered(said.after, run_named(said.before, run), "resolve"))
    if not said.has_loop:
        say("no loop is running; go on with: farmctl apply")
