"""`farmctl profile try`: what a draft makes of a part, beside the version in production."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document, table
from farmctl.cli.profile_effective import ClassOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "try", epilog="Example: farmctl profile try petg-0.4-standard bracket.stl --class voron-350"
    )(try_)


def try_(
    ctx: typer.Context,
    profile: Annotated[str, typer.Argument(metavar="NAME[@VERSION]", help="Whose draft.")],
    model: Annotated[
        Path | None, typer.Argument(metavar="[MODEL]", help="What to slice [a cube of 20 mm].")
    ] = None,
    printer_class: ClassOption = None,
    save: Annotated[Path | None, typer.Option(help="Write the draft's g-code here.")] = None,
    output: FormOption = Form.TABLE,
) -> None:
    """Slice a part with the draft: time, filament, layers and flow, against production.

    Nothing is recorded, kept or sent to a printer; --save writes the g-code where you say.
    """
    from farmctl.cli.views.trials import trial_body, trial_rows
    from farmctl.farm.profiles.trying import tried

    farm = the_farm(ctx)
    found = tried(farm, profile, model, printer_class)
    if save is not None:
        farm.disk.replace(save.expanduser().absolute(), found.draft.gcode)
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.profile-try/v1", trial_body(found), output)
        return
    say(f"{found.part} on {found.printer_class}: nothing is recorded")
    before = found.before.said.upper() if found.before else ""
    headings = ("", found.draft.said.upper(), before, "CHANGE")
    show(table(headings if found.before else headings[:2], trial_rows(found)))
