"""What was measured of each promise, from `guarantees.json`."""

from __future__ import annotations

from pathlib import Path

from scripts.docs.markdown import code, table
from scripts.guarantees.document import Guarantees, decode

FILE = Path(__file__).parents[2] / "guarantees.json"


def guarantees_table() -> str:
    """Return the table of the file, with the commit that it speaks of."""
    return _of(decode(FILE.read_bytes()))


def _of(document: Guarantees) -> str:
    rows = [
        (each.id, each.promise, f"{each.cases:,}", f"{each.violations:,}", _typed(each.command))
        for each in document.items
    ]
    stand_ins = [each.kind for each in document.drivers if each.driven_by.startswith("a stand-in")]
    said = f"Measured on {document.date} at {code(document.commit[:12])}."
    if stand_ins:
        said += f" Simulated, with drivers that stand in for farmctl's: {', '.join(stand_ins)}."
    return f"{table(('', 'Promise', 'Cases', 'Broken', 'Try it'), rows)}\n{said}\n"


def _typed(commands: str) -> str:
    return "<br>".join(code(each) for each in commands.split("; "))
