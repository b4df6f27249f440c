"""A process of its own that appends, and prints what was acknowledged: one line for each event."""

from __future__ import annotations

import sys
from pathlib import Path

from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.ledger import open_ledger
from farmctl.ledger.locks import take_control
from farmctl.system.clock import SystemClock
from farmctl.system.disk import RealDisk
from tests.ledger.tally import ADA, GARAGE, TALLY, note


def main(root: str, name: str, count: str) -> None:
    folder = LedgerFolder(RealDisk(), Path(root), segment_b=20_000)
    ledger = open_ledger(folder, TALLY, SystemClock(), GARAGE)
    if name == "controller":
        control = take_control(folder)
        say("in control")
    for number in range(1, int(count) + 1):
        events = ledger.append_from(
            lambda state, number=number: [note(f"{name}-{number}", number=len(state) + 1)],
            ADA,
            intent=number % 3 == 0,
        )
        say(f"{events[0].seq} {events[0].data['text']}")
    if name == "controller":
        sys.stdin.read()
        control.release()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
