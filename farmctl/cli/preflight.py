"""`farmctl preflight`: what there is to know about a model before it is ordered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farmctl.cli.context import named
from farmctl.cli.output import Form, FormOption, say, show, show_document
from farmctl.errors import Exit

app = typer.Typer()


@app.command("preflight", epilog="Example: farmctl preflight bracket.stl lid.3mf")
def preflight(
    ctx: typer.Context,
    models: Annotated[
        list[Path],
        typer.Argument(metavar="MODEL…", help="Files (STL, 3MF, OBJ), folders, ORDER/ITEM."),
    ],
    output: FormOption = Form.TABLE,
) -> None:
    """Check models: pass, warn or fail, and for each finding why it matters and how to mend it.

    Works anywhere; in a farm it also says which printers are too small. Exit 1 if any model fails.
    """
    from farmctl.cli.views.models import report_item, report_lines
    from farmctl.farm.slices.preflighting import beds_of, looked_at, models_at
    from farmctl.geometry.report import Level
    from farmctl.system.disk import RealDisk

    beds = beds_of(*named(ctx))
    if beds.unknown:
        say(f"not compared with any printer's bed: {beds.unknown}")
    reports = []
    for each in looked_at(RealDisk(), models_at(models, beds), beds):
        reports.append(each)
        if output in (Form.TABLE, Form.WIDE):
            show("\n".join(report_lines(each, wide=output is Form.WIDE)))
    if output in (Form.JSON, Form.YAML):
        items = [report_item(each) for each in reports]
        show_document("farmctl.models/v1", {"items": items}, output)
    elif output is Form.NAME:
        show("\n".join(each.name for each in reports if each.verdict is not Level.FAIL))
    if any(each.verdict is Level.FAIL for each in reports):
        raise typer.Exit(Exit.FAILED)
