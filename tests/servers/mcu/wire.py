"""What the parts of the board need of the line to the host."""

from __future__ import annotations

from typing import Protocol

from tests.servers.mcu.protocol import Value


class Wire(Protocol):
    """The way back to the host."""

    def send(self, name: str, **values: Value) -> None:
        """Send one reply."""
        ...

    def shutdown(self, reason: str) -> None:
        """Stop everything until the host resets the board."""
        ...
