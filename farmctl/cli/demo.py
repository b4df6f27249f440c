"""`farmctl demo`: a small virtual farm, run to its end in a new folder."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from farmctl.cli.output import say, show
from farmctl.errors import Exit
from farmctl.model.states import OrderPhase

app = typer.Typer()


@app.command("demo", epilog="Example: farmctl demo --at ~/farm-demo")
def demo(
    at: Annotated[Path | None, typer.Option("--at", help="Where to make the farm.")] = None,
) -> None:
    """Run a small virtual farm to its end: three printers, two orders, real slicing."""
    from farmctl.cli.views.demo import closing_table
    from farmctl.cli.views.progress import Progress
    from farmctl.farm.founding.demo import look_at_beds, make_demo, play

    farm = make_demo(at)
    say(f"made {farm.folder}: 3 virtual printers, 2 orders; a minute of printing takes 0.1 s")
    began = farm.clock.monotonic()
    try:
        look_at_beds(farm, say)
        told = Progress(farm.view().state, lambda each: say(each.message))
        state = asyncio.run(play(farm, say, told))
    except KeyboardInterrupt:
        say(f"stopped. Go on: farmctl -C {farm.folder} run")
        raise typer.Exit(Exit.INTERRUPTED) from None
    seconds = farm.clock.monotonic() - began
    show("\n".join(closing_table(state, farm.folder, seconds)))
    if any(order.phase is OrderPhase.OPEN for order in state.orders.values()):
        raise typer.Exit(Exit.FAILED)
