"""`farmctl run`: keep the farm going until somebody stops it."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from farmctl.cli.context import log_format, the_farm
from farmctl.cli.output import say
from farmctl.errors import Exit

app = typer.Typer()


@app.command("run", epilog="Example: farmctl run --until-idle --timeout 3600")
def run(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Do what can be done now; for cron.")
    ] = False,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="Stop when nothing goes on by itself.")
    ] = False,
    timeout: Annotated[float | None, typer.Option(help="Seconds, with --until-idle.")] = None,
) -> None:
    """Keep the farm going: look, decide, act. Ctrl-C stops it; prints go on."""
    from farmctl.cli.views.progress import Progress, teller
    from farmctl.farm import acting
    from farmctl.farm.session import session

    farm = the_farm(ctx)
    tell = teller(say, log_format(ctx), farm.clock)

    async def go() -> acting.Idle:
        async with session(farm, "run") as here, acting.woken_by_files(farm, here):
            told = Progress(here.recorder.state, tell)
            if once:
                await acting.until_started(here, told)
                return acting.Idle.DONE
            if until_idle:
                return await acting.until_idle(here, told, timeout)
            await acting.for_ever(here, told)
        return acting.Idle.DONE

    try:
        idle = asyncio.run(go())
    except KeyboardInterrupt:
        say("stopped: what prints goes on printing; nothing new starts until farmctl run")
        raise typer.Exit(Exit.INTERRUPTED) from None
    if idle is acting.Idle.WAITS_FOR_PERSON:
        say("nothing goes on by itself: farmctl status says what waits for you")
        raise typer.Exit(Exit.REFUSED)
    if idle is acting.Idle.PRINTS_GO_ON:
        say("the time is up: prints go on")
        raise typer.Exit(Exit.FAILED)
