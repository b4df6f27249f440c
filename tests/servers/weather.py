"""Bad weather on a wire: what is lost, slow, late or doubled, by dice."""

from __future__ import annotations

from random import Random

from tests.servers.proxy import Call, Fault

_LOOK_FAULTS = (
    Fault.LOSE_REPLY,
    Fault.LOSE_REQUEST,
    Fault.SLOW_REQUEST,
    Fault.SLOW_REPLY,
    Fault.REPLY_TWICE,
    Fault.BAD_GATEWAY,
)
_EFFECT_FAULTS = (*_LOOK_FAULTS, Fault.TWICE, Fault.LATE)
_PUSH_FAULTS = (Fault.LOSE_REPLY, Fault.SLOW_REPLY, Fault.REPLY_TWICE)


class Storm:
    """So many of a hundred calls, and three times as many of those with an effect, meet a fault.

    Args:
        seed: What the dice start from.
        percent: How many.
        longest_s: How long something is on its way at most.
    """

    def __init__(self, seed: int, percent: int = 10, longest_s: float = 2.0) -> None:
        self._dice = Random(seed)
        self._share = percent / 100
        self._longest_s = longest_s

    def of_call(self, call: Call) -> Fault | None:
        """Return what happens to a call."""
        if call.method in ("GET", "HEAD"):
            return self._throw(self._share, _LOOK_FAULTS)
        return self._throw(3 * self._share, _EFFECT_FAULTS)

    def of_push(self) -> Fault | None:
        """Return what happens to a message that the server sends by itself."""
        return self._throw(self._share, _PUSH_FAULTS)

    def seconds(self) -> float:
        """Return how long something late or slow is on its way."""
        return self._dice.uniform(0.0, self._longest_s)

    def _throw(self, share: float, faults: tuple[Fault, ...]) -> Fault | None:
        return self._dice.choice(faults) if self._dice.random() < share else None
