"""`farmctl profile show` and `verify`: versions, and who signed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document, table
from farmctl.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farmctl.farm import Farm
    from farmctl.farm.profiles.showing import Made

app = typer.Typer()
Revision = Annotated[
    str | None, typer.Option(help="Look at a commit; without it, the files as they are.")
]


@app.command("show", epilog="Example: farmctl profile show petg-0.4-standard -o json")
def show_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A profile, or classes/NAME.")],
    output: FormOption = Form.TABLE,
    rev: Revision = None,
) -> None:
    """Show a profile's versions: state, channels, signature, and whether each is qualified."""
    from farmctl.cli.views.profiles import version_cells, version_items
    from farmctl.farm.profiles.showing import versions_of

    farm = the_farm(ctx)
    rows = versions_of(farm, name, _made(farm), rev)
    if output in (Form.JSON, Form.YAML):
        items = version_items(rows)
        show_document("farmctl.profile-versions/v1", {"items": items}, output)
    elif output is Form.NAME:
        show("\n".join(f"{each.name}@{each.version}" for each in rows))
    elif not rows:
        say(f"{name} has no version yet: farmctl profile release {name} --bump minor")
    else:
        headings = ("VERSION", "STATE", "CHANNELS", "SIGNED BY", "QUALIFIED", "NOTES")
        cells = [version_cells(each) for each in rows]
        show(table(headings, cells, wide=output is Form.WIDE))


@app.command("verify", epilog="Example: farmctl profile verify petg-0.4-standard@1.9.0")
def verify(
    ctx: typer.Context,
    pin: Annotated[
        str | None,
        typer.Argument(metavar="[NAME[@VERSION]]", help="A profile or version [all there are]."),
    ] = None,
    output: FormOption = Form.TABLE,
    rev: Revision = None,
) -> None:
    """Say who signed which version. Exit 3 where a signature does not count."""
    from farmctl.cli.views.profiles import signature_cells, signature_item
    from farmctl.farm.profiles.showing import versions_of
    from farmctl.farmrepo.signatures import Discounted

    rows = versions_of(the_farm(ctx), pin, None, rev)
    if output in (Form.JSON, Form.YAML):
        items = [
            {"profile": each.name, "version": each.version, **signature_item(each)} for each in rows
        ]
        show_document("farmctl.profile-signatures/v1", {"items": items}, output)
    elif output is Form.NAME:
        show("\n".join(f"{each.name}@{each.version}" for each in rows))
    else:
        headings = ("VERSION", "STATE", "SIGNED BY", "KEY")
        show(table(headings, [signature_cells(each) for each in rows], wide=output is Form.WIDE))
    wrong = [each for each in rows if isinstance(each.signed, Discounted)]
    for each in wrong:
        if isinstance(each.signed, Discounted):
            say(f"{each.name}@{each.version}: {each.signed.why}\n    {each.signed.mend}")
    if wrong:
        raise typer.Exit(Exit.INVALID)


def _made(farm: Farm) -> Mapping[str, Made]:
    """Return the good and failed parts of every profile version, as the ledger knows them."""
    from farmctl.cli.views.insight import insight_of
    from farmctl.farm.profiles.showing import Made

    with insight_of(farm) as insight:
        answer = insight.sql(
            "SELECT profile, CAST(sum(good) AS BIGINT), CAST(sum(failed) AS BIGINT) "
            "FROM plan_success GROUP BY profile"
        )
    return {str(name): Made(int(good), int(failed)) for name, good, failed in answer.rows}
