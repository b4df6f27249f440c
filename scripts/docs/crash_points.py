"""The page of crash points: all that farmctl does to the world, and what if it dies there."""

from __future__ import annotations

from farmctl.model.deeds import DEEDS
from farmctl.soak.crash.gate import modes_of
from scripts.docs.markdown import NOTICE, code, table

INTRODUCTION = """# Crash points

Everything that farmctl does to a printer, a disk or git while it acts.
A controller can die just before each of these, or just after: what becomes of it then?
The list is closed: what is not listed and done fails a test, and what is listed and never done.

The matrix plays one whole story, and strikes it each time that a deed comes up, in every way.
It is an order of two prints: one is paused, resumed, aborted and made again.
A start gets lost and is fenced; a print ends while nobody listens; nights pass.
Afterwards nothing was started twice, and the order is fulfilled with no print too many.
Every intent has one answer, and no file of ours is left on the printer.

```bash
python -m tests.soak.crash_matrix             # all of it, on every kind of machine
python -m tests.soak.crash_matrix moonraker   # one kind
```

What is done to git for the ledger is struck command by command, in real repositories.
"""


def crash_points_page() -> str:
    """Return the page."""
    rows = [
        (code(each.name), each.meaning, ", ".join(modes_of(each)), each.crash)
        for each in DEEDS.values()
    ]
    made = table(("Deed", "What is done", "Struck by", "And then"), rows)
    return f"{NOTICE}{INTRODUCTION}\n{made}"
