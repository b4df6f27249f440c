"""`farmctl profile set` and `edit`: the draft of a profile, which nothing is made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import say
from farmctl.errors import Exit

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.farm.profiles.drafting import Drafted

Name = Annotated[str, typer.Argument(metavar="NAME", help="The profile.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("set", epilog="Example: farmctl profile set petg-0.4-standard temperature=235")(
        set_
    )
    app.command("edit", epilog="Example: farmctl profile edit petg-0.4-standard")(edit)


def set_(
    ctx: typer.Context,
    name: Name,
    settings: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE…", help="What settings shall be.")
    ] = None,
    unset: Annotated[
        list[str] | None, typer.Option(help="Say nothing of this setting any more.")
    ] = None,
) -> None:
    """Change settings in the draft, begun from the version in production where there is none.

    Each value is tried with the pinned slicer; where one is wrong nothing is written. Exit 3.
    """
    from farmctl.cli.views.diagnostics import diagnostic_lines
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.profiles.drafting import set_in_draft, wishes_of

    farm = the_farm(ctx)
    refuse_sample(farm)
    done = set_in_draft(farm, name, wishes_of(settings or [], unset or []))
    if done.wrong:
        say("\n".join(diagnostic_lines(done.wrong)))
        raise typer.Exit(Exit.INVALID)
    say(_said(done))
    _judge(farm, name)


def edit(ctx: typer.Context, name: Name) -> None:
    """Open the draft in $EDITOR, and say afterwards what is wrong or worth a word. Exit 3 if any.

    The file stays as you left it, also where it means nothing.
    """
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.profiles.drafting import edit_draft

    farm = the_farm(ctx)
    refuse_sample(farm)
    done = edit_draft(farm, name)
    if done.begun_from and not (farm.folder / done.path).is_file():
        say("nothing changed: no draft was begun")
        return
    say(_said(done))
    _judge(farm, name)


def _said(done: Drafted) -> str:
    """Return `profiles/petg/draft.ini (from production 1.8.2): 2 settings changed`."""
    begun = f" (from {done.begun_from})" if done.begun_from else ""
    count = len(done.changed)
    return f"{done.path}{begun}: {count} setting{'' if count == 1 else 's'} changed"


def _judge(farm: Farm, name: str) -> None:
    """Say what is worth a word in the draft, and is not so in the version that people use."""
    from farmctl.cli.views.diagnostics import diagnostic_lines, is_wrong
    from farmctl.farm.profiles.advising import new_findings
    from farmctl.farm.profiles.drafting import draft_now
    from farmctl.farm.profiles.picking import in_production

    draft = draft_now(farm, name)
    found, as_before = new_findings(draft, in_production(draft.shelf, draft.shelf.profile(name)))
    for line in diagnostic_lines(found):
        say(line)
    say_as_before(as_before)
    if is_wrong(found):
        raise typer.Exit(Exit.INVALID)


def say_as_before(count: int) -> None:
    """Say how much advice is left out, since it is no news."""
    if count:
        say(f"{count} more {'is' if count == 1 else 'are'} as before: farmctl validate")
