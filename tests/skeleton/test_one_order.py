"""One order through every room, from a commit to a finished print: virtual and real."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from farmctl.farm import Farm
from farmctl.farm.acting.running import Idle, until_idle
from farmctl.farm.acting.session import Session, session
from farmctl.farmrepo.identity import Signature
from farmctl.farmrepo.init import NewFarm, init
from farmctl.farmrepo.repository import open_repository
from farmctl.model.events.printers import BedCleared
from farmctl.model.ids import PrinterName
from farmctl.model.states import OrderPhase
from farmctl.testing.farms import ADA, Ordered, order_files, virtual_printer, write_files
from tests.klipper.real_farm import BOX, klipper_printer, make_files
from tests.servers.fixtures import klipper, klipper_stack
from tests.servers.klipper import KlipperStack

__all__ = ["klipper", "klipper_stack"]

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TIMEOUT_S = 240.0


def make_farm(folder: Path, printers: list[dict[str, Any]]) -> Farm:
    """A farm with the reference profiles, these printers, and an order of two small boxes."""
    folder.mkdir()
    _git_init(folder)
    files = make_files(printers)
    with open_repository(folder) as repository:
        init(repository, NewFarm("0fa3c71e", "skeleton", sample=files), Signature(ADA, NOW))
    write_files(folder, order_files("ord-1", [Ordered("box", BOX, quantity=2)]), NOW)
    return Farm(folder, folder / ".farmctl")


def _git_init(folder: Path) -> None:
    import git

    git.Repo.init(folder, initial_branch="main").close()


def print_it(farm: Farm) -> Session:
    """Clear every bed once, and turn the loop until nothing goes on by itself."""

    async def go() -> tuple[Session, Idle]:
        async with session(farm, "run") as here:
            await here.loop.settle()
            for name, record in sorted(here.recorder.state.printers.items()):
                head = record.seen.history_head if record.seen else None
                here.recorder.append(BedCleared(PrinterName(name), "person", head))
            idle = await asyncio.wait_for(until_idle(here, lambda _: None), TIMEOUT_S)
            return here, idle

    here, _ = asyncio.run(go())
    return here


def told(farm: Farm) -> list[str]:
    """The types of all events in the journal."""
    folder = farm.ledger_folder.journal
    lines = [
        line
        for name in farm.disk.list(folder)
        for line in farm.disk.read(folder / name).splitlines()[1:]
    ]
    return [json.loads(line)["type"].removeprefix("dev.farmctl.") for line in lines]


@pytest.mark.slicer
def test_an_order_is_printed_on_a_virtual_printer(tmp_path: Path) -> None:
    farm = make_farm(tmp_path / "farm", [virtual_printer("sim-1")])
    here = print_it(farm)
    line = here.recorder.state.closed_order("ord-1")
    assert line is not None
    assert line.phase is OrderPhase.FULFILLED
    assert [(each.name, each.quantity, each.good) for each in line.made] == [("box", 2, 2)]
    starts = farm.disk.read(farm.state_folder / "virtual" / "sim-1.starts").splitlines()
    assert len(starts) == 1
    events = told(farm)
    for before, after in (
        ("order.accepted.v1", "model.checked.v1"),
        ("model.checked.v1", "plan.written.v1"),
        ("plan.written.v1", "plate.composed.v1"),
        ("plate.composed.v1", "plate.sliced.v1"),
        ("policy.decided.v1", "run.queued.v1"),
        ("run.queued.v1", "run.upload_intended.v1"),
        ("run.upload_accepted.v1", "run.start_intended.v1"),
        ("run.start_intended.v1", "run.start_accepted.v1"),
        ("run.started.v1", "run.completed.v1"),
        ("run.completed.v1", "item.judged.v1"),
        ("item.judged.v1", "order.fulfilled.v1"),
    ):
        assert events.index(before) < events.index(after), (before, after)
    assert (farm.folder / "plans/ord-1/box.yaml").is_file()


@pytest.mark.server
@pytest.mark.slicer
def test_an_order_is_printed_on_a_real_klipper(tmp_path: Path, klipper: KlipperStack) -> None:
    farm = make_farm(tmp_path / "farm", [klipper_printer(klipper.url)])
    here = print_it(farm)
    state = here.recorder.state
    run = state.runs[state.printers[PrinterName("voron-1")].bed_run]  # type: ignore[index]
    assert run.phase.value == "completed", run.evidence
    history = klipper.history()
    assert [(each["filename"], each["status"]) for each in history] == [(run.file, "completed")]
    assert state.items["ord-1/box"].good == 2  # type: ignore[index]
    assert [each.kind for each in state.attentions.values()] == ["check-parts"]
