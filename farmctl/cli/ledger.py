"""`farmctl ledger`: verify, rebuild, restore, new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document
from farmctl.errors import Exit, Refused

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.farm.care.anchored import Anchored
    from farmctl.farmrepo.remotes import Unreachable
    from farmctl.ledger.restore import Survey

app = typer.Typer(no_args_is_help=True, help="Verify, rebuild, restore the ledger.")


@app.callback(epilog="Example: farmctl ledger verify")
def ledger() -> None:
    """Verify, rebuild, restore the ledger."""


@app.command("verify", epilog="Example: farmctl ledger verify --against-git")
def verify(
    ctx: typer.Context,
    against_git: Annotated[
        bool, typer.Option("--against-git", help="Also compare it with its checkpoints in git.")
    ] = False,
    output: FormOption = Form.TABLE,
) -> None:
    """Check every byte of the journal. Exit 3 where something is wrong, with segment and line.

    A journal that was rewritten as a whole is a valid journal: with --against-git it must also
    hold every event that `refs/farmctl/checkpoints` names, here and at each remote.

    `python -m farmctl.ledger.verify .farmctl/journal` checks the same with other code.
    """
    from farmctl.farm.care.keeping import verified

    farm = the_farm(ctx)
    found = verified(farm)
    anchored = _anchored(farm, found) if against_git else None
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.verified/v1", _verified_json(found, anchored), output)
    else:
        show("\n".join(_verified_lines(found, anchored)))
    _end_verify(found, anchored)


def _anchored(farm: Farm, found: Survey) -> Anchored:
    from farmctl.farm.care.anchored import compared

    return compared(farm, found)


def _verified_json(found: Survey, anchored: Anchored | None) -> dict[str, object]:
    from farmctl.cli.views.anchors import anchors_json

    body: dict[str, object] = {
        "ledger": found.identity.ledger,
        "epoch": found.place.epoch,
        "events": found.place.seq,
        "head": found.place.hash,
        "damage": found.damage.message if found.damage else None,
    }
    return body | ({"anchors": anchors_json(anchored)} if anchored else {})


def _verified_lines(found: Survey, anchored: Anchored | None) -> Iterator[str]:
    from farmctl.cli.views.anchors import anchor_lines

    state = "sound up to there" if found.damage else "every link is right"
    yield (
        f"ledger {found.identity.ledger}, epoch {found.place.epoch}: {found.place.seq} events,"
        f" {state}; head {found.place.hash[:16]}"
    )
    if anchored is not None:
        yield from anchor_lines(anchored)


def _end_verify(found: Survey, anchored: Anchored | None) -> None:
    """End with 3 when the journal is damaged, or a signature does not count."""
    damage = found.damage or (anchored.damage if anchored else None)
    if damage is not None:
        say(f"error: {damage.message}\nmend: farmctl ledger restore [BACKUP]")
        raise typer.Exit(Exit.INVALID)
    wrong = anchored.signed.wrong if anchored and anchored.signed else None
    if wrong is not None:
        say(f"error: a checkpoint's signature does not count: {wrong.message}\nmend: {wrong.mend}")
        raise typer.Exit(Exit.INVALID)


@app.command("rebuild", epilog="Example: farmctl ledger rebuild")
def rebuild(ctx: typer.Context) -> None:
    """Make the state snapshot and the DuckDB tables anew from the journal."""
    from farmctl.farm.care.keeping import rebuilt

    done = rebuilt(the_farm(ctx))
    say(f"snapshot and tables are made anew from {done.events} events")
    if done.damage is not None:
        raise done.damage


@app.command("restore", epilog="Example: farmctl ledger restore /backup/garage/.farmctl")
def restore(
    ctx: typer.Context,
    backup: Annotated[
        Path | None, typer.Argument(help="A copy of the state folder; what is here if none.")
    ] = None,
) -> None:
    """Bring a damaged or lost ledger back, as a new epoch: copies that were left behind stop.

    What is replaced is kept beside it. What was said while it was damaged is taken in.
    """
    from farmctl.farm.care.keeping import restored

    done, unreached = restored(the_farm(ctx), backup)
    say(
        f"ledger {done.identity.ledger} is back at epoch {done.identity.epoch} with "
        f"{done.source.place.seq} events"
        + (f" and {done.taken_in} said aside" * bool(done.taken_in))
    )
    for each in done.left_out:
        say(f"left out: {each}")
    if done.kept is not None:
        say(f"what was replaced is in {done.kept}")
    _say_unreached(unreached)


@app.command("new", epilog="Example: farmctl ledger new --discard-history")
def new(
    ctx: typer.Context,
    discard: Annotated[
        bool, typer.Option("--discard-history", help="Yes: what was printed is forgotten.")
    ] = False,
) -> None:
    """Begin an empty ledger: every open order is made again from nothing."""
    from farmctl.farm.care.keeping import begun_anew

    farm = the_farm(ctx)
    if not discard:
        raise Refused(
            "a new ledger forgets what was made: open orders are printed again",
            "farmctl ledger restore brings the old one back; or add --discard-history",
        )
    done = begun_anew(farm)
    say(f"ledger {done.identity.ledger} is new and empty")
    if done.kept is not None:
        say(f"the old one is in {done.kept}")
    _say_unreached(done.unreached)


def _say_unreached(unreached: tuple[Unreachable, ...]) -> None:
    for each in unreached:
        say(f"{each.remote} does not know of it yet: {each.why}")
