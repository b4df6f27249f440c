"""The data dictionary: what this micro-controller understands and says.

A part of the board declares each command beside the method that obeys it; the dictionary that
the host downloads at its start is drawn from those declarations.
"""

from __future__ import annotations

import inspect
import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.servers.mcu import pins
from tests.servers.mcu.protocol import Message, Value, decode_number

CLOCK_HZ = 16_000_000

REPLIES = (
    "uptime high=%u clock=%u",
    "clock clock=%u",
    "config is_config=%c crc=%u is_shutdown=%c move_count=%hu",
    "shutdown clock=%u static_string_id=%hu",
    "is_shutdown static_string_id=%hu",
    "stats count=%u sum=%u sumsq=%u",
    "stepper_position oid=%c pos=%i",
    "endstop_state oid=%c homing=%c next_clock=%u pin_value=%c",
    "trsync_state oid=%c can_trigger=%c trigger_reason=%c clock=%u",
    "analog_in_state oid=%c next_clock=%u value=%hu",
    "buttons_state oid=%c ack_count=%c state=%*s",
)
SHUTDOWN_REASONS = {"Command request": 1, "ADC out of range": 2, "Simulated fault": 3}

# The two messages that every host knows before it has read the dictionary.
IDENTIFY = Message.of(1, "identify offset=%u count=%c")
IDENTIFY_RESPONSE = Message.of(0, "identify_response offset=%u data=%.*s")
_FIRST_COMMAND = 2
_FIRST_REPLY = 100

Obey = Callable[..., None]


def command(text: str) -> Callable[[Obey], Obey]:
    """Mark a method as what obeys the command with this format."""

    def mark(method: Obey) -> Obey:
        method.command = text  # type: ignore[attr-defined]  # a mark that `commands_of` looks for
        return method

    return mark


def commands_of(parts: Iterable[object]) -> dict[str, Obey]:
    """Return every marked method of the parts, by its command's format."""
    found: dict[str, Obey] = {}
    for part in parts:
        for _, method in inspect.getmembers(part, inspect.ismethod):
            if hasattr(method, "command"):
                found[method.command] = method
    return found


@dataclass(frozen=True, slots=True)
class Call:
    """One command with its values."""

    name: str
    obey: Obey
    values: dict[str, Value]


class Dictionary:
    """Reads commands, writes replies, and describes both to the host."""

    def __init__(self, commands: dict[str, Obey]) -> None:
        identify = "identify offset=%u count=%c"
        texts = [text for text in sorted(commands) if text != identify]
        self._numbers = {text: n for n, text in enumerate(texts, _FIRST_COMMAND)}
        self._numbers[identify] = IDENTIFY.number
        self._commands = {
            n: (Message.of(n, text), commands[text]) for text, n in self._numbers.items()
        }
        self._replies = {
            message.name: message
            for message in (
                IDENTIFY_RESPONSE,
                *(Message.of(n, text) for n, text in enumerate(REPLIES, _FIRST_REPLY)),
            )
        }
        self.described = json.dumps(self._description()).encode()
        self.download = zlib.compress(self.described)

    def calls(self, messages: bytes) -> Iterable[Call]:
        """Yield the commands of one block."""
        at = 0
        while at < len(messages):
            number, at = decode_number(messages, at)
            message, obey = self._commands[number]
            values, at = message.decode(messages, at)
            yield Call(message.name, obey, values)

    def reply(self, name: str, **values: Value) -> bytes:
        """Return the bytes of one reply."""
        return self._replies[name].encode(**values)

    def _description(self) -> dict[str, object]:
        replies = {text: n for n, text in enumerate(REPLIES, _FIRST_REPLY)}
        return {
            "version": "farmctl-test-mcu",
            "build_versions": "python",
            "app": "Klipper",
            "commands": self._numbers,
            "responses": {**replies, "identify_response offset=%u data=%.*s": 0},
            "config": {
                "ADC_MAX": pins.ADC_MAX,
                "CLOCK_FREQ": CLOCK_HZ,
                "MCU": "simulated",
                "STATS_SUMSQ_BASE": 256,
                "STEPPER_STEP_BOTH_EDGE": 1,
            },
            "enumerations": {
                "pin": {"gpio0": [0, pins.ANALOG], "analog0": [pins.ANALOG, 16]},
                "static_string_id": SHUTDOWN_REASONS,
            },
        }
