"""What lets farmctl in at one Bambu, and what to say when it does not."""

from __future__ import annotations

import ssl

from msgspec import Struct

from farmctl.printers.bambu.address import USER, Place
from farmctl.printers.bambu.trust import Trust, why_not
from farmctl.printers.web.http import Silence
from farmctl.system.secrets import Secret


class NoEntry(Silence, frozen=True):
    """Something answers there, and farmctl is not let in, or must not go in."""


class Access(Struct, frozen=True):
    """One machine and its door.

    Args:
        printer: What people call it.
        place: Where it is.
        code: Its LAN access code.
        trust: Whose certificate is trusted.
    """

    printer: str
    place: Place
    code: Secret | None
    trust: Trust

    @property
    def login(self) -> tuple[str, str]:
        """Return user and password."""
        return USER, self.code.reveal() if self.code else ""

    def refused(self, call: str, error: Exception) -> Silence:
        """Return what is known when the door stayed shut: nothing was sent."""
        where = f"{self.printer}: {call} at {self.place.host}"
        match error:
            case ssl.SSLError():
                message, mend = why_not(error, self.trust)
                return NoEntry(f"{where}: {message}; {mend}", was_sent=False)
            case PermissionError():
                mend = "give the access code that its screen shows under LAN only mode"
                return NoEntry(f"{where}: the access code is not taken; {mend}", was_sent=False)
            case _:
                why = _cause(error)
                mend = "is it on, in LAN only mode, and the address right?"
                return Silence(f"{where}: {why}; {mend}", was_sent=False)

    def broke_off(self, call: str, error: Exception) -> Silence:
        """Return what is known when a call had begun: it may have had its effect."""
        return Silence(f"{self.printer}: {call}: {_cause(error)}", was_sent=True)


def _cause(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    strerror = getattr(error, "strerror", None)
    return str(strerror or "") or str(error) or type(error).__name__
