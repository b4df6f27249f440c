"""The driver of a printer that cannot be spoken to from here: it says why, and sends nothing.

One key that is missing must not keep the other printers of a farm waiting.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from farmctl.errors import FarmctlError
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Ending, Observation
from farmctl.printers.driver import Answer, Evidence, Finding, Promises, Rejected, Why
from farmctl.system.clock import Clock

_PATIENCE_S = 365 * 86_400.0  # nothing is concluded from what cannot be seen
PROMISES = Promises(
    deletion_fences=False,
    evidence=Evidence.JOB_ID,
    patience_s=_PATIENCE_S,
    verifies_upload="none",
    survives_restart=False,
    excludes=True,  # who asks for it shall hear the true reason
)


class UnopenedDriver:
    """A printer whose driver could not be opened.

    Args:
        printer: Its name.
        error: Why not.
        clock: When it was not looked at.
    """

    def __init__(self, printer: PrinterName, error: FarmctlError, clock: Clock) -> None:
        self._printer = printer
        self._error = error
        self._clock = clock

    @property
    def promises(self) -> Promises:
        """Return what can be promised: nothing."""
        return PROMISES

    async def look(self) -> Observation:
        """Return that nothing is known of it, and why."""
        message = f"{self._printer}: {self._error.message}; {self._error.mend}"
        return Observation(self._printer, self._clock.now(), DeviceState.OFFLINE, message=message)

    async def watch(self) -> AsyncIterator[None]:
        """Yield nothing."""
        nothing: tuple[None, ...] = ()
        for each in nothing:
            yield each

    async def upload(self, file: str, gcode: bytes) -> Answer:
        """Refuse, as all that follow do."""
        return self._refusal(f"{file} of {len(gcode)} bytes")

    async def start(self, file: str) -> Answer:
        """Refuse."""
        return self._refusal(file)

    async def pause(self, file: str) -> Answer:
        """Refuse."""
        return self._refusal(file)

    async def resume(self, file: str) -> Answer:
        """Refuse."""
        return self._refusal(file)

    async def cancel(self, file: str) -> Answer:
        """Refuse."""
        return self._refusal(file)

    async def exclude(self, file: str, part: str) -> Answer:
        """Refuse."""
        return self._refusal(f"{part} of {file}")

    async def delete(self, file: str) -> Answer:
        """Refuse."""
        return self._refusal(file)

    async def files(self) -> tuple[str, ...]:
        """Return none: they cannot be seen."""
        return ()

    async def evidence(self, file: str) -> Ending | None:  # noqa: ARG002 - as the protocol says
        """Return none: it cannot be seen."""
        return None

    async def doctor(self) -> tuple[Finding, ...]:
        """Return why it cannot be used."""
        return (Finding("unopened", self._error.message, self._error.mend, refuses=True),)

    async def close(self) -> None:
        """Do nothing: nothing is open."""

    def _refusal(self, what: str) -> Rejected:
        message = f"{self._printer}: {what} was not sent: {self._error.message}"
        return Rejected(Why.NOT_SENT, message, "farmctl")
