"""`--help` of every command: it reads as it was written, in 100 columns, and has an example."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from farmctl.cli.commands import COMMANDS
from farmctl.cli.group import load
from tests.floor.small_farm import type_in

pytestmark = pytest.mark.pure

WIDTH = 100
HELP = Path(__file__).parent / "golden/help"


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that name it: `order`, `order add`, `plan`, …"""
    for row in COMMANDS:
        command = load(row)
        yield (row.name,), command
        for name, each in sorted(getattr(command, "commands", {}).items()):
            yield (row.name, name), each


ALL = list(commands())
NAMES = [" ".join(words) for words, _ in ALL]


def test_every_row_of_the_table_is_a_command() -> None:
    names = [row.name for row in COMMANDS]
    assert sorted(set(names)) == sorted(names)
    assert [load(row).name for row in COMMANDS] == names


def test_the_help_of_farmctl(golden: Callable[..., None], tmp_path: Path) -> None:
    done = type_in(tmp_path, "--help")
    assert done.code == 0
    golden("help/farmctl.txt", done.out)


@pytest.mark.parametrize("words", [words for words, _ in ALL], ids=NAMES)
def test_the_help_of_every_command(
    golden: Callable[..., None], tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = type_in(tmp_path, *words, "--help")
    assert done.code == 0
    assert "\x1b" not in done.out
    assert max(map(len, done.out.splitlines())) <= WIDTH
    golden(f"help/{'-'.join(words)}.txt", done.out)


@pytest.mark.parametrize(("words", "command"), ALL, ids=NAMES)
def test_every_help_has_an_example_of_the_command(words: tuple[str, ...], command: Any) -> None:
    intro, _, example = (command.epilog or "").partition("farmctl ")
    assert intro == "Example: "
    assert shlex.split(example)[: len(words)] == list(words)


@pytest.mark.parametrize("command", [command for _, command in ALL], ids=NAMES)
def test_every_option_is_explained(command: Any) -> None:
    unexplained = [each.name for each in command.params if not each.help]
    assert unexplained == []


def test_brackets_in_a_help_text_are_kept(tmp_path: Path) -> None:
    assert (
        "PETG/black, or PETG [what is loaded]." in type_in(tmp_path, "order", "add", "--help").out
    )


def test_golden_help_is_of_commands_that_exist() -> None:
    kept = {path.stem for path in HELP.iterdir()}
    assert kept == {"farmctl", *(name.replace(" ", "-") for name in NAMES)}


def test_the_package_is_the_program_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "farmctl", "--help"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Run 3D printers from git" in done.stdout) == (0, True), done.stderr


FOR_MANY_SLICES = ("joblib", "dask", "distributed", "tornado", "numba", "numpy", "scipy")


@pytest.mark.parametrize("words", [["--help"], ["ci", "--help"], ["golden", "--help"]])
def test_help_imports_nothing_that_slices_or_counts(words: list[str]) -> None:
    code = (
        "import sys\nfrom farmctl.cli.main import app\n"
        f"try: app({words!r})\nexcept SystemExit: pass\n"
        f"sys.stderr.write(' '.join(m for m in {FOR_MANY_SLICES!r} if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_run_on_this_machine_imports_no_dask() -> None:
    code = (
        "import sys\nimport farmctl.farm.golden.checking, farmctl.farm.golden.reporting\n"
        "print(*[m for m in ('dask', 'distributed', 'tornado') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
