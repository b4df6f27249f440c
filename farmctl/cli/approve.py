"""`farmctl approve`: a person's yes, to exactly what is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import is_terminal, say, show
from farmctl.errors import Exit, Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farmctl.control.approvals import Pending

app = typer.Typer()


@app.command("approve", epilog="Example: farmctl approve ord-7/bracket")
def approve(
    ctx: typer.Context,
    names: Annotated[
        list[str], typer.Argument(metavar="ORDER|PLAN|PRINT", help="What waits for a yes.")
    ],
    seen: Annotated[
        str | None,
        typer.Option("--seen", metavar="CODE", help="What you read: the code printed under it."),
    ] = None,
) -> None:
    """Say yes to build plans and prints. It is for exactly what is printed, and nothing later."""
    from farmctl.cli.asking import introduce
    from farmctl.cli.views.approvals import pending_lines
    from farmctl.farm.acting.approving import approve as say_yes
    from farmctl.farm.acting.approving import waiting as under
    from farmctl.farm.founding.sample import refuse_sample

    farm = the_farm(ctx)
    refuse_sample(farm)
    state = farm.view().state
    waiting = under(farm, state, names)
    if not waiting:
        say(f"nothing of {', '.join(names)} waits for a yes")
        return
    show("\n".join(pending_lines(state, waiting)))
    _check_yes(waiting, seen, names)
    done = say_yes(farm, waiting, introduce)
    where = f" (commit {done.commit[:7]})" if done.commit else ""
    say(f"approved: {', '.join(each.name for each in waiting)}{where}")
    if not done.said.has_loop:
        say("no loop is running; go on with: farmctl apply")


def _check_yes(waiting: Sequence[Pending], seen: str | None, names: list[str]) -> None:
    """Take a yes at the keyboard, or the code of what was read before."""
    from farmctl.control.approvals import seen_code

    code, again = seen_code(waiting), f"farmctl approve {' '.join(names)}"
    if seen is not None and seen != code:
        raise Refused(f"what was seen as {seen} has changed: nothing is approved", again)
    if seen is None and not is_terminal():
        raise UsageError("a yes is for what was read", f"{again} --seen {code}")
    if seen is None and not typer.confirm("Approve this?", default=False, err=True):
        say("nothing is approved")
        raise typer.Exit(Exit.DONE)
