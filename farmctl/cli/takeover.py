"""`farmctl takeover`: go on here, when the host that acted is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import is_terminal, say
from farmctl.errors import Exit, UsageError

if TYPE_CHECKING:
    from farmctl.farm.care.taking_over import Takeover

app = typer.Typer()


@app.command("takeover", epilog="Example: farmctl takeover --yes")
def takeover(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Without asking.")] = False,
) -> None:
    """Act on the farm from this host, when the host that did is gone.

    A copy of the ledger must lie here. It goes on as a new epoch, named in the farm's repository
    and pushed: the old host stops before its next start when it sees that. A host that cannot ask
    the remote does not see it: stop farmctl there by hand, or take it off the printers' network.
    """
    from farmctl.farm.care.taking_over import taken_over, to_take_over

    farm = the_farm(ctx)
    found = to_take_over(farm)
    for line in _said(found):
        say(line)
    if not yes:
        _ask()
    done, unreached = taken_over(farm, found)
    name, epoch = done.identity.ledger, done.identity.epoch
    say(f"this host acts on the farm now: ledger {name}, epoch {epoch}")
    for each in unreached:
        say(f"{each.remote} does not know of it yet, so the old host cannot see it: {each.why}")
    say("look at the beds and printers, then: farmctl apply, or farmctl run")


def _said(found: Takeover) -> list[str]:
    """Return who acts so far, and what is not in the copy."""
    copy = found.copy
    lines = [f"the copy here has {copy.place.seq} events of epoch {copy.place.epoch}"]
    if found.claim is not None:
        lines.insert(0, f"so far {found.claim.host} acts, at epoch {found.claim.epoch}")
    if found.missing is not None:
        lines.append(f"it is not the newest: {found.missing.message}")
        lines.append("what is not in it was forgotten, and may be made again")
    return lines


def _ask() -> None:
    if not is_terminal():
        raise UsageError("a takeover must be meant", "farmctl takeover --yes")
    if not typer.confirm("Is the other host gone, and take over here?", default=False, err=True):
        say("nothing is done")
        raise typer.Exit(Exit.DONE)
