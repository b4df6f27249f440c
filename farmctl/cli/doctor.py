"""`farmctl doctor`: what could go wrong here."""

from __future__ import annotations

import typer
from msgspec import to_builtins

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, show, show_document
from farmctl.errors import Exit

app = typer.Typer()


@app.command("doctor", epilog="Example: farmctl doctor")
def doctor(ctx: typer.Context, output: FormOption = Form.TABLE) -> None:
    """Check slicers, printers, ledger, git, clock and disk; each finding says how to mend it.

    Exit 0 when all is fine or works with a warning, 1 when something does not work.
    """
    from farmctl.cli.views.doctor import doctor_lines
    from farmctl.farm.care.doctor import checks
    from farmctl.farm.care.finding import Level

    found = list(checks(the_farm(ctx)))
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.checks/v1", {"items": [to_builtins(each) for each in found]}, output)
    else:
        show("\n".join(doctor_lines(found)))
    if any(each.level is Level.FAIL for each in found):
        raise typer.Exit(Exit.FAILED)
