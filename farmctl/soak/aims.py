"""Where strikes are aimed: at the short steps of a print, which chance alone seldom meets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from heapq import heappop, heappush
from itertools import cycle, islice

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.soak.faults import FARM_WIDE
from farmctl.soak.reach import can_strike
from farmctl.soak.steps import Step, step_on
from farmctl.system.entropy import Dice

_WITHIN_S = {
    Step.UPLOAD: 0.0,
    Step.LOOK: 0.0,
    Step.START: 0.014,  # before its request arrives, or after
    Step.UNKNOWN: 0.0,
    Step.CONFIRM: 0.0,
    Step.PRINT: 120.0,
    Step.FENCE: 0.0,
    Step.END: 60.0,
}
"""How long after a run came to a step it is struck at the latest; other steps last for ever."""

_DEALT = {
    Step.UPLOAD: (2, 1),
    Step.LOOK: (1, 1),
    Step.START: (2, 1),
    Step.UNKNOWN: (3, 2),
    Step.CONFIRM: (1, 1),
    Step.PRINT: (8, 1),
    Step.FENCE: (1, 1),
    Step.END: (8, 1),
}
"""How often a deck holds each strike at one printer, and each that strikes all of them.

What strikes all is met by whatever the others just do: mostly they print.
"""

_FOCUSES = (Step.FENCE, Step.CONFIRM, Step.FENCE, Step.UNKNOWN, Step.FENCE, Step.CONFIRM)
_IN_FOCUS, _OUT_OF_FOCUS = 0.95, 0.3
_MORE_OFTEN = {
    Step.START: 0.6,
    Step.UNKNOWN: 0.6,
    Step.CONFIRM: 0.95,
    Step.PRINT: 0.55,
    Step.FENCE: 0.7,
    Step.END: 0.45,
}
"""How often a step is struck that is seldom come to, or soon over, while another is in focus."""

_LEADS_TO = {Step.UNKNOWN: ("request lost", "reply lost"), Step.FENCE: ("request lost",)}
"""How a start comes to steps that are never reached while all goes well."""

_LEAD_HOW_OFTEN = 0.8
_LASTS_S = (10.0, 300.0)


class Aim(Struct, frozen=True, order=True):
    """A moment to strike in.

    Args:
        at_s: When, by the event loop's time.
        printer: Whose run came to a step.
        fault: What to strike it with.
        is_end: Whether that ends what an earlier strike of the fault began.
    """

    at_s: float
    printer: str
    fault: str
    is_end: bool = False


class Aims:
    """Watches where runs stand, and says when to strike and with what.

    Each seed has a step in its focus: there it nearly always strikes, elsewhere seldom, so that
    runs come that far. For each short step and kind of machine there is a deck of all that can
    strike there. Seeds begin at different cards, so that many seeds together come to all of them
    equally often; what a seed does depends on its number alone.

    Args:
        seed: Which.
        dice: Its dice.
        faults: What may strike.
        kinds: The kind of each printer's machine.

    Attributes:
        seq: The last event that was taken in.
    """

    def __init__(
        self, seed: int, dice: Dice, faults: Sequence[str], kinds: Mapping[str, str]
    ) -> None:
        self._dice = dice
        self._kinds = kinds
        self._focus = _FOCUSES[seed % len(_FOCUSES)]
        self._leads = [each for each in _LEADS_TO.get(self._focus, ()) if each in faults]
        self._decks = {
            (step, kind): _deck(seed, can_strike(faults, step, kind), _DEALT[step])
            for step in _WITHIN_S
            for kind in sorted(set(kinds.values()))
        }
        self.seq = 0
        self._is_on = True
        self._stands: dict[str, Step] = {}
        self._aims: list[Aim] = []
        self._wakes: Callable[[], None] = lambda: None

    def step(self, printer: str) -> Step:
        """Return where the newest run on a printer stands."""
        return self._stands.get(printer, Step.QUEUED)

    def rest(self) -> None:
        """Strike no more."""
        self._is_on = False
        self._aims.clear()

    def watch(self, state: State) -> None:
        """Take in where runs stand after a fact."""
        self.seq = state.seq
        for printer, kind in self._kinds.items():
            step = step_on(state, printer)
            if step is not self._stands.get(printer):
                self._stands[printer] = step
                self._consider(printer, step, kind)

    async def next(self, until_s: float) -> Aim | None:
        """Return the next moment when it has come, or None at that time of the event loop."""
        loop = asyncio.get_running_loop()
        while (now := loop.time()) < until_s or self._is_due(now):
            if self._is_due(now):
                return heappop(self._aims)
            woken = loop.create_future()
            first_s = self._aims[0].at_s if self._aims else until_s
            timer = loop.call_at(min(first_s, until_s), _wake, woken)
            self._wakes = partial(_wake, woken)
            await woken
            timer.cancel()
        return None

    def end_later(self, printer: str, fault: str) -> None:
        """Let what a strike began end some minutes later, by another one."""
        at_s = asyncio.get_running_loop().time() + self._dice.uniform(*_LASTS_S)
        heappush(self._aims, Aim(at_s, printer, fault, is_end=True))

    def _is_due(self, now: float) -> bool:
        return bool(self._aims) and self._aims[0].at_s <= now

    def _consider(self, printer: str, step: Step, kind: str) -> None:
        deck = self._decks.get((step, kind))
        if deck is None or not self._is_on:
            return
        fault = self._lead() if step is Step.START else None
        if fault is None and self._dice.random() < self._how_often(step):
            fault = next(deck, None)
        if fault is not None:
            after_s = self._dice.uniform(0.0, _WITHIN_S[step])
            now = asyncio.get_running_loop().time()
            heappush(self._aims, Aim(now + after_s, printer, fault))
            self._wakes()

    def _how_often(self, step: Step) -> float:
        if step is self._focus:
            return _IN_FOCUS
        return _MORE_OFTEN.get(step, _OUT_OF_FOCUS)

    def _lead(self) -> str | None:
        """Return what leads a start to the step in focus, where that takes something."""
        is_lead = self._leads and self._dice.random() < _LEAD_HOW_OFTEN
        return self._dice.choice(self._leads) if is_lead else None


def _deck(seed: int, faults: Sequence[str], dealt: tuple[int, int]) -> Iterator[str]:
    """Return cards without end; of seeds with the same focus each begins one card further on."""
    wide = [each for each in faults if each in FARM_WIDE]
    one = [each for each in faults if each not in FARM_WIDE]
    cards = one * dealt[0] + wide * dealt[1]
    if not cards:
        return iter(())
    return islice(cycle(cards), seed // len(_FOCUSES) % len(cards), None)


def _wake(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)
