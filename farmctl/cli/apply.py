"""`farmctl apply`: do what `plan` shows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from farmctl.cli.context import log_format, the_farm
from farmctl.cli.output import is_terminal, say, show
from farmctl.errors import Exit, InvalidDocuments, Refused

app = typer.Typer()


@app.command("apply", epilog="Example: farmctl apply --follow")
def apply(
    ctx: typer.Context,
    changes: Annotated[Path | None, typer.Argument(help="What `plan --save` kept.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Stay until the prints end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Start without asking.")] = False,
) -> None:
    """Do what `plan` shows: write build plans, slice, start. Asks before the first start."""
    from farmctl.cli.views.plan import plan_items, plan_lines
    from farmctl.cli.views.progress import Progress, closing, teller
    from farmctl.farm import acting
    from farmctl.farm.forecast import forecast
    from farmctl.farm.origin import AtRevision
    from farmctl.farm.session import session

    farm = the_farm(ctx)
    tell = teller(say, log_format(ctx), farm.clock)
    found = asyncio.run(forecast(farm))
    items = plan_items(found)
    if changes is not None:
        _check_same(items, farm.disk.read(changes.absolute()), changes)
    show("\n".join(plan_lines(found, farm.clock.now())))
    starts = any(each["kind"] == "start" for each in items)
    if starts and not yes and is_terminal() and not typer.confirm("Do it?", err=True):
        raise typer.Exit(Exit.DONE)

    at = AtRevision(farm, found.desired.commit)

    async def go() -> str:
        async with session(farm, "apply", at) as here:
            told = Progress(here.recorder.state, tell)
            await acting.until_started(here, told)
            if follow:
                say("Ctrl-C leaves it printing; `farmctl run` goes on with it")
                await acting.until_idle(here, told)
            return closing(here.recorder.state)

    try:
        say(asyncio.run(go()))
    except KeyboardInterrupt:
        say("stopped: what prints goes on printing; `farmctl run` goes on with it")
        raise typer.Exit(Exit.INTERRUPTED) from None


def _check_same(items: list[dict[str, object]], saved: bytes, path: Path) -> None:
    """Refuse unless what would be done now is what was saved: kinds, subjects, pins, classes."""
    import json

    try:
        before = json.loads(saved)["items"]
    except (ValueError, KeyError, TypeError):
        raise InvalidDocuments(f"{path} is no saved plan", "farmctl plan --save FILE") from None
    keys = ("kind", "subject", "pins", "class")
    now = [[each.get(key) for key in keys] for each in items]
    if now != [[each.get(key) for key in keys] for each in before]:
        raise Refused(f"the farm has changed since {path} was saved", "farmctl plan")
