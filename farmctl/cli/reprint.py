"""`farmctl reprint`: failed parts become work again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import say

if TYPE_CHECKING:
    from farmctl.ledger.state import State

app = typer.Typer()


@app.command("reprint", epilog="Example: farmctl reprint run-17 P02")
def reprint(
    ctx: typer.Context,
    subject: Annotated[
        str, typer.Argument(metavar="RUN|PRINTER|ORDER/ITEM", help="Where parts failed.")
    ],
    parts: Annotated[list[str] | None, typer.Argument(metavar="[ITEM…]", help="Which.")] = None,
) -> None:
    """Make failed parts again: those named, or all that failed."""
    from farmctl.control import verdicts
    from farmctl.control.subjects import item_named, run_named
    from farmctl.farm import person
    from farmctl.farm.acting.verbs import say as tell
    from farmctl.model.events.orders import ReprintAllowed

    farm = the_farm(ctx)
    by = person().id
    allowed: list[object] = []

    def again(state: State) -> list[object]:
        if "/" in subject and not parts:
            allowed[:] = verdicts.reprint_item(state, item_named(state, subject), by=by)
        else:
            allowed[:] = verdicts.reprint(state, run_named(state, subject), parts or [], by=by)
        return allowed

    said = tell(farm, again)
    for fact in allowed:
        if isinstance(fact, ReprintAllowed):
            say(f"{len(fact.instances)} of {fact.item} will be made again")
    if not said.has_loop:
        say("no loop is running; go on with: farmctl apply")
