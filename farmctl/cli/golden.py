"""`farmctl golden`: reference parts that changes of profiles are measured on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document, table
from farmctl.errors import Exit

app = typer.Typer(
    no_args_is_help=True,
    help="Make, list and pin the parts that changes of profiles are measured on.",
    epilog="Example: farmctl golden list",
)

Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Which [all].")]


@app.command("list", epilog="Example: farmctl golden list -o wide")
def golden_list(ctx: typer.Context, output: FormOption = Form.TABLE) -> None:
    """List the farm's golden models: what each is, what it shows, and for what it counts."""
    from farmctl.cli.views.golden import golden_items, golden_rows
    from farmctl.farm.golden.models import documents

    items = golden_items(documents(the_farm(ctx)))
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.golden-models/v1", {"items": items}, output)
    elif output is Form.NAME:
        show("\n".join(str(each["name"]) for each in items))
    elif items:
        headings = ("NAME", "MODEL", "COUNTS FOR", "BOUNDS", "SHOWS")
        show(table(headings, golden_rows(items), wide=output is Form.WIDE))
    else:
        say("no golden models yet: farmctl golden add brings some to begin with,")
        say("or write golden_models/NAME.yaml (farmctl golden shapes)")


@app.command("add", epilog="Example: farmctl golden add bridges thin-walls")
def add(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Which [all that it brings].")
    ] = None,
    output: FormOption = Form.TABLE,
) -> None:
    """Add golden models that farmctl brings, and commit them.

    What must not change is bounded; ranges, which depend on your settings, are yours to write.
    """
    from farmctl.cli.asking import introduce
    from farmctl.farm.edits import commit_edit
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.golden.adding import adding
    from farmctl.farmrepo.layout import golden_name

    farm = the_farm(ctx)
    refuse_sample(farm)
    edit = adding(farm, names or [])
    added = [golden_name(path) for path in edit.files]
    commit = commit_edit(farm, edit, introduce)[:7] if added else None
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.golden-added/v1", {"items": added, "commit": commit}, output)
    elif output is Form.NAME:
        show("\n".join(added))
    elif added:
        say(f"{len(added)} golden models added: {', '.join(added)} (commit {commit})")
        say("record what your profiles make of them: farmctl ci --update-baselines")
    else:
        say("every golden model that farmctl brings is here")


@app.command("shapes", epilog="Example: farmctl golden shapes -o json")
def shapes(output: FormOption = Form.TABLE) -> None:
    """List the shapes that farmctl makes by code, and what of each can be chosen."""
    from farmctl.cli.views.golden import shape_items, shape_lines

    items = shape_items()
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.golden-shapes/v1", {"items": items}, output)
    elif output is Form.NAME:
        show("\n".join(str(each["name"]) for each in items))
    else:
        show("\n".join(shape_lines()))


@app.command("generate", epilog="Example: farmctl golden generate bridges --into parts")
def generate(
    ctx: typer.Context,
    names: Names = None,
    into: Annotated[
        Path | None, typer.Option(help="A folder [golden/ in the ledger's folder].")
    ] = None,
    output: FormOption = Form.TABLE,
) -> None:
    """Make golden models as STL files: the same bytes on every machine, as their digests say.

    One whose digest is another than its document's is not written. Exit 1 then.
    """
    from farmctl.cli.views.diagnostics import diagnostic_items, diagnostic_lines
    from farmctl.farm.golden.models import documents, made

    farm = the_farm(ctx)
    folder = into.expanduser().absolute() if into else farm.state_folder / "golden"
    written, wrong = [], []
    for each in made(farm, documents(farm, names or [])):
        if each.moved is not None:
            wrong.append(each.moved)
            continue
        path = folder / f"{each.document.name}.stl"
        farm.disk.replace(path, each.raw)
        written.append({"name": each.document.name, "path": str(path), "size_b": len(each.raw)})
    if output in (Form.JSON, Form.YAML):
        body = {"items": written, "diagnostics": diagnostic_items(wrong)}
        show_document("farmctl.golden-files/v1", body, output)
    elif written:
        show("\n".join(str(each["path"]) for each in written))
    if wrong:
        say("\n".join(diagnostic_lines(wrong)))
        raise typer.Exit(Exit.FAILED)


@app.command("pin", epilog="Example: farmctl golden pin bridges")
def pin(ctx: typer.Context, names: Names = None) -> None:
    """Write the digest of each model's STL into its document, for you to look at and commit."""
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.golden.models import documents, made
    from farmctl.farm.golden.models import pin as pin_one
    from farmctl.farmrepo.layout import golden_path

    farm = the_farm(ctx)
    refuse_sample(farm)
    changed = [
        each.document.name
        for each in made(farm, documents(farm, names or []))
        if pin_one(farm, each)
    ]
    for name in changed:
        say(f"{golden_path(name)}: another digest; not committed")
    if not changed:
        say("every digest is as it was")
