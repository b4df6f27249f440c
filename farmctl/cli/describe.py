"""`farmctl describe`: everything about one thing."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, show, show_document

app = typer.Typer()


@app.command("describe", epilog="Example: farmctl describe run run-17")
def describe(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(metavar="[KIND] NAME", help="run run-17, run/run-17 or run-17 alone."),
    ],
    output: FormOption = Form.TABLE,
) -> None:
    """Show everything about an order, item, plan, plate, run, printer, decision or artifact.

    Of a print it names all that it was made from by digests that anybody can compute again.
    """
    from farmctl.cli.views.describe import described_item, described_lines
    from farmctl.farm.asking.describing import describe as described
    from farmctl.farm.asking.glancing import signboard

    farm = the_farm(ctx)
    found = described(farm, words)
    if output is Form.NAME:
        show(f"{found.kind}/{found.name}")
    elif output in (Form.TABLE, Form.WIDE):
        show("\n".join(described_lines(found, signboard(farm).zone)))
    else:
        show_document(f"farmctl.{found.kind}/v1", described_item(found), output)
