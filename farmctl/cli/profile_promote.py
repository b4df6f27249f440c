"""`farmctl profile promote` and `rollback`: which version of a profile is used where."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show_document
from farmctl.cli.progress import slicing_bar
from farmctl.errors import UsageError

Direct = Annotated[
    bool, typer.Option("--direct", help="Commit to the branch that is checked out, no other.")
]


def promote(
    ctx: typer.Context,
    pin: Annotated[str, typer.Argument(metavar="NAME@VERSION", help="What is promoted.")],
    channel: Annotated[str, typer.Option(help="production or canary.")] = "production",
    on: Annotated[
        str | None, typer.Option("--on", metavar="PRINTER,…", help="Who tries a canary.")
    ] = None,
    plates: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="How many plates try a canary.")
    ] = None,
    direct: Direct = False,
    output: FormOption = Form.TABLE,
) -> None:
    """Put a version into a channel: on a branch of its own, with what it changes and leads to.

    The branch is pushed and a pull request opened where `git:` in farm.yaml says so. Nothing that
    you have checked out is touched. A canary's first plate waits for a person's verdict. Golden
    models that nobody measured with it are sliced, and what they come to is said.
    """
    from farmctl.cli.asking import introduce
    from farmctl.cli.views.promotion import as_document, promotion_lines
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.profiles.promoting import Way, carry_out, prepare_promotion
    from farmctl.profiles.channels import CHANNELS, Trial

    if channel not in CHANNELS:
        raise UsageError(f"there is no channel `{channel}`", f"channels: {', '.join(CHANNELS)}")
    _check_pin(pin)
    farm = the_farm(ctx)
    refuse_sample(farm)
    printers = tuple(each.strip() for each in (on or "").split(",") if each.strip())
    trial = Trial(printers, plates)
    with slicing_bar() as tell:
        prepared = prepare_promotion(farm, pin, channel, trial, Way(direct, tell))
    if prepared.base.word:
        say(prepared.base.word)
    moved = carry_out(farm, prepared, introduce, direct=direct)
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.promotion/v1", as_document(prepared, moved), output)
        return
    say("\n".join(promotion_lines(prepared, moved)))


def rollback(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The profile.")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="VERSION", help="[the one before].")
    ] = None,
    direct: Direct = False,
    output: FormOption = Form.TABLE,
) -> None:
    """Put production back to the version it had before, as git tells it.

    Like `promote`: on a branch of its own. It says how many build plans and plates change; what
    prints goes on. `farmctl profile stop NAME@VERSION` stops it at once, without git. Of golden
    models it says what is recorded, and slices nothing.
    """
    from farmctl.cli.asking import introduce
    from farmctl.cli.views.promotion import as_document, rollback_lines
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.profiles.promoting import carry_out, prepare_rollback

    if "@" in name:
        raise UsageError(
            "a rollback is of a profile, not of a version",
            f"farmctl profile rollback {name.partition('@')[0]} --to VERSION",
        )
    farm = the_farm(ctx)
    refuse_sample(farm)
    prepared = prepare_rollback(farm, name, to, direct=direct)
    if prepared.base.word:
        say(prepared.base.word)
    moved = carry_out(farm, prepared, introduce, direct=direct)
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.promotion/v1", as_document(prepared, moved), output)
        return
    say("\n".join(rollback_lines(prepared, moved)))


def _check_pin(pin: str) -> None:
    name, at, version = pin.partition("@")
    if not (name and at and version):
        raise UsageError(f"`{pin}` names no version", "farmctl profile promote NAME@VERSION")


def register(app: typer.Typer) -> None:
    """Add the commands to `farmctl profile`."""
    app.command(
        "promote",
        epilog="Example: farmctl profile promote petg@1.9.0 --channel canary --on voron-1",
    )(promote)
    app.command("rollback", epilog="Example: farmctl profile rollback petg-0.4-standard")(rollback)
