"""What the demonstration ends with: what was made, and what to try next."""

from __future__ import annotations

from pathlib import Path

from farmctl.cli.output import table
from farmctl.ledger.state import State
from farmctl.model.ids import OrderId


def closing_table(state: State, folder: Path, seconds: float) -> list[str]:
    """Return the made orders, and the next things to type."""
    rows = [
        (order, tally.name, f"{tally.good} of {tally.quantity}", line.phase.value)
        for order in sorted(state.closed)
        if (line := state.closed_order(OrderId(order))) is not None
        for tally in line.made
    ]
    parts = sum(int(row[2].split(" ")[0]) for row in rows)
    return [
        "",
        table(("ORDER", "ITEM", "MADE", "STATE"), rows),
        "",
        f"{state.counts.run} prints on 3 virtual printers, {parts} parts, in {seconds:.0f} s",
        "",
        "Look around:",
        f"  cd {folder}",
        "  farmctl status",
        "  farmctl events            # what happened, and who or what caused it",
        "  farmctl explain sim-1",
        "  farmctl order add models/bracket.stl && farmctl apply --follow",
        "Your own next: farmctl init ~/farm",
    ]
