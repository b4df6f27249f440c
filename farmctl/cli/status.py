"""`farmctl status`: what needs you, what prints, what waits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document
from farmctl.errors import Exit, UsageError

if TYPE_CHECKING:
    from farmctl.farm import Farm

app = typer.Typer()
_WATCH_S = 2.0
_CLEAR_SCREEN = "\033[H\033[2J"


@app.command("status", epilog="Example: farmctl status --since 20:00")
def status(
    ctx: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Add what happened since: 20:00, 12h, 2026-11-24T20:00.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Show it again and again.")] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 10 when something needs a person.")
    ] = False,
    output: FormOption = Form.TABLE,
) -> None:
    """Show what needs you, what prints until when, and what waits for what.

    It talks to no printer: it shows what the loop saw last, and when that was.
    """
    from farmctl.cli.views.status import needs_a_person, status_items, status_lines
    from farmctl.farm.asking.glancing import see

    if watch and since is not None:
        raise UsageError("--watch shows the present, --since the past", "type one of them")
    farm = the_farm(ctx)
    while True:
        seeing = see(farm)
        if output in (Form.TABLE, Form.WIDE):
            text = "\n".join(status_lines(seeing))
            show(f"{_CLEAR_SCREEN}{text}" if watch and sys.stdout.isatty() else text)
        else:
            show_document("farmctl.status/v1", {"items": status_items(seeing)}, output)
        if not watch:
            break
        sys.stdout.flush()
        farm.clock.pause(_WATCH_S)
    if since is not None:
        _show_since(farm, since, output)
    if exit_code and needs_a_person(seeing):
        raise typer.Exit(Exit.CHANGES)


def _show_since(farm: Farm, since: str, output: Form) -> None:
    from farmctl.cli.views.since import since_line
    from farmctl.farm.asking.since import happened, since_of

    line = since_line(since, happened(farm, since_of(farm, since)))
    (show if output in (Form.TABLE, Form.WIDE) else say)(line)
