"""`farmctl printer`: the machines of the farm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, is_terminal, say, show, show_document, table
from farmctl.errors import Refused, UsageError

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.farm.printers.joining import Wish

app = typer.Typer(
    no_args_is_help=True,
    help="Add and remove printers.",
    epilog="Example: farmctl printer add voron http://voron.local",
)


@app.command(
    "add", epilog="Example: farmctl printer add voron voron.local --loaded PETG/black --bed clear"
)
def add(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="What people call it: voron-1; not with --from.")
    ] = None,
    url: Annotated[str | None, typer.Argument(help="Where it answers: voron.local.")] = None,
    driver: Annotated[str | None, typer.Option(help="Its kind [found], or virtual.")] = None,
    class_: Annotated[
        str | None, typer.Option("--class", help="Its class [one that fits, or made from it].")
    ] = None,
    loaded: Annotated[
        list[str] | None, typer.Option(help="PETG/black, once for each slot; or none.")
    ] = None,
    bed: Annotated[str | None, typer.Option(help="clear, when its bed is empty now.")] = None,
    ejector: Annotated[bool, typer.Option("--ejector", help="It empties its bed itself.")] = False,
    nozzle: Annotated[
        float | None, typer.Option(help="In mm, where the class has several.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="What build plans may require.")] = None,
    key: Annotated[
        str | None, typer.Option(help="Where its API key is: env:NAME, file:PATH, keyring:S/USER.")
    ] = None,
    speedup: Annotated[float | None, typer.Option(help="Of a virtual one: times life.")] = None,
    from_: Annotated[
        Path | None, typer.Option("--from", help="Many: a .csv, or a .yaml that FDM Monster wrote.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --from: show what would be added.")
    ] = False,
) -> None:
    """Add a printer: it is looked at, not touched, and its identity is pinned.

    Its kind is found by itself. --from adds a whole list in one commit, or nothing: the first row
    of a .csv names its columns, of name, url, driver, class, api_key_env, nozzle_mm, loaded, tags,
    clears, speedup. Keys are never written down: api_key_env names the variable that holds one.
    """
    from farmctl.cli.asking import ask, introduce
    from farmctl.cli.views.printers import added_lines, found_line
    from farmctl.farm.edits import commit_edit, farm_text
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.orders.filling import set_scene
    from farmctl.farm.printers.joining import Wish, look_up, new_printer
    from farmctl.farm.questions import check_known

    farm = the_farm(ctx)
    refuse_sample(farm)
    if from_ is not None:
        if name is not None:
            raise UsageError("--from names the printers itself", f"leave out {name}")
        _add_many(farm, from_, dry_run=dry_run)
        return
    if name is None or dry_run:
        raise UsageError("which printer?", "farmctl printer add NAME URL, or --from printers.csv")
    check_known(bed or "clear", ("clear", "unknown"), "bed")
    wish = Wish(
        name=name,
        url=url,
        driver=driver,
        class_=class_,
        key=key,
        nozzle_mm=nozzle,
        tags=tuple(tag or ()),
        clears="ejector" if ejector else "person",
        speedup=speedup,
    )
    found = look_up(farm, wish)
    say(found_line(found))
    wish = _with_loaded(wish, loaded)
    made = new_printer(farm_text(farm), set_scene(farm), wish, found, ask)
    commit = commit_edit(farm, made.edit, introduce)
    for line in added_lines(made, commit):
        say(line)
    _say_bed(farm, name, bed)


def _add_many(farm: Farm, path: Path, *, dry_run: bool) -> None:
    """Look at every printer of a list, show what that makes, and add all of them or none."""
    import asyncio

    from farmctl.cli.asking import introduce
    from farmctl.cli.views.printers import looked_line, many_lines, then_lines
    from farmctl.farm.edits import commit_edit
    from farmctl.farm.orders.filling import set_scene
    from farmctl.farm.printers.many import look_at_listed, new_printers, read_list

    if not farm.disk.has(path.absolute()):
        raise UsageError(f"there is no file {path}", "name a .csv or .yaml")
    listed = read_list(farm.disk.read(path.absolute()), path.name)
    found = asyncio.run(look_at_listed(farm, listed, lambda *did: say(looked_line(*did))))
    made = new_printers(farm, set_scene(farm), listed, found)
    show("\n".join(many_lines(made, found)))
    if dry_run:
        say("nothing was added: leave out --dry-run")
        return
    commit = commit_edit(farm, made.edit, introduce)
    for line in then_lines(made, commit):
        say(line)


def _with_loaded(wish: Wish, loaded: list[str] | None) -> Wish:
    """Ask what is in it: only a person knows."""
    from msgspec.structs import replace

    if loaded is None and is_terminal():
        said: str = typer.prompt("loaded now? (PETG/black, or none)", "none", err=True)
        loaded = said.split()
    slots = tuple(loaded or ())
    return replace(wish, loaded=() if slots == ("none",) else slots)


def _say_bed(farm: Farm, name: str, bed: str | None) -> None:
    """Ask whether its bed is empty: only a person knows."""
    from farmctl.farm.printers.there import clear_first

    if bed is None and is_terminal():
        bed = "clear" if typer.confirm("bed empty right now?", default=False, err=True) else None
    if bed != "clear":
        say(f"nothing starts on {name} until its bed is clear: farmctl clear {name}")
        return
    try:
        clear_first(farm, name)
    except Refused as error:
        say(f"its bed is not clear: {error.message}; afterwards: farmctl clear {name}")
        return
    say(f"{name} is ready")


@app.command("remove", epilog="Example: farmctl printer remove voron")
def remove(ctx: typer.Context, name: Annotated[str, typer.Argument(help="Which.")]) -> None:
    """Take a printer out of the farm; what it made stays known. Not while it prints."""
    from farmctl.cli.asking import introduce
    from farmctl.farm.acting.verbs import say as tell
    from farmctl.farm.edits import commit_edit
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.printers.there import check_free, removal

    farm = the_farm(ctx)
    refuse_sample(farm)
    edit = removal(farm, name)
    check_free(tell(farm, lambda _: [], [name]).after, name)
    commit = commit_edit(farm, edit, introduce)
    say(f"{name} removed (commit {commit[:7]})")


@app.command("guard", epilog="Example: farmctl printer guard voron > guard.cfg")
def guard(ctx: typer.Context, name: Annotated[str, typer.Argument(help="Which.")]) -> None:
    """Print a macro for printer.cfg that refuses to begin the same print twice."""
    from farmctl.farm.printers.there import guard_of

    text, is_said = guard_of(the_farm(ctx), name)
    show(text.rstrip("\n"))
    if not is_said:
        say(f"when it is in {name}'s printer.cfg: add `guard: true` to {name} in farm.yaml")


@app.command("list", epilog="Example: farmctl printer list -o json")
def printers(ctx: typer.Context, output: FormOption = Form.TABLE) -> None:
    """List the printers of the farm, with what is known of them."""
    from farmctl.cli.views.printers import HEAD, printer_rows
    from farmctl.farm.edits import farm_document
    from farmctl.farm.printers.there import printer_items

    farm = the_farm(ctx)
    items = printer_items(farm_document(farm).printers, farm.view().state)
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.printers/v1", {"items": items}, output)
    elif not items:
        say("no printers yet: farmctl printer add NAME URL")
    elif output is Form.NAME:
        show("\n".join(str(each["name"]) for each in items))
    else:
        show(table(HEAD, printer_rows(items), wide=output is Form.WIDE))
