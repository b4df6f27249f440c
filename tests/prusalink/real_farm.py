"""A farm with one real PrusaLink before a simulated MK3S, and small orders for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.recorded import PrinterRecord
from farmctl.printers.prusalink import probe
from farmctl.system.secrets import Secret
from farmctl.testing.farms import Ordered, order_files
from farmctl.testing.parts import box
from tests.floor.small_farm import commit_all, git, loop_beside, type_in, wait_until
from tests.klipper.real_farm import make_files
from tests.servers.prusalink import PrusaLinkStack

MK3 = PrinterName("mk3-1")
KEY = "MK3_KEY"
SMALL, LARGER = box(6, 6, 0.6), box(20, 20, 1)


def make_farm(
    folder: Path, stack: PrusaLinkStack, url: str | None = None, model: bytes = SMALL
) -> Path:
    """Make a farm with the one printer, pinned to its identity, and an order of one part.

    Args:
        folder: Where.
        stack: The printer, whose key is in the environment as `MK3_KEY`.
        url: Its address, if not its own: a proxy's.
        model: What is ordered; a small box.
    """
    printer = {
        "name": MK3,
        "class": "generic-250@1.0.0",
        "driver": "prusalink",
        "url": url or stack.url,
        "identity": asyncio.run(probe(stack.url, Secret(stack.key))).identity,
        "api_key": {"env": KEY},
        "loaded": [{"material": "PLA", "color": "white"}],
    }
    files = {**make_files([printer]), ".gitignore": b".farmctl/\n"}
    git(folder.parent, "init", "-q", "-b", "main", str(folder))
    for path, raw in {
        **files,
        **order_files("ord-1", [Ordered("box", model, quality="draft")]),
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(raw)
    commit_all(folder, "order ord-1")
    return folder


def clear(folder: Path, *words: str) -> None:
    """Say that the bed is empty, once the running controller has seen the printer idle.

    Nobody knows what was printed before: PrusaLink keeps no record.
    """
    wait_until(folder, is_seen("ready"))
    done = type_in(folder, "clear", MK3, *words)
    assert done.code == 0, done.err


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """Keep the farm going, with a bed that was said to be clear."""
    with loop_beside(folder):
        clear(folder)
        yield


def mk3(state: State) -> PrinterRecord:
    """Return what is known of the printer."""
    return state.printers[MK3]


def boot(state: State) -> str | None:
    """Return since when the printer was watched without a gap."""
    seen = mk3(state).seen
    return seen.boot if seen else None


def is_seen(word: str) -> Callable[[State], bool]:
    """Return a question to a state: whether the printer was seen so."""

    def asked(state: State) -> bool:
        record = state.printers.get(MK3)
        return record is not None and record.seen is not None and record.seen.state == word

    return asked
