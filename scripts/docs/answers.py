"""What answers of a device mean: the tables of drivers behind a web server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from farmctl.printers.driver import Why
from farmctl.printers.moonraker import answers as moonraker
from farmctl.printers.octoprint import answers as octoprint
from farmctl.printers.prusalink import answers as prusalink
from farmctl.printers.web.answers import Call, Means, Row, Table
from scripts.docs.markdown import code, table

TABLES: Mapping[str, Table] = {
    "moonraker": moonraker.TABLE,
    "octoprint": octoprint.TABLE,
    "prusalink": prusalink.TABLE,
}
"""By the name of the driver."""

_RECORDED = "../../tests/printers/exchanges"
_HEADINGS = ("Call", "Status", "Words", "Means", "Recorded")


def answers(driver: str) -> str:
    """Return the table of a driver, each call ending with what no row explains."""
    rows: list[tuple[str, ...]] = []
    for call in Call:
        rows += [_row(driver, each) for each in TABLES[driver] if each.call is call]
        rows.append((code(call), "any other", "any other", "*unknown*", ""))
    return table(_HEADINGS, rows)


def _row(driver: str, row: Row) -> tuple[str, ...]:
    recorded = f"[{row.exchange}]({_RECORDED}/{driver}/{row.exchange}.json)"
    words = code(row.words) if row.words else ""
    return code(row.call), str(row.status), words, _meaning(row.means), recorded


def _meaning(means: Means | Why) -> str:
    match means:
        case Means():
            return f"*{means}*"
        case Why():
            return f"*rejected: {means.replace('_', ' ')}*"
        case _:
            assert_never(means)
