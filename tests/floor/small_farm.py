"""A farm that prints for real on virtual printers: two of one class, small parts, PLA."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farmctl.cli.main import main
from farmctl.farm import Farm
from farmctl.farm.acting.session import Session, session
from farmctl.ledger.state import State
from farmctl.testing.parts import box
from tests.reference import reference_files

ROOT = Path(__file__).parents[2]
WAIT_S = 60.0

FARM = """\
schema: farm/v1
id: 0fa3c71e
name: small
timezone: Europe/Berlin
automation: {{commit_plans: {commit_plans}, policy: default}}
slicers:
{slicers}
printers:
  - name: one
    class: generic-250@1.0.0
    driver: virtual
    speedup: {speedup}
    loaded: [{{material: PLA, color: white}}]
  - name: two
    class: generic-250@1.0.0
    driver: virtual
    speedup: {speedup}
    loaded: [{{material: PETG, color: black}}]
"""
ORDER = """\
schema: order/v1
id: {order}
created: 2026-11-21T10:00:00+01:00
source: manual
{more}items:
  - name: box
    model: {{path: models/box.stl, sha256: {sha256}}}
    quantity: {quantity}
    filaments: [{{material: PLA, color: {color}}}]
    quality: {quality}
    use: cosmetic
"""


def git(folder: Path, *argv: str) -> str:
    """Return what git says."""
    done = subprocess.run(
        ["git", "-C", str(folder), *argv], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def make_farm(folder: Path, *, speedup: int = 600, commit_plans: bool = False) -> Path:
    """Make the farm's files and commit them."""
    folder.mkdir(parents=True)
    reference = reference_files()
    for path, raw in reference.items():
        if path.startswith(("profiles/", "policies/")):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(raw)
    (folder / "models").mkdir()
    (folder / "models/box.stl").write_bytes(box())
    (folder / ".gitignore").write_text(".farmctl/\n")
    slicers = reference["farm.yaml"].decode().split("slicers:\n")[1].split("printers:")[0]
    text = FARM.format(
        commit_plans=str(commit_plans).lower(), slicers=slicers.rstrip(), speedup=speedup
    )
    (folder / "farm.yaml").write_text(text)
    git(folder.parent, "init", "-q", "-b", "main", str(folder))
    add_order(folder, "ord-1", quantity=3)
    return folder


def add_order(
    folder: Path,
    order: str,
    *,
    quantity: int = 1,
    color: str = "white",
    quality: str = "draft",
    more: str = "",
) -> None:
    """Order boxes, and commit everything."""
    sha256 = hashlib.sha256(box()).hexdigest()
    (folder / "orders").mkdir(exist_ok=True)
    text = ORDER.format(
        order=order, sha256=sha256, quantity=quantity, color=color, quality=quality, more=more
    )
    (folder / f"orders/{order}.yaml").write_text(text)
    commit_all(folder, f"order {order}")


def commit_all(folder: Path, message: str = "changed") -> None:
    """Commit everything that changed."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


def farm_at(folder: Path) -> Farm:
    """Return the farm in a folder."""
    return Farm(folder, folder / ".farmctl")


def state_of(folder: Path) -> State:
    """Return what the ledger says now."""
    return farm_at(folder).view().state


def turn_until(folder: Path, is_so: Callable[[State], bool]) -> State:
    """Turn the loop until something is so; then let go of the farm's controls."""

    async def turn() -> State:
        farm = farm_at(folder)
        async with session(farm, "run") as here:
            await _until(here, is_so)
            return here.recorder.state

    return asyncio.run(turn())


async def _until(here: Session, is_so: Callable[[State], bool]) -> None:
    deadline = here.farm.clock.monotonic() + WAIT_S
    while True:
        await here.loop.settle()
        if is_so(here.recorder.refresh()):
            return
        assert here.farm.clock.monotonic() < deadline, here.recorder.state.runs
        await here.loop.wait(0.5)


def phases(state: State) -> dict[str, str]:
    """Return run → phase."""
    return {run: record.phase.value for run, record in sorted(state.runs.items())}


@dataclass(frozen=True)
class Typed:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


def type_in(folder: Path, *words: str) -> Typed:
    """Type a command in this process, as its entry point gets it."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(["-C", str(folder), *words])
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Typed(code, out.getvalue(), err.getvalue())


@contextmanager
def loop_beside(folder: Path) -> Iterator[None]:
    """Keep a farm going beside a test, as `farmctl run` does."""
    begun, stop = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    async def turn() -> None:
        async with session(farm_at(folder), "run") as here:
            begun.set()
            while not stop.is_set():
                await here.loop.settle()
                await here.loop.wait(0.1)

    def run() -> None:
        try:
            asyncio.run(turn())
        except BaseException as error:  # noqa: BLE001 - shown by the test that it belongs to
            failed.append(error)
        finally:
            begun.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert begun.wait(WAIT_S)
        yield
    finally:
        stop.set()
        thread.join(WAIT_S)
    assert failed == []


def wait_until(folder: Path, is_so: Callable[[State], bool]) -> State:
    """Read the journal as it grows until something is so."""
    farm = farm_at(folder)
    view = farm.view()
    deadline = farm.clock.monotonic() + WAIT_S
    while not is_so(view.state):
        left_s = deadline - farm.clock.monotonic()
        assert left_s > 0, view.state.runs
        view.wait_for_change(farm.clock, left_s)
        view.refresh()
    return view.state


def facts_in(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the events of a type, `bed.cleared`, as the journal has them."""
    lines = [
        json.loads(line)
        for path in sorted((folder / ".farmctl/journal").glob("0*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    return [each for each in lines if each.get("type", "").startswith(f"dev.farmctl.{name}.v")]
