"""A recorder that somebody listens to: how a play knows the moment in which a fact is durable."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from farmctl.control.recorder import Guard, Recorder
from farmctl.ledger.ledger import Ledger
from farmctl.ledger.state import State
from farmctl.model.envelope import Actor, Event


class Overheard(Recorder):
    """Tells what the ledger amounts to, whenever it wrote or read.

    Args:
        ledger: The farm's.
        actor: Who says so.
        hears: Is told.
    """

    def __init__(self, ledger: Ledger[State], actor: Actor, hears: Callable[[State], None]) -> None:
        super().__init__(ledger, actor)
        self._hears = hears

    def refresh(self) -> State:
        """Return the state with what others wrote."""
        state = super().refresh()
        self._hears(state)
        return state

    def append(self, *payloads: object, causation: str | None = None) -> tuple[Event, ...]:
        """Record facts that nothing can make untrue."""
        events = super().append(*payloads, causation=causation)
        self._hears(self.state)
        return events

    def append_if(self, guard: Guard, *payloads: object, intent: bool = False) -> str | None:
        """Record facts unless `guard` says why not."""
        reason = super().append_if(guard, *payloads, intent=intent)
        self._hears(self.state)
        return reason

    def append_from(self, propose: Callable[[State], Sequence[object]]) -> tuple[Event, ...]:
        """Record what `propose` makes of the newest state."""
        events = super().append_from(propose)
        self._hears(self.state)
        return events
