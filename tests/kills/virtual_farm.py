"""A farm of virtual printers that print a flat part within a second."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from farmctl.farm.acting.session import driver_config
from farmctl.printers.virtual import memory_of
from farmctl.sim.faults import Fault, inject
from farmctl.sim.memory import Memory
from farmctl.testing.parts import box
from tests.floor.small_farm import commit_all, farm_at, make_farm, turn_until
from tests.kills.evidence import Start
from tests.kills.figures import Figures
from tests.kills.orders import commit_order
from tests.kills.play import Place, Play, Script

SPEEDUPS: Mapping[str, int] = {"fast-1": 3000, "fast-2": 3000, "slow-1": 1000, "slow-2": 300}
PLATE = box(130, 130, 0.3)  # a bed of 250 x 250 mm takes one
ON_THE_LINE = (Fault.LOST_REQUEST, Fault.LOST_REPLY, Fault.LATE_REQUEST, Fault.LOST_SENSE)

_PRINTER = """\
  - name: {name}
    class: generic-250@1.0.0
    driver: virtual
    speedup: {speedup}
    loaded: [{{material: PLA, color: white}}]
"""


@dataclass(frozen=True)
class VirtualMachine:
    """One printer, by its own memory."""

    name: str
    memory: Memory

    def starts(self) -> list[Start]:
        """Return its own log of starts."""
        return [
            Start(self.name, int(each.job_id, 16), each.at, each.file)
            for each in self.memory.physical_starts()
        ]

    def still_after(self) -> int | None:
        """Return the number of its jobs, or None while one is on it."""
        machine = self.memory.look()
        return None if machine.job is not None else machine.jobs

    def mend(self) -> None:
        """Nothing of it breaks."""


def make_sliced(folder: Path) -> Path:
    """Make a farm whose first plate is sliced: all others are copies of it."""
    make_farm(folder, commit_plans=True)
    text = (folder / "farm.yaml").read_text().partition("printers:\n")[0]
    printers = [_PRINTER.format(name=name, speedup=speed) for name, speed in SPEEDUPS.items()]
    (folder / "farm.yaml").write_text(f"{text}printers:\n{''.join(printers)}")
    (folder / "orders/ord-1.yaml").unlink()
    (folder / "models/box.stl").unlink()
    commit_all(folder, "no orders")
    commit_order(folder, PLATE, 1, 1)
    turn_until(folder, lambda state: any(each.sliced for each in state.plates.values()))
    return folder


def machines(folder: Path) -> dict[str, VirtualMachine]:
    """Return the farm's printers."""
    farm = farm_at(folder)
    desired = farm.desired()
    return {
        each.name: VirtualMachine(each.name, memory_of(driver_config(farm, desired, each)))
        for each in desired.farm.printers
    }


def play(sliced: Path, folder: Path, seed: int, kills: int) -> Figures:
    """Kill a copy's controller so often, and return what came of it."""
    farm = folder / "farm"
    shutil.copytree(sliced, farm)
    there = machines(farm)

    def stir(dice: Random) -> None:
        """Let the next request to a printer, its answer, or both get lost or be late."""
        inject(dice.choice(list(there.values())).memory, dice.choice(ON_THE_LINE))

    place = Place(farm, there, partial(commit_order, farm, PLATE), stir)
    return Play(place, Script(seed, kills), {"ord-1": 1}).run()
