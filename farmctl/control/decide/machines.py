"""What printers and runs need next, whatever the orders say: also what `abort` and `pause` use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from farmctl.control.actions import Act, Action
from farmctl.control.decide.printers import next_of_printer
from farmctl.control.decide.runs import next_of_run
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.look import Look


def decide_machines(
    state: State, looks: Mapping[PrinterName, Look], now: datetime
) -> Iterator[Action]:
    """Yield the one next action of each printer and run: at most one effect for each printer."""
    acting: set[PrinterName] = set()
    for name, record in sorted(state.printers.items()):
        look = looks.get(name)
        seen = next_of_printer(state, record, look) if look is not None else None
        if seen is not None:
            acting.add(name)
            yield seen
    for _, run in sorted(state.runs.items(), key=lambda each: int(each[0].split("-")[1])):
        action = next_of_run(state, run, looks.get(run.printer), now)
        if action is None or run.printer in acting:
            continue
        if isinstance(action, Act):
            acting.add(run.printer)
        yield action
