"""What every command begins with: the farm that `-C` and `--state` name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from farmctl.cli.output import LogFormat, say

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.farm.origin import Origin


def the_farm(ctx: typer.Context) -> Farm:
    """Return the farm of this command line. Raises UsageError where there is none."""
    from farmctl.farm import find_farm

    directory, state = named(ctx)
    return find_farm(directory, state)


def named(ctx: typer.Context) -> tuple[Path, Path | None]:
    """Return the folder and the state folder that the command line names."""
    found: tuple[Path, Path | None] = ctx.find_root().obj or (Path(), None)
    return found


def log_format(ctx: typer.Context) -> LogFormat:
    """Return how the command tells what happens while it waits."""
    found: LogFormat = ctx.meta.get("log_format", LogFormat.TEXT)
    return found


def origin_named(farm: Farm, rev: str, follow: str | None) -> Origin:
    """Return which files count: a commit's, or those of a remote's branch.

    With neither named, `git.follow` of farm.yaml says it, else what is checked out counts.

    Raises UsageError for both at once, and for a branch of no remote.
    """
    from farmctl.errors import UsageError
    from farmctl.farm.origin import AtRevision

    if follow is None and rev == "HEAD":
        from farmctl.farm.acting.following import followed_by

        follow = followed_by(farm)
    if follow is None:
        return AtRevision(farm, rev, say)
    if rev != "HEAD":
        raise UsageError("--rev and --follow exclude each other", "keep one of them")
    from farmctl.farm.acting.following import following

    return following(farm, follow, say)
