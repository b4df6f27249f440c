"""A bar while golden models are sliced."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from farmctl.cli.output import say

if TYPE_CHECKING:
    from farmctl.ci.cluster.fitness import Unfit
    from farmctl.farm.golden.slices import Progress as Far
    from farmctl.farm.golden.slices import Tell


@contextmanager
def slicing_bar() -> Iterator[Tell]:
    """Yield what says which workers are left out, and draws a bar on a terminal's stderr."""
    from farmctl.ci.cluster.fitness import Unfit

    if not sys.stderr.isatty():
        yield lambda far: _say_unfit(far) if isinstance(far, Unfit) else None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("slicing"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("slicing", total=None)

        def tell(far: Far | Unfit) -> None:
            if isinstance(far, Unfit):
                _say_unfit(far)
            else:
                bar.update(task, completed=far.done, total=far.total)

        yield tell


def _say_unfit(worker: Unfit) -> None:
    say(f"warning: {worker.said}\nmend: {worker.mend}")
