"""`farmctl profile stop` and `start`: the brake without git."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import say

app = typer.Typer()
Pin = Annotated[str, typer.Argument(metavar="NAME@VERSION", help="A version, petg@1.9.0.")]
Reason = Annotated[str | None, typer.Option(help="Why; for whoever comes next.")]


@app.command(
    "stop", epilog='Example: farmctl profile stop petg-0.4-standard@1.9.0 --reason "strings"'
)
def stop(ctx: typer.Context, pin: Pin, reason: Reason = None) -> None:
    """Let nothing start with a version from now on; what prints goes on."""
    from farmctl.cli.asking import ask
    from farmctl.cli.views.profiles import going_on
    from farmctl.control import requests
    from farmctl.farm import person
    from farmctl.farm.acting.verbs import say as tell
    from farmctl.farm.asking.declared import pins_of
    from farmctl.farm.asking.glancing import signboard
    from farmctl.farm.profiles.targets import version_in
    from farmctl.farm.profiles.usage import usage_of
    from farmctl.farm.questions import Question

    farm, (_, version) = the_farm(ctx), version_in(pin)
    why = reason or ask(Question("a reason, for whoever comes next", "--reason TEXT"))
    word = requests.Stop(why, person().id)
    pins = pins_of(farm)
    said = tell(farm, lambda state: requests.hold(state, pin, word, pins))
    held, usage = said.after.profile_holds[pin], usage_of(said.after, pin)
    at = held.since.astimezone(signboard(farm).zone).strftime("%H:%M")
    brake = f"no new start with {version} from now ({held.by} {at})"
    say(
        f"{brake}. {going_on(usage.running, pin)}"
        if usage.running
        else f"{brake}. None is printing"
    )
    if usage.waiting:
        count = len(usage.waiting)
        say("1 queued plate waits" if count == 1 else f"{count} queued plates wait")
    say(f"lift it: farmctl profile start {pin}")


@app.command("start", epilog="Example: farmctl profile start petg-0.4-standard@1.9.0")
def start(ctx: typer.Context, pin: Pin, reason: Reason = None) -> None:
    """Lift a stop: what waits may start again with the version."""
    from farmctl.control import requests
    from farmctl.farm.acting.verbs import say as tell
    from farmctl.farm.profiles.targets import version_in

    farm, (_, version) = the_farm(ctx), version_in(pin)
    said = tell(farm, lambda state: requests.unhold(state, pin, reason or "lifted"))
    say(f"{version} may start again")
    if not said.has_loop:
        say("no loop is running; go on with: farmctl apply")
