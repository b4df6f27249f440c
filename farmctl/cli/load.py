"""`farmctl load`: what is in a printer now."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import is_terminal, say
from farmctl.errors import UsageError

app = typer.Typer()


@app.command("load", epilog="Example: farmctl load voron-1 PETG/black")
def load(
    ctx: typer.Context,
    printer: Annotated[str, typer.Argument(help="Where.")],
    filaments: Annotated[
        list[str] | None,
        typer.Argument(help="PETG/black, slot by slot; or 2=PETG/black for one slot; or none."),
    ] = None,
) -> None:
    """Say what material is in a printer. It counts until somebody says otherwise.

    All slots in their order, the first is 0; or some by number: the others stay as they are.
    What a machine itself knows of its slots counts more: where the two differ, status says so.
    """
    from farmctl.cli.views.floor import loaded
    from farmctl.control import loading
    from farmctl.control.subjects import printer_named
    from farmctl.farm.acting.verbs import say as tell
    from farmctl.farm.acting.verbs import strangers

    farm = the_farm(ctx)
    if not filaments and is_terminal():
        filaments = typer.prompt(f"What is in {printer} now? (PETG/black)", err=True).split()
    if not filaments:
        raise UsageError(f"what is in {printer} is not said", loading.MEND)
    spools = loading.read_spools(filaments)
    others = strangers(farm, [printer])
    said = tell(farm, lambda state: loading.load(state, printer, spools), others)
    say(loaded(said.before, said.after, printer_named(said.after, printer)))
