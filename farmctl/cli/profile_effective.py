"""`farmctl profile effective`: the complete settings that a profile comes to on a class."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, show, show_document, table

ClassOption = Annotated[
    str | None, typer.Option("--class", help="NAME or NAME@VERSION [the only one it is for].")
]
RevOption = Annotated[
    str | None, typer.Option(help="A commit's files; without it, the files as they are.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "effective",
        epilog="Example: farmctl profile effective petg-0.4-standard --class voron-350",
    )(effective)


def effective(
    ctx: typer.Context,
    profile: Annotated[
        str, typer.Argument(metavar="NAME[@VERSION]", help="A version, a channel, or draft.")
    ],
    printer_class: ClassOption = None,
    rev: RevOption = None,
    output: FormOption = Form.TABLE,
) -> None:
    """Print every setting of a profile on a class: defaults, then the class, then the profile.

    What a build plan chooses for one part goes on top. `-o wide` names the source of each value.
    """
    from farmctl.cli.views.settings import effective_body, effective_rows
    from farmctl.farm.profiles.layering import class_of, complete
    from farmctl.farm.profiles.picking import picked
    from farmctl.farm.profiles.shelf import Shelves

    found = picked(Shelves(the_farm(ctx), rev), profile)
    of_class = class_of(found, printer_class)
    settings = complete(found, of_class)
    if output in (Form.JSON, Form.YAML):
        body = effective_body(found.pin, of_class.pin, settings)
        show_document("farmctl.settings/v1", body, output)
    elif output is Form.NAME:
        show(settings.digest)
    elif output is Form.WIDE:
        headings = ("SETTING", "SOURCE", "VALUE")
        show(table(headings, effective_rows(settings), wide=True))
    else:
        show(settings.text.decode().rstrip("\n"))
