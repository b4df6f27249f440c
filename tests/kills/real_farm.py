"""A farm of one real Klipper behind a real Moonraker, which prints small parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs

from farmctl.testing.parts import box
from tests.floor.small_farm import turn_until
from tests.kills.evidence import Start
from tests.kills.figures import Figures
from tests.kills.orders import commit_order
from tests.kills.play import Place, Play, Script
from tests.klipper.real_farm import VORON, make_farm
from tests.servers.klipper import KlipperStack
from tests.servers.proxy import Fault, Proxy
from tests.servers.weather import Storm

PART = box(6, 6, 0.6)
START = "/printer/print/start"
SCRIPT = partial(Script, life_s=9.0, near_start=0.5, look_every_s=0.2, within_s=240.0, most_parts=1)
_ONE_FAULT = (Fault.LOSE_REPLY, Fault.LOSE_REQUEST, Fault.BAD_GATEWAY, Fault.TWICE)


@dataclass(frozen=True)
class KlipperMachine:
    """One printer, by Moonraker's history and Klipper's own log."""

    stack: KlipperStack

    def starts(self) -> list[Start]:
        """Return every job of the history, oldest first."""
        jobs = reversed(self.stack.history())
        return [
            Start(VORON, number, datetime.fromtimestamp(each["start_time"], UTC), each["filename"])
            for number, each in enumerate(jobs, start=1)
        ]

    def still_after(self) -> int | None:
        """Return how often it has begun, or None while it prints."""
        before = self.stack.starts()
        still = self.stack.print_state() not in ("printing", "paused") and self.stack.is_still()
        return before if still and self.stack.starts() == before else None

    def mend(self) -> None:
        """Press the button that a shut-down Klipper asks for."""
        if self.stack.klippy_state() in ("shutdown", "error"):
            self.stack.recover()


def play(folder: Path, seed: int, kills: int, *, rough: bool) -> Figures:
    """Make a farm and kill its controller so often, and return what came of it.

    Args:
        folder: Where.
        seed: What the dice start from.
        kills: How often.
        rough: Whether there is weather between Moonraker and the controller.
    """
    with _machine(seed, rough=rough) as (stack, proxy):
        machine = KlipperMachine(stack)
        folder.mkdir(parents=True)
        farm = make_farm(folder / "farm", stack, proxy.url, PART)
        turn_until(farm, lambda state: any(each.sliced for each in state.plates.values()))

        def stir(dice: Random) -> None:
            if rough:
                proxy.next_call(START, dice.choice(_ONE_FAULT))

        place = Place(
            folder=farm,
            machines={VORON: machine},
            order=partial(commit_order, farm, PART),
            stir=stir,
            asked=partial(_asked, proxy),
            clear_up=proxy.clear_up,
        )
        figures = Play(place, SCRIPT(seed, kills), {"ord-1": 1}).run()
        if stack.starts() != len(machine.starts()):
            figures.violations.append("Klipper's log and Moonraker's history differ")
        return figures


@contextmanager
def _machine(seed: int, *, rough: bool) -> Iterator[tuple[KlipperStack, Proxy]]:
    """Start a printer, with a proxy before it. Its path must be short: it has Unix sockets."""
    with (
        TemporaryDirectory() as short,
        KlipperStack(Path(short)) as stack,
        Proxy(stack.port, Storm(seed) if rough else None) as proxy,
    ):
        yield stack, proxy


def _asked(proxy: Proxy) -> tuple[str, ...]:
    """Return the file of every start that a controller sent."""
    calls = (each for each in proxy.calls if each.path == START)
    return tuple(parse_qs(each.query)["filename"][0] for each in calls)
