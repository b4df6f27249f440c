"""What every command begins with: the farm that `-C` and `--state` name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from farmctl.cli.output import LogFormat

if TYPE_CHECKING:
    from farmctl.farm import Farm


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
