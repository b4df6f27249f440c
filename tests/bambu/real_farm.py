"""A farm with one Bambu of real servers, and a small order for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.recorded import PrinterRecord, RunRecord
from farmctl.printers.bambu.commands import task_of
from farmctl.testing.farms import Ordered, order_files
from farmctl.testing.parts import PARTS
from tests.floor.small_farm import commit_all, git, type_in
from tests.klipper.real_farm import is_phase, make_files
from tests.servers.authority import Authority
from tests.servers.bambu import CODE, BambuStack

BAMBU = PrinterName("bambu-1")
KEY = "BAMBU1_CODE"

__all__ = ["BAMBU", "is_phase"]


def make_farm(
    folder: Path, stack: BambuStack, maker: Authority, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Make a farm with the one printer, pinned to serial number and maker, and an order."""
    monkeypatch.setenv(KEY, CODE)
    entry: dict[str, Any] = {
        "name": BAMBU,
        "class": "generic-250@1.0.0",
        "driver": "bambu",
        "url": stack.url,
        "identity": stack.serial,
        "certificate": maker.pem,
        "api_key": {"env": KEY},
        "loaded": [{"material": "PLA", "color": "white"}],
    }
    git(folder.parent, "init", "-q", "-b", "main", str(folder))
    for path, raw in {**make_files([entry]), ".gitignore": b".farmctl/\n"}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(raw)
    order(folder, "ord-1")
    return folder


def order(folder: Path, name: str) -> None:
    """Order one small box."""
    box = PARTS["box"]()
    for path, raw in order_files(name, [Ordered("box", box, quality="draft")]).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(raw)
    commit_all(folder, f"order {name}")


def clear(folder: Path, *words: str) -> None:
    """Say that the bed is empty."""
    done = type_in(folder, "clear", BAMBU, *words)
    assert done.code == 0, done.err


def run_1(state: State) -> RunRecord:
    """Return the farm's first print."""
    return state.runs["run-1"]


def bambu_in(state: State) -> PrinterRecord:
    """Return what is known of the printer."""
    return state.printers[BAMBU]


def starts_of(stack: BambuStack) -> list[dict[str, Any]]:
    """Return the commands to print that the machine was given."""
    said = (each.get("print", {}) for each in stack.requests)
    return [each for each in said if each.get("command") == "project_file"]


def task_in(state: State, run: str) -> str:
    """Return the task id of a run's file."""
    file = state.runs[run].file
    assert file is not None
    return task_of(file)
