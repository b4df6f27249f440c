"""A farm with one real printer: Klipper behind a Moonraker, and small orders for it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from farmctl.farmrepo.emit import emit
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.recorded import PrinterRecord, RunRecord
from farmctl.printers.moonraker import probe
from farmctl.testing.farms import Ordered, order_files
from farmctl.testing.parts import PARTS
from tests.floor.small_farm import commit_all, git, type_in
from tests.reference import reference_files
from tests.servers.klipper import KlipperStack

BOX = PARTS["box"]()
VORON = PrinterName("voron-1")
_CLASS = "profiles/classes/generic-250"


def klipper_printer(url: str, identity: str | None = None, **more: Any) -> dict[str, Any]:
    """Return the entry of a Klipper printer in `farm.yaml`, with more keys."""
    return {
        **more,
        "name": VORON,
        "class": "generic-250@1.0.0",
        "driver": "moonraker",
        "url": url,
        **({"identity": identity} if identity else {}),
        "loaded": [{"material": "PLA", "color": "white"}],
    }


def make_files(printers: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """Return a farm with the reference profiles, for a bed of 250 x 210 mm, and these printers."""
    sample = reference_files()
    reference = YAML(typ="safe").load(sample["farm.yaml"])
    document = {
        "schema": "farm/v1",
        "id": "0fa3c71e",
        "name": "skeleton",
        "timezone": "UTC",
        "automation": {"commit_plans": True, "policy": "default"},
        "slicers": reference["slicers"],
        "printers": list(printers),
    }
    kept = {path: raw for path, raw in sample.items() if path.startswith(("profiles", "policies"))}
    return for_a_smaller_bed({**kept, "farm.yaml": emit(document).encode()})


def for_a_smaller_bed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The reference class with the test machine's bed: 250 x 210 x 200 mm."""
    ini = files[f"{_CLASS}/1.0.0.ini"]
    smaller = ini.replace(b"0x250", b"0x210").replace(b"250x250", b"250x210")
    smaller = smaller.replace(b"Y240", b"Y200").replace(
        b"max_print_height = 250", b"max_print_height = 200"
    )
    old, new = (hashlib.sha256(each).hexdigest().encode() for each in (ini, smaller))
    text = files[f"{_CLASS}/class.yaml"].replace(old, new)
    text = text.replace(b"bed_mm: [250, 250]", b"bed_mm: [250, 210]")
    text = text.replace(b"height_mm: 250", b"height_mm: 200")
    return {**files, f"{_CLASS}/1.0.0.ini": smaller, f"{_CLASS}/class.yaml": text}


def make_farm(
    folder: Path,
    klipper: KlipperStack,
    url: str | None = None,
    model: bytes = BOX,
    quantity: int = 1,
    **more: Any,
) -> Path:
    """Make a farm with the one printer, pinned to its identity, and an order of equal parts.

    Args:
        folder: Where.
        klipper: The printer.
        url: Its address, if not its own: a proxy's.
        model: What is ordered; a small box.
        quantity: How many.
        more: What else `farm.yaml` says of the printer.
    """
    identity = asyncio.run(probe(klipper.url)).identity
    files = make_files([klipper_printer(url or klipper.url, identity, **more)])
    git(folder.parent, "init", "-q", "-b", "main", str(folder))
    for path, raw in {**files, ".gitignore": b".farmctl/\n"}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(raw)
    ordered = Ordered("box", model, quantity, quality="draft")
    for path, raw in order_files("ord-1", [ordered]).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(raw)
    commit_all(folder, "order ord-1")
    return folder


def clear(folder: Path, *words: str) -> None:
    """Say that the bed is empty."""
    done = type_in(folder, "clear", VORON, *words)
    assert done.code == 0, done.err


def run_1(state: State) -> RunRecord:
    """Return the farm's first print."""
    return state.runs["run-1"]


def voron(state: State) -> PrinterRecord:
    """Return what is known of the printer."""
    return state.printers[VORON]


def is_phase(run: str, phase: str) -> Any:
    """Return a question to a state: whether a print is in a phase."""

    def asked(state: State) -> bool:
        found = state.runs.get(run)
        return found is not None and found.phase.value == phase

    return asked
