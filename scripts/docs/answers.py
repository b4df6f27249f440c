"""What answers of a device mean: a driver's table."""

from __future__ import annotations

from typing import assert_never

from farmctl.printers.driver import Why
from farmctl.printers.moonraker.answers import TABLE, Call, Means, Row
from scripts.docs.markdown import code, table

_RECORDED = "../../tests/printers/exchanges/moonraker"
_HEADINGS = ("Call", "Status", "Words", "Means", "Recorded")


def answers() -> str:
    """Return the table of Moonraker's answers, each call ending with what no row explains."""
    rows: list[tuple[str, ...]] = []
    for call in Call:
        rows += [_row(each) for each in TABLE if each.call is call]
        rows.append((code(call), "any other", "any other", "*unknown*", ""))
    return table(_HEADINGS, rows)


def _row(row: Row) -> tuple[str, ...]:
    recorded = f"[{row.exchange}]({_RECORDED}/{row.exchange}.json)"
    return code(row.call), str(row.status), code(row.words), _meaning(row.means), recorded


def _meaning(means: Means | Why) -> str:
    match means:
        case Means():
            return f"*{means}*"
        case Why():
            return f"*rejected: {means.replace('_', ' ')}*"
        case _:
            assert_never(means)
