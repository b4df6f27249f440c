"""`farmctl run`: keep the farm going until somebody stops it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import log_format, origin_named, the_farm
from farmctl.cli.output import say
from farmctl.errors import Exit, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farmctl.farm.acting.running import Idle
    from farmctl.farm.acting.session import Session
    from farmctl.ledger.state import State

app = typer.Typer()


@app.command(
    "run",
    epilog="Example: farmctl run --until-idle --timeout 3600",
    context_settings={"allow_extra_args": True},  # only to say what makes a part
)
def run(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Do what can be done now; for cron.")
    ] = False,
    max_time: Annotated[
        float | None, typer.Option("--max-time", min=0, help="Seconds, with --once.")
    ] = None,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="Stop when nothing goes on by itself.")
    ] = False,
    timeout: Annotated[
        float | None, typer.Option(min=0, help="Seconds, with --until-idle.")
    ] = None,
    clear: Annotated[
        list[str] | None,
        typer.Option(metavar="PRINTER", help="Its bed is empty: said once it was seen."),
    ] = None,
    rev: Annotated[str, typer.Option(help="Another commit or branch than HEAD.")] = "HEAD",
    follow: Annotated[
        str | None, typer.Option("--follow", metavar="REMOTE/BRANCH", help="Fetch and follow it.")
    ] = None,
) -> None:
    """Keep the farm going: look, decide, act. Ctrl-C stops it; prints go on.

    With --until-idle it ends with 0 when all is made, and with 4 when something waits for you.
    SIGTERM stops it like Ctrl-C, with 0: service managers send it. --clear says what `farmctl
    clear` does, for printers of which nobody knows what they did while farmctl was not running.
    """
    from farmctl.cli.views.progress import Progress, stopped, teller
    from farmctl.farm.acting import running
    from farmctl.farm.acting.session import session
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.system.stopping import stop_on_sigterm

    if ctx.args:
        parts = " ".join(ctx.args)
        raise UsageError(f"run takes no {parts}", f"to make a part: farmctl order add {parts}")
    _check_words(once=once, max_time=max_time, until_idle=until_idle, timeout=timeout)
    farm = the_farm(ctx)
    refuse_sample(farm)
    tell = teller(say, log_format(ctx), farm.clock)

    origin = origin_named(farm, rev, follow)

    async def go() -> tuple[Idle, State]:
        stop_on_sigterm()
        async with session(farm, "run", origin) as here, running.woken_by_files(farm, here):
            told = Progress(here.recorder.state, tell)
            idle = running.Idle.DONE
            await _clear(here, clear or [])
            if once:
                await running.until_started(here, told, max_time)
                return idle, here.recorder.state
            say("keeping the farm going; Ctrl-C stops that, prints go on")
            if until_idle:
                idle = await running.until_idle(here, told, timeout)
            else:
                await running.for_ever(here, told)
            return idle, here.recorder.state

    try:
        _end(*asyncio.run(go()))
    except (KeyboardInterrupt, asyncio.CancelledError) as told:
        say(stopped(farm.view().state))
        by_hand = isinstance(told, KeyboardInterrupt)
        raise typer.Exit(Exit.INTERRUPTED if by_hand else Exit.DONE) from None


async def _clear(here: Session, names: Sequence[str]) -> None:
    """Say that beds are empty: before, nobody watched what lies on them."""
    from farmctl.cli.views.floor import cleared
    from farmctl.control.subjects import printer_named, unknown
    from farmctl.control.verdicts import clear_bed
    from farmctl.farm.acting.verbs import say_when_seen

    def facts(state: State) -> list[object]:
        return [
            fact for name in names for fact in clear_bed(state, printer_named(state, name), None)
        ]

    if not names:
        return
    for name in names:
        if name not in here.observer.drivers:  # said before anything is begun
            raise unknown(name, "printer", here.observer.drivers)
    said, _ = await say_when_seen(here, facts)
    for name in names:
        say(cleared(said.before, said.after, printer_named(said.after, name)))


def _check_words(
    *, once: bool, max_time: float | None, until_idle: bool, timeout: float | None
) -> None:
    if once and until_idle:
        raise UsageError("--once and --until-idle exclude each other", "keep one of them")
    if max_time is not None and not once:
        raise UsageError("--max-time is for --once", "add --once")
    if timeout is not None and not until_idle:
        raise UsageError("--timeout is for --until-idle", "add --until-idle")


def _end(idle: Idle, state: State) -> None:
    """Say why it ended, and end with the code that says so."""
    from farmctl.cli.views.progress import printing, waits_for
    from farmctl.farm.acting.running import Idle

    if idle is Idle.WAITS_FOR_PERSON:
        for line in waits_for(state):
            say(line)
        raise typer.Exit(Exit.REFUSED)
    if idle is Idle.PRINTS_GO_ON:
        say(f"the time is up; {printing(state) or 'what was begun'} goes on")
        raise typer.Exit(Exit.FAILED)
