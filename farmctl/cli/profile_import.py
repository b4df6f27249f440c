"""`farmctl profile import`: settings of one's own, or presets of the slicer, into the farm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document, table
from farmctl.errors import Exit

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.farm.profiles.importing import Workshop
    from farmctl.profiles.importing import Answers
    from farmctl.profiles.picking import Wanted
    from farmctl.profiles.reading import Reading

EXAMPLE = "Example: farmctl profile import prusaslicer --list voron 0.4"


def import_(
    ctx: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|prusaslicer",
            help="An exported .ini or bundle, a .gcode or .3mf, or the slicer's own presets.",
        ),
    ],
    words: Annotated[
        list[str] | None, typer.Argument(help="With --list: what to look for.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="The profile's name [the file's].")
    ] = None,
    printer_class: Annotated[
        str | None, typer.Option("--class", help="The class's name [the printers' with that bed].")
    ] = None,
    vendor: Annotated[str | None, typer.Option(help="Whose presets: Voron.")] = None,
    printer: Annotated[str | None, typer.Option(help="The printer preset.")] = None,
    print_: Annotated[
        str | None, typer.Option("--print", help="The print preset [the printer's own].")
    ] = None,
    filament: Annotated[
        str | None, typer.Option(help="The filament preset [the printer's own].")
    ] = None,
    material: Annotated[str | None, typer.Option(help="PETG [what the file says].")] = None,
    quality: Annotated[str | None, typer.Option(help="draft, standard or fine.")] = None,
    nozzle: Annotated[str | None, typer.Option(help="In mm [what the file says].")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="A setting to leave out.")] = None,
    presets: Annotated[
        Path | None, typer.Option(help="The folder of the vendors' bundles [the slicer's].")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show the presets there are.")] = False,
    output: FormOption = Form.TABLE,
) -> None:
    """Make a profile and a class of slicer settings, in production at once."""
    from farmctl.errors import UsageError
    from farmctl.profiles.picking import Wanted

    wanted = Wanted(printer, print_, filament, vendor)
    farm = the_farm(ctx)
    if listed:
        _list(farm, source, wanted, presets, words or [], output)
        return
    if words:
        raise UsageError(f"`{words[0]}` is one word too many", "--list looks for words")
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.orders.filling import set_scene
    from farmctl.farm.profiles.importing import nozzle_um, own_class
    from farmctl.farm.profiles.sources import open_settings
    from farmctl.profiles.importing import Answers

    refuse_sample(farm)
    desired = set_scene(farm).desired
    reading, at = open_settings(farm, desired, source, wanted, presets)
    answers = Answers(
        name=name,
        class_name=printer_class or own_class(desired, reading),
        material=material,
        quality=quality,
        nozzle_um=nozzle_um(nozzle) if nozzle else None,
        drop=frozenset(drop or ()),
    )
    _bring_in(farm, reading, at, answers)


def _bring_in(farm: Farm, reading: Reading, at: Workshop, answers: Answers) -> None:
    from farmctl.cli.asking import ask, introduce
    from farmctl.cli.views.diagnostics import diagnostic_lines
    from farmctl.cli.views.imports import import_lines, sorted_lines
    from farmctl.farm.edits import commit_edit
    from farmctl.farm.orders.filling import set_scene
    from farmctl.farm.profiles.importing import imported, into_farm
    from farmctl.model.diagnostics import Severity

    found = imported(reading, at, answers, ask)
    wrong = [each for each in found.findings if each.severity is Severity.ERROR]
    if wrong:
        say("\n".join(diagnostic_lines(wrong)))
        raise typer.Exit(Exit.INVALID)
    say("\n".join(sorted_lines(found, at.catalogue)))
    made = into_farm(farm, set_scene(farm), found, at)
    commit = commit_edit(farm, made.edit, introduce)
    if at.files:
        say(f"slicer pinned: {at.slicer.pin().program} {at.slicer.pin().version}")
    say("\n".join(import_lines(made, commit)))


def _list(
    farm: Farm, source: str, wanted: Wanted, presets: Path | None, words: list[str], output: Form
) -> None:
    from farmctl.cli.views.imports import preset_rows
    from farmctl.farm.profiles.sources import shelf_of
    from farmctl.profiles.picking import listed

    shelf = shelf_of(farm, farm.desired(), source, wanted, presets)
    items = preset_rows(listed(shelf, wanted, words))
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.presets/v1", {"items": items}, output)
        return
    if output is Form.NAME:
        show("\n".join(str(each["name"]) for each in items))
        return
    if not items:
        say("no preset has these words: farmctl profile import prusaslicer --list shows all")
        return
    rows = [
        [
            str(each["kind"]),
            str(each["vendor"] or "-"),
            "yes" if each["default"] else "",
            each["name"],
        ]
        for each in items
    ]
    show(table(("KIND", "VENDOR", "DEFAULT", "PRESET"), rows, wide=output is Form.WIDE))
