"""The micro-controller: parts on one clock, obeying what comes over the line."""

from __future__ import annotations

from collections.abc import Callable

from tests.servers.mcu.clock import McuClock
from tests.servers.mcu.dictionary import (
    SHUTDOWN_REASONS,
    Call,
    Dictionary,
    command,
    commands_of,
)
from tests.servers.mcu.motion import Motion
from tests.servers.mcu.pins import FILAMENT_SWITCH
from tests.servers.mcu.protocol import BlockReader, Value, block
from tests.servers.mcu.switches import Switches
from tests.servers.mcu.thermal import Thermal

_MOVE_COUNT = 4096
_ALLOWED_IN_SHUTDOWN = frozenset(
    (
        "identify",
        "get_uptime",
        "get_clock",
        "get_config",
        "emergency_stop",
        "config_reset",
        "stepper_get_position",
        "trsync_trigger",
    )
)


class Board:
    """A simulated micro-controller that talks through `write`.

    Args:
        write: Sends bytes to the host.
        speed: How many times as fast as a real one it runs.
    """

    def __init__(self, write: Callable[[bytes], None], speed: float) -> None:
        self._write = write
        self._clock = McuClock(speed)
        self._motion = Motion(self._clock, self)
        self._thermal = Thermal(self._clock, self)
        self._switches = Switches(self._clock, self)
        parts = (self, self._motion, self._thermal, self._switches)
        self._dictionary = Dictionary(commands_of(parts))
        self._reader = BlockReader()
        self._sequence = 1
        self._config_crc: int | None = None
        self._shutdown_reason = 0
        self._frozen = False

    def description(self) -> bytes:
        """Return what it understands and says, as JSON."""
        return self._dictionary.described

    def receive(self, octets: bytes) -> None:
        """Obey what the host sent; a frozen board hears nothing."""
        if self._frozen:
            return
        for found in self._reader.feed(octets):
            if found is not None and found[0] == self._sequence & 0x0F:
                self._sequence += 1
                for call in self._dictionary.calls(found[1]):
                    self._obey(call)
            self._write(block(self._sequence))

    def tick(self) -> None:
        """Let the time that passed happen."""
        self._motion.tick()
        self._thermal.tick()
        self._switches.tick()

    def send(self, name: str, **values: Value) -> None:
        """Send one reply; a frozen board says nothing."""
        if not self._frozen:
            self._write(block(self._sequence, self._dictionary.reply(name, **values)))

    def shutdown(self, reason: str) -> None:
        """Stop everything until the host resets the board."""
        if self._shutdown_reason:
            return
        self._shutdown_reason = SHUTDOWN_REASONS[reason]
        self._motion.halt()
        self._thermal.halt()
        self.send("shutdown", clock=self._clock.now(), static_string_id=self._shutdown_reason)

    def freeze(self) -> None:
        """Hear and say nothing more, as a board that hangs."""
        self._frozen = True

    def thaw(self) -> None:
        """Come back as from the reset button, which is what a frozen board needs."""
        self._frozen = False
        self.config_reset()

    def force_temperature(self, heater: str, celsius: float | None) -> None:
        """Make a sensor read this; None lets go."""
        self._thermal.force(heater, celsius)

    def set_filament(self, *, present: bool) -> None:
        """Let the filament run out, or load it again."""
        self._switches.set(FILAMENT_SWITCH, int(present))

    def _obey(self, call: Call) -> None:
        if self._shutdown_reason and call.name not in _ALLOWED_IN_SHUTDOWN:
            self.send("is_shutdown", static_string_id=self._shutdown_reason)
        else:
            call.obey(**call.values)

    @command("identify offset=%u count=%c")
    def identify(self, offset: int, count: int) -> None:
        piece = self._dictionary.download[offset : offset + count]
        self.send("identify_response", offset=offset, data=piece)

    @command("get_uptime")
    def get_uptime(self) -> None:
        now = self._clock.now()
        self.send("uptime", high=now >> 32, clock=now)

    @command("get_clock")
    def get_clock(self) -> None:
        self.send("clock", clock=self._clock.now())

    @command("get_config")
    def get_config(self) -> None:
        self.send(
            "config",
            is_config=int(self._config_crc is not None),
            crc=self._config_crc or 0,
            is_shutdown=int(bool(self._shutdown_reason)),
            move_count=_MOVE_COUNT,
        )

    @command("allocate_oids count=%c")
    def allocate_oids(self, count: int) -> None:
        """Take any number: objects here need no room."""

    @command("finalize_config crc=%u")
    def finalize_config(self, crc: int) -> None:
        self._config_crc = crc

    @command("emergency_stop")
    def emergency_stop(self) -> None:
        self.shutdown("Command request")

    @command("config_reset")
    def config_reset(self) -> None:
        for part in (self._motion, self._thermal, self._switches):
            part.reset()
        self._config_crc = None
        self._shutdown_reason = 0
