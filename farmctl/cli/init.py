"""`farmctl init`: make a farm."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farmctl.cli.output import say

app = typer.Typer()


@app.command("init", epilog="Example: farmctl init ~/farm")
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where; made when missing.")],
    sample: Annotated[
        bool, typer.Option("--sample", help="Copy the reference farm: virtual printers, orders.")
    ] = False,
    name: Annotated[
        str | None, typer.Option(help="What people call the farm [the folder's name].")
    ] = None,
) -> None:
    """Make a farm: a git repository with an empty farm, a default policy and a first commit.

    With it come jobs for GitHub and GitLab that say what a pull request does, and a hook for
    pre-commit. Nothing that is there already is written over.
    """
    from farmctl.cli.asking import introduce
    from farmctl.farm.founding.founding import Wish, found
    from farmctl.farmrepo.pull_requests import CHECKS

    made = found(Wish(folder, name, sample), introduce)
    kept = "farm.yaml, policies/default.yaml"
    more = "profiles/, models/, orders/ of the reference farm" if sample else "schemas/ for editors"
    say(f"made {made.name} in {folder}: {kept}, {more} (commit {made.commit[:7]})")
    checks = [each for each in CHECKS if each not in made.kept]
    if checks:
        say(f"for pull requests and commits: {', '.join(checks)}")
    if made.kept:
        say(f"yours, left as they are: {', '.join(made.kept)}")
    if not sample:
        say(f"No printers yet: cd {folder} && farmctl printer add NAME URL")
        return
    if made.pin is None:
        say("no slicer is installed here: sudo apt-get install prusa-slicer, farmctl slicer pin")
    else:
        say(f"slicer pinned: {made.pin.program} {made.pin.version} ({made.pin.platform})")
    say(f"Next: cd {folder} && farmctl plan")
