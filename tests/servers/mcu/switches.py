"""Switches that a person or the filament moves."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.servers.mcu.clock import McuClock
from tests.servers.mcu.dictionary import command
from tests.servers.mcu.pins import FILAMENT_SWITCH
from tests.servers.mcu.wire import Wire

_QUEUE_MAX = 8


@dataclass(slots=True)
class Buttons:
    """A group of inputs; changes are sent again until the host acknowledges them."""

    pins: dict[int, int] = field(default_factory=dict)
    next_at: int = 0
    rest_ticks: int = 0
    last: int | None = None
    acknowledged: int = 0
    queue: bytearray = field(default_factory=bytearray)


class Switches:
    """The inputs of the board, by pin: 1 is pressed."""

    def __init__(self, clock: McuClock, wire: Wire) -> None:
        self._clock = clock
        self._wire = wire
        self._levels = {FILAMENT_SWITCH: 1}
        self._groups: dict[int, Buttons] = {}

    def reset(self) -> None:
        """Forget the configuration; the switches stay as they are."""
        self._groups.clear()

    def set(self, pin: int, level: int) -> None:
        """Press or release a switch."""
        self._levels[pin] = level

    def tick(self) -> None:
        """Notice changes and send what the host has not acknowledged."""
        now = self._clock.now()
        for oid, group in self._groups.items():
            if not group.rest_ticks or now < group.next_at:
                continue
            group.next_at = now + group.rest_ticks
            self._notice(group)
            if group.queue:
                self._wire.send(
                    "buttons_state",
                    oid=oid,
                    ack_count=group.acknowledged,
                    state=bytes(group.queue),
                )

    def _notice(self, group: Buttons) -> None:
        state = sum(self._levels.get(pin, 0) << place for place, pin in group.pins.items())
        if state != group.last and len(group.queue) < _QUEUE_MAX:
            group.last = state
            group.queue.append(state)

    @command("config_buttons oid=%c button_count=%c")
    def config_buttons(self, oid: int, **_: int) -> None:
        self._groups[oid] = Buttons()

    @command("buttons_add oid=%c pos=%c pin=%u pull_up=%c")
    def buttons_add(self, oid: int, pos: int, pin: int, **_: int) -> None:
        self._groups[oid].pins[pos] = pin

    @command("buttons_query oid=%c clock=%u rest_ticks=%u retransmit_count=%c invert=%c")
    def buttons_query(self, oid: int, clock: int, rest_ticks: int, invert: int, **_: int) -> None:
        group = self._groups[oid]
        group.next_at = self._clock.expand(clock)
        group.rest_ticks = rest_ticks
        group.last = invert  # what the host takes them to be until it hears otherwise

    @command("buttons_ack oid=%c count=%c")
    def buttons_ack(self, oid: int, count: int) -> None:
        group = self._groups[oid]
        group.acknowledged = group.acknowledged + count & 0xFF
        del group.queue[:count]
