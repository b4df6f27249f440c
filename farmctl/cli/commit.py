"""`farmctl commit`: check the farm's documents and commit what changed."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import say, show
from farmctl.errors import Exit

app = typer.Typer()


@app.command("commit", epilog='Example: farmctl commit -m "voron: nozzle 0.6"')
def commit(
    ctx: typer.Context,
    message: Annotated[
        str | None, typer.Option("-m", "--message", help="What changed [the files].")
    ] = None,
) -> None:
    """Check the farm's documents and commit those that changed; nothing is committed if invalid."""
    from farmctl.cli.asking import introduce
    from farmctl.cli.views.diagnostics import counted, diagnostic_lines, is_wrong
    from farmctl.farm.check import everything_wrong
    from farmctl.farm.edits import commit_changes
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farmrepo.uncommitted import uncommitted

    farm = the_farm(ctx)
    refuse_sample(farm)
    with farm.repository() as repository:
        changed = uncommitted(repository)
        if not changed:
            say("nothing to commit: the farm's files are as they were committed")
            return
        found = everything_wrong(farm, repository)
        if is_wrong(found):
            show("\n".join(diagnostic_lines(found)))
            say(f"nothing committed: {counted(found)}")
            raise typer.Exit(Exit.INVALID)
        done = commit_changes(farm, repository, changed, message, introduce)
    say(f"committed {', '.join(changed)} (commit {done[:7]})")
