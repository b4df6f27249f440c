"""The rooms of farmctl from top to bottom, as import-linter knows them, each with its sentence."""

from __future__ import annotations

import ast
import re
from configparser import ConfigParser
from pathlib import Path

from scripts.docs.markdown import code, table

ROOT = Path(__file__).parents[2]


def rooms() -> str:
    """Return the table of rooms."""
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    layers = contracts["importlinter:contract:rooms"]["layers"].split("\n")
    names = [name for layer in layers for name in re.findall(r"\w+", layer)]
    return table(("Room", "What happens in it"), [(code(name), _sentence(name)) for name in names])


def _sentence(name: str) -> str:
    """Return the first line of a room's docstring."""
    room = ROOT / "farmctl" / name
    source = room / "__init__.py" if room.is_dir() else room.with_suffix(".py")
    return (ast.get_docstring(ast.parse(source.read_text())) or "").splitlines()[0]
