"""`farmctl plan`: what would be done, and why. It touches nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from farmctl.cli.context import origin_named, the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document
from farmctl.errors import Exit, UsageError

app = typer.Typer()


@app.command(
    "plan", epilog="Example: farmctl plan --save changes.json && farmctl apply changes.json"
)
def plan(
    ctx: typer.Context,
    output: FormOption = Form.TABLE,
    save: Annotated[Path | None, typer.Option(help="Keep the changes, for `apply`.")] = None,
    rev: Annotated[str, typer.Option(help="Another commit than HEAD.")] = "HEAD",
    follow: Annotated[
        str | None, typer.Option("--follow", metavar="REMOTE/BRANCH", help="Fetch and follow it.")
    ] = None,
    worktree: Annotated[
        bool, typer.Option("--worktree", help="The files as they are now, not committed.")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 10 when there is something to do.")
    ] = False,
) -> None:
    """Show what would be done, and why: build plans, slices, starts, and what follows."""
    from farmctl.cli.offers import offer_commit
    from farmctl.cli.views.plan import plan_items, plan_lines
    from farmctl.farm.acting.forecast import forecast
    from farmctl.farm.origin import AtRevision, WorkTree

    farm = the_farm(ctx)
    if worktree and (rev != "HEAD" or follow or save is not None):
        raise UsageError("the work tree is only looked at", "leave out --rev, --follow, --save")
    origin = WorkTree(farm) if worktree else origin_named(farm, rev, follow)
    if rev == "HEAD" and isinstance(origin, AtRevision):
        offer_commit(farm)
    found = asyncio.run(forecast(farm, origin))
    items = plan_items(found)
    body = {
        "commit": found.desired.commit,
        "not_read": list(found.not_read),
        "is_whole": found.is_whole,
        "items": items,
    }
    if output is Form.TABLE or output is Form.WIDE:
        show("\n".join(plan_lines(found, farm.clock.now())))
    else:
        show_document("farmctl.changes/v1", body, output)
    if save is not None:
        import json

        text = json.dumps({"schema": "farmctl.changes/v1", **body}, indent=2)
        farm.disk.replace(save.absolute(), text.encode(), durable=False)
        say(f"saved {save}")
    if exit_code and items:
        raise typer.Exit(Exit.CHANGES)
