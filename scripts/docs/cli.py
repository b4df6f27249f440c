"""`docs/cli.md`: every command with its arguments and options, as the program declares them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias

from typer.main import get_command

from farmctl.cli.commands import COMMANDS
from farmctl.cli.group import load
from farmctl.cli.main import app
from farmctl.errors import Exit
from scripts.docs.markdown import NOTICE, code, table

Command: TypeAlias = Any  # Typer's own click is not typed for others
Param: TypeAlias = Any

VALUES = {int: "N", float: "N", Path: "PATH"}

EXITS = {
    Exit.DONE: "done, or nothing to do",
    Exit.FAILED: "a known failure",
    Exit.USAGE: "the command line itself is off",
    Exit.INVALID: "documents are off, or the ledger is damaged",
    Exit.REFUSED: "refused by policy, a safety gate or a moved state; or it waits for a person",
    Exit.DEVICE: "a printer or a slicer failed",
    Exit.CHANGES: "`plan --exit-code`, `status --exit-code`: there is something",
    Exit.BUG: "a bug, with a report file",
    Exit.INTERRUPTED: "interrupted",
}

INTRODUCTION = """# Command line

Data goes to stdout, messages and progress to stderr.
Everything can be read without colour and in a pipe; `NO_COLOR` is heeded.
An error says what is wrong, where, and how to mend it.
"""


def cli_page() -> str:
    """Return the page."""
    root = get_command(app)
    parts = [f"{NOTICE}{INTRODUCTION}", "## farmctl\n\n" + _options(root), _exits()]
    for group, rows in groupby(COMMANDS, key=lambda row: row.group):
        parts.append(f"## {group}\n")
        for row in rows:
            parts += [_section(path, command) for path, command in walk((row.name,), load(row))]
    return "\n".join(parts)


def walk(path: tuple[str, ...], command: Command) -> Iterator[tuple[tuple[str, ...], Command]]:
    """Yield a command and those below it, each with the words that name it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from walk((*path, name), below)


def _exits() -> str:
    rows = [(str(int(exit_code)), EXITS[exit_code]) for exit_code in Exit]
    return "## Exit codes\n\n" + table(("Code", "When"), rows)


def _section(path: tuple[str, ...], command: Command) -> str:
    name = " ".join(("farmctl", *path))
    parts = [f"### {name}\n", _plain(command.help or "") + "\n"]
    if not getattr(command, "commands", None):
        parts.append(f"```text\n{_usage(name, command)}\n```\n")
        parts += [made for made in (_options(command),) if made]
    example = (command.epilog or "").removeprefix("Example: ")
    if example:
        parts.append(f"Example: {code(example)}\n")
    return "\n".join(parts)


def _plain(said: str) -> str:
    """Return text for a terminal on one line, without its example and its escaped brackets."""
    said, _, _ = said.partition("Example: ")
    return re.sub(r"\s+", " ", said).replace("\\[", "[").strip()


def _usage(name: str, command: Command) -> str:
    arguments = [_argument(each) for each in command.params if _is_argument(each)]
    options = [each for each in command.params if not _is_argument(each) and each.name != "help"]
    return " ".join([name, *arguments, *(["[OPTIONS]"] if options else [])])


def _is_argument(param: Param) -> bool:
    return bool(param.param_type_name == "argument")


def _argument(param: Param) -> str:
    """Return `[MODEL…]`: in brackets what may be left out, with dots what may be said often."""
    shown = _plain(param.metavar or param.name.upper())
    if param.nargs == -1 and "…" not in shown:
        shown += "…"
    return shown if param.required or shown.startswith("[") else f"[{shown}]"


def _options(command: Command) -> str:
    rows = [_row(param) for param in command.params if not param.hidden and param.name != "help"]
    return table(("What", "Meaning", "Otherwise"), rows) if rows else ""


def _row(param: Param) -> tuple[str, str, str]:
    said = _plain(param.help or "")
    if _is_argument(param):
        return code(_argument(param)), said, ""
    names = ", ".join((*param.opts, *param.secondary_opts))
    if param.envvar:
        said += f" Also {code(param.envvar)} in the environment."
    return code(f"{names} {_value(param)}".rstrip()), said, _default(param)


def _value(param: Param) -> str:
    """Return what follows an option: nothing, one of its words, or what kind of thing."""
    kind = param.type_descriptor.annotation
    if param.is_flag:
        return ""
    if param.metavar:
        return _plain(param.metavar)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(each.value for each in kind)
    return VALUES.get(kind, "TEXT")


def _default(param: Param) -> str:
    value = param.default
    if param.required:
        return "**required**"
    if value is None or isinstance(value, bool) or str(value) == ".":
        return ""
    return code(value.value if isinstance(value, Enum) else str(value))
