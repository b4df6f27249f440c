"""`farmctl hold` and `farmctl unhold`: whether anything may start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import say
from farmctl.errors import UsageError

if TYPE_CHECKING:
    from farmctl.farm import Farm

app = typer.Typer()
Subject = Annotated[
    str | None, typer.Argument(help="A printer, an order, a profile version (petg@1.9.0).")
]
All = Annotated[bool, typer.Option("--all", help="The whole farm.")]
Reason = Annotated[str | None, typer.Option(help="Why; for whoever comes next.")]


@app.command("hold", epilog='Example: farmctl hold voron-1 --reason "nozzle clogged"')
def hold(
    ctx: typer.Context, subject: Subject = None, everything: All = False, reason: Reason = None
) -> None:
    """Let nothing start: on a printer, of an order, with a profile version, or anywhere."""
    from farmctl.cli.asking import ask
    from farmctl.cli.views.floor import held
    from farmctl.control import requests
    from farmctl.farm import person
    from farmctl.farm.acting.verbs import say as tell
    from farmctl.farm.asking.declared import pins_of
    from farmctl.farm.questions import Question

    farm = the_farm(ctx)
    name = _subject(subject, everything=everything)
    why = reason or ask(Question("a reason, for whoever comes next", "--reason TEXT"))
    stop = requests.Stop(why, person().id)
    pins = pins_of(farm) if "@" in name else frozenset()
    said = tell(farm, lambda state: requests.hold(state, name, stop, pins), _to_look_at(farm, name))
    for line in held(said.after, name):
        say(line)
    say(f"lift it: farmctl unhold {name}")


@app.command("unhold", epilog="Example: farmctl unhold voron-1 --reason cleaned")
def unhold(
    ctx: typer.Context, subject: Subject = None, everything: All = False, reason: Reason = None
) -> None:
    """Lift a hold: what waits may start again."""
    from farmctl.control import requests
    from farmctl.farm.acting.verbs import say as tell

    farm = the_farm(ctx)
    name = _subject(subject, everything=everything)
    said = tell(farm, lambda state: requests.unhold(state, name, reason or "lifted"))
    say("the farm is no longer held" if everything else f"{name} is no longer held")
    if not said.has_loop:
        say("no loop is running; go on with: farmctl apply")


def _subject(subject: str | None, *, everything: bool) -> str:
    from farmctl.control.requests import ALL

    if (subject is None) is not everything:
        raise UsageError("name what is held, or --all: one of them", "farmctl hold voron-1")
    return subject or ALL


def _to_look_at(farm: Farm, name: str) -> frozenset[str]:
    """Return a printer of the farm that the ledger does not know yet."""
    from farmctl.control.requests import ALL
    from farmctl.farm.acting.verbs import strangers

    state = farm.view().state
    is_known = name == ALL or "@" in name or name in state.orders or name in state.closed
    return frozenset() if is_known else strangers(farm, [name])
