"""`farmctl explain`: why is this so?"""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, show, show_document
from farmctl.errors import Exit

app = typer.Typer()


@app.command("explain", epilog="Example: farmctl explain voron-1")
def explain(
    ctx: typer.Context,
    subject: Annotated[
        str | None,
        typer.Argument(
            help="A printer, order, item, plate, print, profile or decision; the farm if none."
        ),
    ] = None,
    output: FormOption = Form.TABLE,
) -> None:
    """Say why something is as it is: what it waits for, and why this printer and not that.

    A decision is computed again from the inputs that were recorded with it. Exit 3 when that gives
    another answer than the recorded one, or the journal was changed.
    """
    from farmctl.cli.views.explain import judged_item, judged_lines, reasons_text
    from farmctl.farm.asking import explaining

    farm = the_farm(ctx)
    if subject is None or not explaining.is_decision(subject):
        lines = explaining.explain(farm, subject)
        if output in (Form.JSON, Form.YAML):
            body = {"subject": subject or "farm", "lines": [each.strip() for each in lines]}
            show_document("farmctl.explanation/v1", body, output)
        else:
            show(reasons_text(lines))
        return
    found = explaining.judged(farm, subject)
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.decision/v1", judged_item(found), output)
    else:
        show("\n".join(judged_lines(found)))
    if not found.is_same or found.damage is not None:
        raise typer.Exit(Exit.INVALID)
