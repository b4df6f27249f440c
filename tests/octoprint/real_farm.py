"""A farm with one real printer: behind an OctoPrint, and small orders for it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.recorded import PrinterRecord, RunRecord
from farmctl.printers.octoprint import probe
from farmctl.system.secrets import Secret
from farmctl.testing.farms import Ordered, order_files
from farmctl.testing.parts import box
from tests.floor.small_farm import commit_all, git, type_in
from tests.klipper.real_farm import make_files
from tests.servers.octoprint import KEY, OctoPrintServer
from tests.servers.proxy import Proxy

ENDER = PrinterName("ender-1")
PART = box(12, 12, 0.6)
KEY_FILE = "octoprint.key"
START = "/api/files/local/farmctl-"
"""Where starts are sent to; questions are asked there too."""


def make_farm(folder: Path, server: OctoPrintServer, url: str | None = None) -> Path:
    """Make a farm with the one printer, pinned to its identity, and an order of one part.

    Args:
        folder: Where.
        server: The printer.
        url: Its address, if not its own: a proxy's.
    """
    printer = {
        "name": ENDER,
        "class": "generic-250@1.0.0",
        "driver": "octoprint",
        "url": url or server.url,
        "identity": asyncio.run(probe(server.url, Secret(KEY))).identity,
        "api_key": {"file": KEY_FILE},
        "loaded": [{"material": "PLA", "color": "white"}],
    }
    files = {**make_files([printer]), ".gitignore": f".farmctl/\n{KEY_FILE}\n".encode()}
    files.update(order_files("ord-1", [Ordered("box", PART, quality="draft")]))
    git(folder.parent, "init", "-q", "-b", "main", str(folder))
    for path, raw in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(raw)
    (folder / KEY_FILE).write_text(KEY)
    (folder / KEY_FILE).chmod(0o600)
    commit_all(folder, "order ord-1")
    return folder


def clear(folder: Path, *words: str) -> None:
    """Say that the bed is empty."""
    done = type_in(folder, "clear", ENDER, *words)
    assert done.code == 0, done.err


def starts_sent(proxy: Proxy) -> int:
    """Return how often a start came by."""
    return sum(call.method == "POST" and call.path.startswith(START) for call in proxy.calls)


def run_1(state: State) -> RunRecord:
    """Return the farm's first print."""
    return state.runs["run-1"]


def ender(state: State) -> PrinterRecord:
    """Return what is known of the printer."""
    return state.printers[ENDER]


def is_phase(run: str, *phases: str) -> Any:
    """Return a question to a state: whether a print is in one of these phases."""

    def asked(state: State) -> bool:
        found = state.runs.get(run)
        return found is not None and found.phase.value in phases

    return asked
