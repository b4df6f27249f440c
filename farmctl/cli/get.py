"""`farmctl get`: lists of orders, plans, prints, printers and what else there is."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document

app = typer.Typer()


@app.command("get", epilog="Example: farmctl get runs --printer voron-1 --since 12h -o json")
def get(
    ctx: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="orders, items, plans, plates, runs, printers, decisions, requests, "
            "attentions, artifacts, events.",
        ),
    ],
    order: Annotated[str | None, typer.Option(help="Only of this order.")] = None,
    printer: Annotated[str | None, typer.Option(help="Only of this printer.")] = None,
    profile: Annotated[str | None, typer.Option(help="Only with it: NAME or NAME@VERSION.")] = None,
    state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    since: Annotated[str | None, typer.Option(help="Only from then on: 12h, 20:00, a day.")] = None,
    output: FormOption = Form.TABLE,
) -> None:
    """List what the ledger knows of one kind, the oldest first."""
    from farmctl.cli.views.insight import insight_of
    from farmctl.cli.views.lists import list_table
    from farmctl.cli.views.nothing import nothing_found, rows_of
    from farmctl.farm.asking.glancing import signboard
    from farmctl.farm.asking.since import since_of
    from farmctl.insight.kinds import Filters
    from farmctl.insight.lists import kind_named
    from farmctl.insight.query import listing

    farm, row = the_farm(ctx), kind_named(kind)
    moment = None if since is None else since_of(farm, since)
    asked = Filters(order, printer, profile, state, moment)
    with insight_of(farm) as insight:
        found = rows_of(farm, insight, row.name, asked)
        if output in (Form.JSON, Form.YAML):
            show_document(row.schema, {"items": listing(row.name, found)["items"]}, output)
        elif not found:
            say(nothing_found(farm, insight, row.name, asked))
        elif output is Form.NAME:
            show("\n".join(str(each["id"]) for each in found))
        else:
            show(list_table(row.name, found, signboard(farm).zone, wide=output is Form.WIDE))
