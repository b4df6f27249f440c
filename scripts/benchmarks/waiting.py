"""How soon a start is decided after a printer got free: a real controller, a farm of any size."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks.farms import commit, empty_farm
from benchmarks.measure import BenchError, environment
from benchmarks.served import Address, served
from benchmarks.workshop import Workshop
from farmctl.farm import Farm
from farmctl.farm.asking.history import history
from farmctl.farmrepo.emit import emit
from farmctl.testing.farms import Ordered, order_files
from farmctl.testing.parts import box

_PLATES = 4  # one part each: a bed has room for one
_SPEEDUP = 300
_PART_MM = (130, 130, 0.6)
_PATIENCE_S = 90
_HISTORY = "/server/history/list?start=0&limit=50&order=asc"


def decided_after_s(shop: Workshop, printers: int) -> Sequence[float]:
    """Return how long one printer stood free before each start but the first, in seconds.

    All the others have another filament, so each print waits for the one before. Both ends are
    dated: the print's by the printer's own history, the decision by the journal.
    """
    with served(shop, printers, _SPEEDUP) as there:
        folder = _farm(shop, there)
        shop.farmctl(folder, "clear", there[0].name)()
        _run(shop, folder)
        ended = _ended(there[0])
    starts = _decided(folder)
    if len(starts) < _PLATES or len(ended) < _PLATES:
        raise BenchError(f"{len(ended)} of {_PLATES} prints came to their end in {_PATIENCE_S} s")
    return [
        (start - end).total_seconds() for end, start in zip(ended[:-1], starts[1:], strict=True)
    ]


def _farm(shop: Workshop, there: Sequence[Address]) -> Path:
    folder = empty_farm(shop, "crowd")
    path = folder / "farm.yaml"
    before, _, _ = path.read_text().partition("printers:")
    entries = [_entry(each, "black" if each is there[0] else "white") for each in there]
    smaller = {"what": "bed", "reason": "a simulated printer has the bed of an MK3"}
    path.write_text(before + emit({"printers": entries, "drift": {"ignore": [smaller]}}))
    part = Ordered("plate", box(*_PART_MM), quantity=_PLATES, color="black")
    commit(folder, order_files("ord-1", [part]))
    return folder


def _entry(at: Address, color: str) -> dict[str, object]:
    return {
        "name": at.name,
        "class": "generic-250@1.0.0",
        "driver": "moonraker",
        "url": at.url,
        "identity": at.identity,
        "bed": {"clears": "ejector"},
        "loaded": [{"material": "PLA", "color": color}],
    }


def _run(shop: Workshop, folder: Path) -> None:
    """Keep the farm going on one core until all is made."""
    command = shop.farmctl(folder, "run", "--until-idle", "--timeout", str(_PATIENCE_S))
    subprocess.run(
        command.argv,
        cwd=folder,
        env=environment(),
        check=False,  # other printers may need somebody
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
    )


def _ended(at: Address) -> list[datetime]:
    jobs = httpx.get(at.url + _HISTORY, trust_env=False).json()["result"]["jobs"]
    return sorted(
        datetime.fromtimestamp(each["end_time"], UTC) for each in jobs if each["end_time"]
    )


def _decided(folder: Path) -> list[datetime]:
    told = history(Farm(folder, folder / ".farmctl"))
    return [each.time for each in told if each.type.endswith(".run.queued.v1")]
