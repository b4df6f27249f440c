"""`farmctl apply`: do what `plan` shows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import log_format, origin_named, the_farm
from farmctl.cli.output import is_terminal, say, show
from farmctl.errors import Exit, InvalidDocuments, Refused, UsageError

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.farm.acting.forecast import Forecast
    from farmctl.farm.origin import Origin

app = typer.Typer()


@app.command("apply", epilog="Example: farmctl apply --follow")
def apply(
    ctx: typer.Context,
    changes: Annotated[Path | None, typer.Argument(help="What `plan --save` kept.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Stay until the prints end.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Start without asking; approves nothing.")
    ] = False,
    rev: Annotated[str, typer.Option(help="Another commit than HEAD.")] = "HEAD",
) -> None:
    """Do what `plan` shows: write build plans, slice, start. Asks before the first start."""
    from farmctl.cli.views.plan import plan_items, plan_lines
    from farmctl.cli.views.progress import Progress, closing, stopped, teller
    from farmctl.control.shown import only_shown
    from farmctl.farm.acting import running
    from farmctl.farm.acting.session import session
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.origin import AtRevision

    farm = the_farm(ctx)
    refuse_sample(farm)
    tell = teller(say, log_format(ctx), farm.clock)
    origin = origin_named(farm, rev, None)
    found = _foreseen(farm, origin, rev)
    if changes is not None:
        _check_same(plan_items(found), _saved(farm, changes), changes)
    show("\n".join(plan_lines(found, farm.clock.now())))
    _ask_before_starts(found, yes=yes)
    is_local = isinstance(origin, AtRevision)  # a followed branch is acted on where it is then
    at = AtRevision(farm, found.desired.commit, say) if is_local else origin
    allow = only_shown(line.action for line in found.lines)

    async def go() -> str:
        async with session(farm, "apply", at, allow) as here:
            told = Progress(here.recorder.state, tell, shows_tenths=follow)
            await running.until_started(here, told)
            if follow:
                say("Ctrl-C leaves it printing; `farmctl run` goes on with it")
                await running.until_idle(here, told)
            return closing(here.recorder.state)

    try:
        say(asyncio.run(go()))
    except KeyboardInterrupt:
        say(stopped(farm.view().state))
        raise typer.Exit(Exit.INTERRUPTED) from None


def _foreseen(farm: Farm, origin: Origin, rev: str) -> Forecast:
    """Run decisions forward; at a terminal after asking what only a person knows."""
    from farmctl.cli.offers import offer_beds, offer_commit
    from farmctl.farm.acting.forecast import forecast
    from farmctl.farm.origin import AtRevision

    if rev == "HEAD" and isinstance(origin, AtRevision):
        offer_commit(farm)
    found = asyncio.run(forecast(farm, origin))
    if offer_beds(farm, found):
        found = asyncio.run(forecast(farm, origin))
    return found


def _ask_before_starts(found: Forecast, *, yes: bool) -> None:
    from farmctl.cli.views.plan import question
    from farmctl.control.actions import Dispatch

    starts = any(isinstance(line.action, Dispatch) for line in found.lines)
    if not starts or yes or not is_terminal():
        return
    if not typer.confirm(question(found.lines), default=False, err=True):
        say("nothing is done")
        raise typer.Exit(Exit.DONE)


def _saved(farm: Farm, path: Path) -> bytes:
    try:
        return farm.disk.read(path.absolute())
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", "farmctl plan --save FILE"
        ) from None


def _check_same(items: list[dict[str, object]], saved: bytes, path: Path) -> None:
    """Refuse unless what would be done now is what was saved: kinds, subjects, pins, classes."""
    import json

    keys = ("kind", "subject", "pins", "class")
    try:
        before = [[each.get(key) for key in keys] for each in json.loads(saved)["items"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidDocuments(f"{path} is no saved plan", "farmctl plan --save FILE") from None
    if [[each.get(key) for key in keys] for each in items] != before:
        raise Refused(f"the farm has changed since {path} was saved", "farmctl plan")
