"""`farmctl sim`: what goes wrong, on virtual printers and in a box; printers to talk to."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import say
from farmctl.cli.serve import serve
from farmctl.cli.soak import soak
from farmctl.errors import UsageError

app = typer.Typer(
    no_args_is_help=True,
    help="Make things go wrong, on virtual printers or in a box.",
    epilog="Example: farmctl sim soak --seeds 0..100",
)
app.command("soak", epilog="Example: farmctl sim soak --seeds 0..100")(soak)
app.command("serve", epilog="Example: farmctl sim serve --printers 3 --speedup 60")(serve)


@app.command("fault", epilog="Example: farmctl sim fault sim-1 runout")
def fault(
    ctx: typer.Context,
    printer: Annotated[str, typer.Argument(help="A virtual printer.")],
    kind: Annotated[str, typer.Argument(help="runout, thermal, power_loss, offline, …")],
) -> None:
    """Let something happen to a virtual printer, as it would to a real one."""
    from farmctl.control.subjects import unknown
    from farmctl.farm.acting.session import driver_config
    from farmctl.farmrepo.suggest import mend_name
    from farmctl.printers.virtual import memory_of
    from farmctl.sim.faults import Fault, inject

    if kind not in list(Fault):
        raise UsageError(f"there is no fault `{kind}`", mend_name(kind, list(Fault)))
    farm = the_farm(ctx)
    desired = farm.desired()
    virtual = {each.name: each for each in desired.farm.printers if each.driver == "virtual"}
    if printer not in virtual:
        raise unknown(printer, "virtual printer", virtual)
    inject(memory_of(driver_config(farm, desired, virtual[printer])), Fault(kind))
    say(f"{printer}: {kind}")
