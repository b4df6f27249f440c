"""`farmctl exclude`: one part of a running print fails, and the others go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import say
from farmctl.errors import DeviceFailed, LedgerDamaged

if TYPE_CHECKING:
    from farmctl.ledger.state import State

app = typer.Typer()


@app.command("exclude", epilog="Example: farmctl exclude run-17 P02 --reason adhesion")
def exclude(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN|PRINTER", help="What prints now.")],
    parts: Annotated[list[str], typer.Argument(metavar="ITEM…", help="The parts that fail.")],
    reason: Annotated[str | None, typer.Option(help="Why: adhesion, spaghetti, …")] = None,
) -> None:
    """Leave failing parts out of a running print. They count as failed; the others go on."""
    from farmctl.cli.views.floor import left_out, not_left_out
    from farmctl.control.excluding import exclude as asked_for
    from farmctl.control.subjects import run_named
    from farmctl.farm.acting.able import check_excludes
    from farmctl.farm.acting.verbs import say as tell
    from farmctl.farm.acting.verbs import say_aside

    farm = the_farm(ctx)
    state = farm.view().state
    name = run_named(state, run)
    printer = state.runs[name].printer
    labels: list[str] = []

    def asked(state: State) -> list[object]:
        facts = asked_for(state, name, parts, reason)
        labels[:] = [getattr(each, "part", "") for each in facts]
        return facts

    asked(state)  # what is wrong with the words is said before what is wrong with the printer
    check_excludes(farm, state, printer)
    try:
        said = tell(farm, asked, [printer])
    except LedgerDamaged as damage:
        raise say_aside(farm, asked, damage) from None
    for line in left_out(said.after, name, labels):
        say(line)
    failed = not_left_out(said.after, name, labels)
    if failed is not None:
        raise DeviceFailed(failed, f"farmctl explain {name}")
