"""The reference of the command line says what `--help` says, for every command."""

from __future__ import annotations

import re
from typing import Any

import pytest
from typer.testing import CliRunner

from farmctl.cli.commands import COMMANDS
from farmctl.cli.group import load
from farmctl.cli.main import app
from scripts.docs.cli import walk
from tests.docs.markdown_files import ROOT

pytestmark = pytest.mark.pure

EVERY = [path for row in COMMANDS for path, _ in walk((row.name,), load(row))]
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def section(path: tuple[str, ...]) -> str:
    page = (ROOT / "docs/cli.md").read_text()
    found = re.search(
        rf"^### farmctl {' '.join(path)}\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL
    )
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_a_command_has_its_section_with_what_help_says(path: tuple[str, ...]) -> None:
    said: Any = CliRunner().invoke(app, [*path, "--help"])
    assert said.exit_code == 0
    described = section(path)
    panel = said.stdout.partition("Options ─")[2]
    options = {each for line in panel.splitlines() for each in options_of(line)}
    rows = {each for row in described.splitlines() if row.startswith("| `-") for each in named(row)}
    assert options - {"--help"} == rows
    example = re.search(r"Example: (.+?)\s{2,}", said.stdout)
    assert example is None or example[1] in described


def options_of(line: str) -> list[str]:
    """Return the options that a line of a panel begins with."""
    head = re.match(r"│[* ]*((?:--?[a-z][a-z-]*[ ,/]*)+)", line)
    return OPTION.findall(head[1]) if head else []


def named(row: str) -> list[str]:
    return OPTION.findall(row.split("`")[1])
