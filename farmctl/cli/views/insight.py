"""The tables of history, opened with a word on how they were found, and shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from farmctl.cli.main import show_error
from farmctl.cli.output import Form, say, show
from farmctl.cli.views.rows import cell, fitted
from farmctl.errors import Exit
from farmctl.farm.parts import Farm

if TYPE_CHECKING:
    from farmctl.insight.query import Answer, Insight


@contextmanager
def insight_of(farm: Farm) -> Iterator[Insight]:
    """Yield the tables as the journal has it now; what is wrong with them is said.

    Raises typer.Exit at the end where the journal is damaged: what was shown is not all.
    """
    from farmctl.insight.store import open_insight

    with open_insight(farm.ledger_folder) as insight:
        if insight.word:
            say(insight.word)
        yield insight
        if insight.damage is not None:
            say("what is shown reaches up to the damage:")
            show_error(insight.damage)
            raise typer.Exit(Exit.INVALID)


def show_rows(answer: Answer, form: Form) -> None:
    """Print rows: a table, or the first column alone; what is left out is said."""
    cells = [[cell(each) for each in row] for row in answer.rows]
    if form is Form.NAME:
        show("\n".join(row[0] for row in cells))
    elif not cells:
        say("no rows")
    elif form is Form.WIDE:
        show(fitted(answer.columns, cells, None)[0])
    else:
        text, left_out = fitted(answer.columns, cells)
        show(text)
        if left_out:
            say(f"left out: {', '.join(left_out)} (-o wide, or name fewer columns)")
    if answer.is_cut:
        say(f"only the first {len(cells)} rows: --limit shows more")
