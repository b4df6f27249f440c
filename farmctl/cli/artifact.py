"""`farmctl artifact`: the bytes that are kept, and what each was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document, table
from farmctl.errors import UsageError

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.farm.asking.shelf import Shelf

app = typer.Typer(
    no_args_is_help=True,
    help="Look at stored bytes and where they came from.",
    epilog="Example: farmctl artifact lineage 3f9c2e1",
)

Sha = Annotated[
    str, typer.Argument(metavar="SHA", help="Its sha256, or so much that no other begins so.")
]


@app.command("list", epilog="Example: farmctl artifact list --kind gcode")
def artifacts(
    ctx: typer.Context,
    kind: Annotated[
        str | None, typer.Option(help="model-stl, clean-mesh, settings, plate, gcode, …")
    ] = None,
    output: FormOption = Form.TABLE,
) -> None:
    """List what is kept, the oldest first."""
    from farmctl.artifacts.kinds import Kind
    from farmctl.cli.views.artifacts import item_of, list_rows
    from farmctl.farm.asking.glancing import signboard
    from farmctl.farm.questions import check_known

    farm = the_farm(ctx)
    known = _shelf(farm, check_known(kind, tuple(Kind), "kind") if kind else None)
    if output in (Form.JSON, Form.YAML):
        items = [item_of(each, known) for each in known.kept.values()]
        show_document("farmctl.artifacts/v1", {"items": items}, output)
    elif not known.kept:
        say("nothing is kept yet")
    elif output is Form.NAME:
        show("\n".join(known.kept))
    else:
        rows = list_rows(known, signboard(farm).zone)
        show(table(("SHA256", "KIND", "SIZE", "SINCE", "MADE BY"), rows))


@app.command("show", epilog="Example: farmctl artifact show 3f9c2e1")
def show_one(ctx: typer.Context, sha: Sha, output: FormOption = Form.TABLE) -> None:
    """Say what one artifact is, where its file is, and whether its bytes are whole."""
    from farmctl.cli.views.artifacts import item_of, show_lines
    from farmctl.farm.asking.glancing import signboard
    from farmctl.farm.asking.shelf import named

    farm = the_farm(ctx)
    known = _shelf(farm)
    digest = named(known, sha)
    if output is Form.NAME:
        show(str(farm.store.path(digest)))
    elif output in (Form.JSON, Form.YAML):
        if digest not in known.kept:
            raise UsageError(f"{digest} is only named, not kept", "farmctl artifact lineage SHA")
        body = {**item_of(known.kept[digest], known), "path": str(farm.store.path(digest))}
        show_document("farmctl.artifact/v1", body, output)
    else:
        show("\n".join(show_lines(digest, known, farm.store, signboard(farm).zone)))


@app.command("lineage", epilog="Example: farmctl artifact lineage 3f9c2e1 -o json")
def lineage(ctx: typer.Context, sha: Sha, output: FormOption = Form.TABLE) -> None:
    """Walk back to what was uploaded and on to g-code, with the tool of each step."""
    from farmctl.cli.views.artifacts import lineage_items, lineage_lines
    from farmctl.farm.asking.shelf import named

    known = _shelf(the_farm(ctx))
    digest = named(known, sha)
    if output in (Form.JSON, Form.YAML):
        items = [
            *lineage_items("from", known.made_from(digest), known),
            *lineage_items("into", known.made_into(digest), known),
        ]
        show_document("farmctl.lineage/v1", {"id": digest, "items": items}, output)
    elif output is Form.NAME:
        show("\n".join(step.digest for step in known.made_from(digest)))
    else:
        show("\n".join(lineage_lines(digest, known)))


def _shelf(farm: Farm, kind: str | None = None) -> Shelf:
    from msgspec.structs import replace

    from farmctl.farm.asking.history import history
    from farmctl.farm.asking.shelf import shelf

    known = shelf(history(farm))
    if kind is None:
        return known
    kept = {digest: each for digest, each in known.kept.items() if each.kind == kind}
    return replace(known, kept=kept)
