"""`farmctl profile`: slicer settings, versioned."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farmctl.cli import profile_promote
from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document, table
from farmctl.errors import Exit

app = typer.Typer(
    no_args_is_help=True,
    help="Import and list slicer profiles.",
    epilog="Example: farmctl profile import my-petg.ini",
)


@app.command("import", epilog="Example: farmctl profile import ~/my-petg.ini --as petg-mine")
def import_(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An exported config .ini, or a sliced .gcode.")
    ],
    name: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="The profile's name [the file's].")
    ] = None,
    printer_class: Annotated[
        str | None, typer.Option("--class", help="The class's name [the printers' with that bed].")
    ] = None,
    material: Annotated[str | None, typer.Option(help="PETG [what the file says].")] = None,
    quality: Annotated[str | None, typer.Option(help="draft, standard or fine.")] = None,
    nozzle: Annotated[str | None, typer.Option(help="In mm [what the file says].")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="A setting to leave out.")] = None,
) -> None:
    """Make a profile and a class of your own slicer settings, in production at once."""
    from farmctl.cli.asking import ask, introduce
    from farmctl.cli.views.diagnostics import diagnostic_lines
    from farmctl.cli.views.imports import import_lines, sorted_lines
    from farmctl.farm.edits import commit_edit
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.orders.filling import set_scene
    from farmctl.farm.profiles.importing import (
        imported,
        into_farm,
        nozzle_um,
        own_class,
        read_settings,
    )
    from farmctl.farm.profiles.importing import workshop as open_workshop
    from farmctl.model.diagnostics import Severity
    from farmctl.profiles.importing import Answers, written_by

    farm = the_farm(ctx)
    refuse_sample(farm)
    raw, scene = read_settings(farm, file), set_scene(farm)
    at = open_workshop(farm, scene.desired, written_by(raw))
    answers = Answers(
        name=name,
        class_name=printer_class or own_class(scene.desired, raw, file.name),
        material=material,
        quality=quality,
        nozzle_um=nozzle_um(nozzle) if nozzle else None,
        drop=frozenset(drop or ()),
    )
    found = imported(raw, file.name, at, answers, ask)
    wrong = [each for each in found.findings if each.severity is Severity.ERROR]
    if wrong:
        say("\n".join(diagnostic_lines(wrong)))
        raise typer.Exit(Exit.INVALID)
    say("\n".join(sorted_lines(found, at.catalogue)))
    made = into_farm(farm, scene, found, at)
    commit = commit_edit(farm, made.edit, introduce)
    if at.files:
        say(f"slicer pinned: {at.slicer.pin().program} {at.slicer.pin().version}")
    say("\n".join(import_lines(made, commit)))


@app.command("list", epilog="Example: farmctl profile list -o json")
def profiles(ctx: typer.Context, output: FormOption = Form.TABLE) -> None:
    """List the farm's profiles, and which version is in production."""
    from farmctl.cli.views.imports import profile_rows

    items = profile_rows(the_farm(ctx).desired())
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.profiles/v1", {"items": items}, output)
        return
    if output is Form.NAME:
        show("\n".join(str(each["name"]) for each in items))
        return
    if not items:
        say("no profiles yet: farmctl profile import FILE.ini")
        return
    headings = ("PROFILE", "MATERIAL", "NOZZLE", "QUALITY", "PRODUCTION", "CANARY", "CLASSES")
    keys = ("name", "material", "nozzle_mm", "quality", "production", "canary")
    rows = [
        [*(str(each[key] or "-") for key in keys), ", ".join(each["classes"])] for each in items
    ]
    show(table(headings, rows, wide=output is Form.WIDE))


profile_promote.register(app)
