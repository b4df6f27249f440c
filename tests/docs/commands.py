"""Finds the `farmctl` commands that pages quote, and holds them to what the program has."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from farmctl.cli.commands import COMMANDS
from farmctl.cli.group import load
from farmctl.cli.main import app
from tests.docs.blocks import steps_of

INLINE = re.compile(r"`(farmctl [^`]+)`")
FENCED = re.compile(r"^ *```.*?^ *```\s*$", re.MULTILINE | re.DOTALL)
TURNS = re.compile(r"\s(?:&&|\|\|?|;|>>?|2>&1|&)(?:\s|$)")
OPTIONAL = re.compile(r"[\[\]|]")


def quoted(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the words after `farmctl` of each command that a page types or names."""
    typed = [step.command for step in steps_of(text)]
    named = INLINE.findall(FENCED.sub("", text))
    for line in (*typed, *(OPTIONAL.sub(" ", each) for each in named)):
        for part in TURNS.split(line):
            words = shlex.split(part, comments=True)
            while words and re.fullmatch(r"\w+=.*", words[0]):
                words = words[1:]
            if words and words[0] == "farmctl":
                yield tuple(words[1:])


def fault(words: tuple[str, ...]) -> str | None:
    """Return what is wrong with a command line, or None: unknown commands, options, too much."""
    command: Any = get_command(app)
    rows = {row.name: row for row in COMMANDS}
    known = _options(command)
    rest = list(words)
    plain: list[str] = []
    while rest:
        word = rest.pop(0)
        if word.startswith("-") and len(word) > 1:
            name, has_value, _ = word.partition("=")
            if name not in known:
                return f"{command.name} has no option {name}"
            if known[name] and not has_value:
                rest = rest[1:]
        elif command.name == "farmctl":
            if word not in rows:
                return f"there is no command {word}"
            command = load(rows[word])
            known = _options(command)
        elif getattr(command, "commands", None):
            if word not in command.commands:
                return f"{command.name} has no command {word}"
            command = command.commands[word]
            known = _options(command)
        else:
            plain.append(word)
    most = _most(command)
    return None if len(plain) <= most else f"{command.name} takes {most} words, not {len(plain)}"


def _options(command: Any) -> dict[str, bool]:
    """Return the options of a command, each with whether a value follows."""
    found = {"--help": False}
    for param in command.params:
        if param.param_type_name == "option":
            for name in (*param.opts, *param.secondary_opts):
                found[name] = not param.is_flag
    return found


def _most(command: Any) -> float:
    counts = [param.nargs for param in command.params if param.param_type_name == "argument"]
    return float("inf") if -1 in counts else sum(counts)
