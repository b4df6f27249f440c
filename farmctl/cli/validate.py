"""`farmctl validate`: everything that is wrong with a farm's documents."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document
from farmctl.errors import Exit

app = typer.Typer()


@app.command("validate", epilog="Example: farmctl validate -o json")
def validate(
    ctx: typer.Context,
    output: FormOption = Form.TABLE,
    rev: Annotated[
        str | None, typer.Option(help="Check a commit; without it, the files as they are.")
    ] = None,
) -> None:
    """Check the farm's documents: all that is wrong, with file, line and mend. Exit 3 if any."""
    from farmctl.cli.views.diagnostics import counted, diagnostic_items, diagnostic_lines, is_wrong
    from farmctl.farm.check import everything_wrong

    farm = the_farm(ctx)
    with farm.repository() as repository:
        found = everything_wrong(farm, repository, rev)
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.diagnostics/v1", {"items": diagnostic_items(found)}, output)
    elif output is Form.NAME:
        show("\n".join(sorted({each.file for each in found})))
    elif found:
        show("\n".join(diagnostic_lines(found)))
    say(counted(found))
    if is_wrong(found):
        raise typer.Exit(Exit.INVALID)
