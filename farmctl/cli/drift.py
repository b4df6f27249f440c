"""`farmctl drift`: which machines are not as the farm says."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document
from farmctl.errors import Exit

app = typer.Typer()


@app.command("drift", epilog="Example: farmctl drift voron-1")
def drift(
    ctx: typer.Context,
    printer: Annotated[str | None, typer.Argument(help="Which; all of them if none.")] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 10 when something drifted.")
    ] = False,
    output: FormOption = Form.TABLE,
) -> None:
    """Compare every machine with farm.yaml and its class: identity, nozzle, bed, firmware, spools.

    Each is in sync, drifted, unknown (since when), or ignored by a rule under `drift` in farm.yaml
    (why). Nothing is changed: mend the machine, or what the farm says of it. Exit 0 also when
    something drifted, but for --exit-code: then 10. What is unknown or ignored has not drifted.
    """
    from farmctl.cli.views.drift import drift_item, drift_lines
    from farmctl.farm.asking.drifting import drift as look_for_drift
    from farmctl.farm.asking.glancing import signboard

    farm = the_farm(ctx)
    rows = look_for_drift(farm, printer)
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.drift/v1", {"items": [drift_item(each) for each in rows]}, output)
    elif not rows:
        say("no printers yet: farmctl printer add NAME URL")
    elif output is Form.NAME:
        drifted = (each for each in rows if each.state == "drifted")
        show("\n".join(f"{each.printer}/{each.what}" for each in drifted))
    else:
        lines = drift_lines(rows, signboard(farm).zone, wide=output is Form.WIDE)
        show("\n".join(lines))
    if exit_code and any(each.state == "drifted" for each in rows):
        raise typer.Exit(Exit.CHANGES)
