"""`farmctl slicer`: which program makes the g-code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document, table

app = typer.Typer(
    no_args_is_help=True,
    help="Pin the slicer that makes the g-code.",
    epilog="Example: farmctl slicer pin",
)


@app.command("pin", epilog="Example: farmctl slicer pin ~/Apps/PrusaSlicer-2.9.1.AppImage")
def pin(
    ctx: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(help="The program [the best one that is found].")
    ] = None,
    name: Annotated[str, typer.Option(help="What the farm calls it.")] = "default",
) -> None:
    """Name one build of a slicer by its bytes: nothing else makes g-code for this farm."""
    from farmctl.cli.asking import introduce
    from farmctl.farm.edits import Edit, commit_edit, farm_document, farm_text
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.slices.slicers import chosen, is_pinned, pin_files, remember

    farm = the_farm(ctx)
    refuse_sample(farm)
    here = chosen(farm, path)
    found = here.slicer.pin()
    if path is not None:
        remember(farm, here.found.path)
    if is_pinned(farm_document(farm), name, found):
        say(f"{here.found.path} is pinned already: {found.program} {found.version}")
        return
    edit = Edit(pin_files(farm_text(farm), name, here.slicer), f"slicers: {found.version} pinned")
    commit = commit_edit(farm, edit, introduce)
    where = f"{here.found.path} ({here.found.how})"
    say(f"pinned {found.program} {found.version} at {where} as {name} (commit {commit[:7]})")


@app.command("list", epilog="Example: farmctl slicer list")
def slicers(ctx: typer.Context, output: FormOption = Form.TABLE) -> None:
    """List the slicers that are on this machine, and those that the farm has pinned."""
    from farmctl.farm.edits import farm_document
    from farmctl.farm.slices.slicers import listed

    farm = the_farm(ctx)
    items = listed(farm, farm_document(farm))
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.slicers/v1", {"items": items}, output)
        return
    if output is Form.NAME:
        show("\n".join(each["path"] or each["name"] for each in items))
        return
    if not items:
        say("no slicer is here, none is pinned: sudo apt-get install prusa-slicer")
        return
    rows = [
        (each["name"] or "-", each["program"], each["version"], each["digest"][7:19], each["path"])
        for each in items
    ]
    show(table(("PINNED AS", "PROGRAM", "VERSION", "DIGEST", "WHERE"), rows))
