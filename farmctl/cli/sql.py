"""`farmctl sql`: questions to the tables of the farm's history."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, show_document

app = typer.Typer()


@app.command("sql", epilog='Example: farmctl sql "FROM printer_reasons ORDER BY prints DESC"')
def sql(
    ctx: typer.Context,
    query: Annotated[
        str | None,
        typer.Argument(metavar="[QUERY]", help="One SELECT; without it, what there is to ask for."),
    ] = None,
    output: FormOption = Form.TABLE,
    limit: Annotated[int, typer.Option(min=1, help="Rows to show at most.")] = 1000,
) -> None:
    """Ask DuckDB about the farm's history. It only reads; times are UTC."""
    from farmctl.cli.views.insight import insight_of, show_rows
    from farmctl.cli.views.rows import as_items, overview
    from farmctl.insight.query import Answer

    with insight_of(the_farm(ctx)) as insight:
        answer = Answer(("name", "holds"), overview()) if query is None else None
        answer = answer or insight.sql(query or "", limit=limit)
        if output in (Form.JSON, Form.YAML):
            show_document("farmctl.rows/v1", {"items": as_items(answer)}, output)
        else:
            show_rows(answer, output)
