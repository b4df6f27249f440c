"""Data on stdout, messages on stderr; tables for people, JSON and YAML for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

WIDTH = 100


class Form(StrEnum):
    """How data is shown."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    YAML = "yaml"
    NAME = "name"


class LogFormat(StrEnum):
    """How a command tells on stderr what happens while it waits."""

    TEXT = "text"
    JSON = "json"


FormOption = Annotated[Form, typer.Option("-o", "--output", help="How to show it.")]


def say(text: str) -> None:
    """Print a message for a person, on stderr."""
    sys.stderr.write(f"{text}\n")


def show(text: str) -> None:
    """Print data, on stdout."""
    sys.stdout.write(f"{text}\n")


def show_document(schema: str, body: Mapping[str, Any], form: Form) -> None:
    """Print one JSON or YAML document that names its schema: `farmctl.runs/v1`."""
    whole = {"schema": schema, **body}
    if form is Form.YAML:
        from farmctl.farmrepo.emit import emit

        sys.stdout.write(emit(whole))
    else:
        show(json.dumps(whole, ensure_ascii=False, indent=2, default=str))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, wide: bool = False) -> str:
    """Return a table of plain text that fits 100 columns; the last column gives way first."""
    if not rows:
        return ""
    cells = [[*headings], *([str(each) for each in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(headings))]
    room = WIDTH - sum(widths[:-1]) - 2 * (len(widths) - 1)
    last = max(len(headings[-1]), room)
    lines = []
    for row in cells:
        end = row[-1] if wide or len(row[-1]) <= last else row[-1][: last - 1] + "…"
        padded = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        lines.append("  ".join([*padded, end]).rstrip())
    return "\n".join(lines)


def is_terminal() -> bool:
    """Return whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()
