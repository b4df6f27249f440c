"""A night on a small farm: virtual printers under a clock that is moved, and what is said of it."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.cli.views.explain import reasons_text
from farmctl.cli.views.status import status_items, status_lines
from farmctl.control.loading import load, read_spools
from farmctl.control.verdicts import clear_bed
from farmctl.farm import Farm
from farmctl.farm.acting.session import controls, driver_config, session
from farmctl.farm.acting.verbs import say
from farmctl.farm.asking.explaining import explain
from farmctl.farm.asking.glancing import see
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState
from farmctl.printers.virtual import memory_of
from farmctl.sim.device import Machine
from farmctl.sim.faults import Fault, inject
from farmctl.sim.memory import Memory
from farmctl.system.clock import FixedClock
from farmctl.testing.farms import Ordered, order_files, write_files
from farmctl.testing.parts import box
from tests.floor.small_farm import make_farm

OURS = {
    "sha256:[0-9a-f]{7}": "sha256:DIGEST",
    "main [0-9a-f]{7} ": "main COMMIT ",
    "farmctl-[0-9a-f]{8}-": "farmctl-LEDGER-",
}
"""What differs from farm to farm."""
ONE, TWO = PrinterName("one"), PrinterName("two")
EVENING = datetime(2025, 11, 25, 0, 30, tzinfo=UTC)  # Tue 01:30 in Berlin


class StillClock(FixedClock):
    """A clock that only the test moves: who sleeps by it sleeps until it is told to stop."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


@dataclass
class Night:
    """A farm of two printers, `one` and `two`, at a moment that only the test moves."""

    folder: Path
    clock: StillClock

    @property
    def farm(self) -> Farm:
        return Farm(self.folder, self.folder / ".farmctl", self.clock)

    @property
    def state(self) -> State:
        return self.farm.view().state

    def turn(self) -> None:
        """Let the loop do all that it can do now."""

        async def settle() -> None:
            async with session(self.farm, "run") as here:
                await here.loop.settle()

        asyncio.run(settle())

    def watch(self, *, times: int = 3) -> None:
        """Let the loop turn for some seconds: a call, then a look, then what follows from it."""
        for _ in range(times):
            self.turn()
            self.pass_by(seconds=2)

    def pass_by(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Let time go by while nobody looks."""
        self.clock.move(minutes * 60 + seconds)

    def strike(self, *faults: Fault, printer: PrinterName = ONE) -> None:
        """Let something happen at a machine."""
        for fault in faults:
            inject(self.memory(printer), fault)

    def memory(self, printer: PrinterName = ONE) -> Memory:
        farm, state = self.farm, self.state
        desired = farm.desired("HEAD", state)
        entry = next(each for each in desired.farm.printers if each.name == printer)
        return memory_of(driver_config(farm, desired, entry))

    def forget_all(self) -> None:
        """The machine loses its job and its history, and does not say that it was restarted."""

        def blank(machine: Machine, _now: datetime) -> tuple[Machine, None]:
            return replace(machine, state=DeviceState.READY, job=None, history=()), None

        self.memory().change(blank)

    def status(self) -> list[str]:
        """What `status` shows while a loop runs."""
        with controls(self.farm):
            return status_lines(see(self.farm))

    def items(self) -> list[dict[str, object]]:
        """The same for programs."""
        with controls(self.farm):
            return status_items(see(self.farm))

    def explain(self, subject: str) -> list[str]:
        return explain(self.farm, subject)

    def shown(self, *subjects: str) -> str:
        """Status and explanations, as they are typed one after the other."""
        typed = ["$ farmctl status", *self.status()]
        for each in subjects:
            typed += ["", f"$ farmctl explain {each}", reasons_text(self.explain(each))]
        return "\n".join(typed)


def make_night(folder: Path) -> None:
    """Two orders on two clear printers of one class and filament; nothing is started yet."""
    make_farm(folder, speedup=1)
    text = (folder / "farm.yaml").read_text()
    for name in (ONE, TWO):
        text = text.replace(f"name: {name}\n", f'name: {name}\n    identity: "virtual:{name}"\n')
    block = box(60, 40, 25)
    files = {
        **order_files("ord-1", [Ordered("bracket", block, 2, quality="draft")]),
        **order_files("ord-2", [Ordered("foot", block)]),
        "farm.yaml": text.encode(),
    }
    write_files(folder, files, EVENING)
    night = Night(folder, StillClock(EVENING))
    night.turn()
    say(night.farm, lambda state: load(state, TWO, read_spools(["PLA/white"])))


def clear(night: Night, *printers: PrinterName) -> None:
    """A person says that these beds are empty."""
    for name in printers:
        say(night.farm, lambda state, name=name: clear_bed(state, name, None), [name])


def begin(night: Night) -> None:
    """Clear both beds and let the loop start what waits."""
    clear(night, ONE, TWO)
    night.watch(times=4)


_MADE: list[Path] = []


@pytest.fixture
def night(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Night:
    """The evening of that night: two orders are sliced, and no bed is known to be clear."""
    if not _MADE:
        folder = tmp_path_factory.mktemp("night") / "farm"
        make_night(folder)
        _MADE.append(folder)
    return Night(Path(shutil.copytree(_MADE[0], tmp_path / "farm")), StillClock(EVENING))
