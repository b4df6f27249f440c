"""`farmctl events`: what happened, from the journal."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, show, show_document

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.model.envelope import Event

app = typer.Typer()


@app.command("events", epilog="Example: farmctl events --type run --subject voron-1 --since 12h")
def events(
    ctx: typer.Context,
    type_: Annotated[
        str | None, typer.Option("--type", help="run.started, run for all of runs, *.failed.")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="A print, printer, order, plate, decision, …")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="From when on: 20:00, 12h, 2026-11-24T20:00.")
    ] = None,
    last: Annotated[
        int | None, typer.Option("--last", "-n", min=1, help="Only the newest so many.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as they happen.")] = False,
    output: FormOption = Form.TABLE,
) -> None:
    """Show what happened, who or what caused it, and when: the journal, every link checked.

    With --follow, JSON comes one event a line.
    """
    from farmctl.farm.asking import history
    from farmctl.farm.asking.since import since_of

    farm = the_farm(ctx)
    history.check_type(type_)
    wanted = history.Wanted(type_, subject, since_of(farm, since) if since else None)
    if follow:
        _follow(farm, filter(wanted.matches, history.follow(farm)), output)
        return
    found = deque(filter(wanted.matches, history.history(farm)), last)
    _show(farm, found, output)


def _show(farm: Farm, found: Iterable[Event], output: Form) -> None:
    from farmctl.cli.views.events import event_line
    from farmctl.farm.asking.glancing import signboard
    from farmctl.model.envelope import event_json

    if output in (Form.TABLE, Form.WIDE):
        zone = signboard(farm).zone
        for each in found:
            show(event_line(each, zone, wide=output is Form.WIDE))
    elif output is Form.NAME:
        for each in found:
            show(each.id)
    else:
        show_document("farmctl.events/v1", {"items": [event_json(each) for each in found]}, output)


def _follow(farm: Farm, found: Iterable[Event], output: Form) -> None:
    from farmctl.model.envelope import event_json

    for each in found:
        if output is Form.JSON:
            show(json.dumps(event_json(each), ensure_ascii=False))
        else:
            _show(farm, [each], output)
        sys.stdout.flush()
