"""`farmctl profile release`, `sign`, `retire` and `revoke`: what becomes of versions, in git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import say
from farmctl.profiles.versions import Bump

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.farm.profiles.states import End

app = typer.Typer()
Pin = Annotated[str, typer.Argument(metavar="NAME@VERSION", help="A version, petg@1.9.0.")]
Message = Annotated[str | None, typer.Option("-m", "--message", help="Why, for people.")]
Key = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="The ssh key that signs [the one git signs commits with]."),
]


@app.command(
    "release",
    epilog='Example: farmctl profile release petg-0.4-standard --bump minor -m "cooler walls"',
)
def release(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A profile, or classes/NAME.")],
    bump: Annotated[Bump, typer.Option(help="Which number goes up.")],
    message: Annotated[
        str | None, typer.Option("-m", "--message", help="What changed, for people.")
    ] = None,
    key: Key = None,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Without a signature.")] = False,
) -> None:
    """Make the draft the next version: immutable, signed where there is a key, in no channel."""
    from farmctl.cli.asking import ask, introduce
    from farmctl.farm.profiles.releasing import Release
    from farmctl.farm.profiles.releasing import release as make
    from farmctl.farm.profiles.signing import Wish
    from farmctl.farm.questions import Question

    notes = message or ask(Question("what changed, for people", "-m TEXT"))
    wish = Wish(key, is_signed=not unsigned)
    done = make(the_farm(ctx), Release(name, bump, notes, wish), introduce)
    say(f"{done.version}, {done.signing.words}, not in any channel")


@app.command("sign", epilog="Example: farmctl profile sign petg-0.4-standard@1.8.2")
def sign(ctx: typer.Context, pin: Pin, key: Key = None) -> None:
    """Sign a version that was released without a signature, and commit it."""
    from farmctl.cli.asking import introduce
    from farmctl.farm.profiles.signing import Wish
    from farmctl.farm.profiles.states import sign_release

    signing = sign_release(the_farm(ctx), pin, Wish(key), introduce)
    say(f"{pin} {signing.words}")


@app.command(
    "retire", epilog='Example: farmctl profile retire petg-0.4-standard@1.7.0 -m "old spools gone"'
)
def retire(ctx: typer.Context, pin: Pin, message: Message = None) -> None:
    """Let no new build plan have a version; those that have it go on with it."""
    _end(ctx, pin, "retired", message)


@app.command(
    "revoke", epilog='Example: farmctl profile revoke petg-0.4-standard@1.9.0 -m "strings"'
)
def revoke(ctx: typer.Context, pin: Pin, message: Message = None) -> None:
    """Let nothing be sliced or started with a version any more; what prints goes on."""
    _end(ctx, pin, "revoked", message)


def _end(ctx: typer.Context, pin: str, state: End, message: str | None) -> None:
    from farmctl.cli.asking import ask, introduce
    from farmctl.farm.profiles.states import Ending, end
    from farmctl.farm.questions import Question

    farm = the_farm(ctx)
    why = message or ask(Question("a reason, for whoever comes next", "-m TEXT"))
    commit = end(farm, Ending(pin, state, why), introduce)
    say(f"{pin} is {state} (commit {commit[:7]})")
    say_usage(farm, pin)


def say_usage(farm: Farm, pin: str) -> None:
    """Say what goes on with a version, and how to end it."""
    from farmctl.cli.views.profiles import usage_lines
    from farmctl.farm.profiles.usage import usage_of

    for line in usage_lines(usage_of(farm.view().state, pin), pin):
        say(line)
