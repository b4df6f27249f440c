"""Where rows are measured: the installed script, a scratch folder, and a bare Typer app."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Command, Reading

_BARE = '''\
"""The least that a Typer app can do."""

import typer

app = typer.Typer()


@app.command()
def hello() -> None:
    """Print one line."""
    typer.echo("hello")


app()
'''


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every row is measured with.

    Args:
        folder: For farms and files; empty at first.
        times: How many samples a median is of.
    """

    folder: Path
    times: int

    def farmctl(self, cwd: Path, *arguments: str) -> Command:
        """Return a command of the installed script."""
        return Command((Path(sys.executable).with_name("farmctl"), *arguments), cwd)

    def bare(self) -> Command:
        """Return a Typer app that prints one line."""
        path = self.folder / "bare.py"
        path.write_text(_BARE)
        return Command((sys.executable, path), self.folder)


@dataclass(frozen=True, slots=True)
class Row:
    """One promise.

    Args:
        name: What it is asked for by.
        limit: The ratio that it may not exceed.
        claim: What is held against what, for people.
        measure: Returns what was measured.
    """

    name: str
    limit: float
    claim: str
    measure: Callable[[Workshop], Reading]
