"""`farmctl load`: what is in a printer now."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import is_terminal, say
from farmctl.errors import UsageError

app = typer.Typer()
_MEND = "write MATERIAL/color, as PETG/black; `none` for an empty printer"


@app.command("load", epilog="Example: farmctl load voron-1 PETG/black")
def load(
    ctx: typer.Context,
    printer: Annotated[str, typer.Argument(help="Where.")],
    filaments: Annotated[
        list[str] | None, typer.Argument(help="PETG/black, slot by slot; or none.")
    ] = None,
) -> None:
    """Say what material is in a printer. It counts until somebody says otherwise."""
    from farmctl.cli.views.floor import loaded
    from farmctl.control import requests
    from farmctl.control.subjects import printer_named
    from farmctl.farm.acting.verbs import say as tell
    from farmctl.farm.acting.verbs import strangers
    from farmctl.model.documents.common import parse_filament
    from farmctl.model.observation import Loaded

    farm = the_farm(ctx)
    if not filaments and is_terminal():
        filaments = typer.prompt(f"What is in {printer} now? (PETG/black)", err=True).split()
    if not filaments:
        raise UsageError(f"what is in {printer} is not said", _MEND)
    slots = []
    for slot, text in enumerate([] if filaments == ["none"] else filaments):
        filament = parse_filament(text)
        if filament is None:
            raise UsageError(f"`{text}` is no filament", _MEND)
        slots.append(Loaded(filament.material, filament.color, slot))
    said = tell(
        farm, lambda state: requests.load(state, printer, slots), strangers(farm, [printer])
    )
    say(loaded(said.before, said.after, printer_named(said.after, printer)))
