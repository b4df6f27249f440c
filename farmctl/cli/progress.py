"""A bar while golden models are sliced."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farmctl.farm.golden.slices import Tell


@contextmanager
def slicing_bar() -> Iterator[Tell]:
    """Yield what draws a bar on a terminal's stderr, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _far: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from farmctl.farm.golden.slices import Progress as Far

    columns = (TextColumn("slicing"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("slicing", total=None)

        def tell(far: Far) -> None:
            bar.update(task, completed=far.done, total=far.total)

        yield tell
