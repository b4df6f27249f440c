"""What one OctoPrint is asked, each answer read into a value."""

from __future__ import annotations

import asyncio

from farmctl.printers.driver import Rejected, Why
from farmctl.printers.octoprint.machine import nozzle_um, profile_of
from farmctl.printers.octoprint.said import Said
from farmctl.printers.octoprint.seen import Seen, counts_of, identity_of
from farmctl.printers.octoprint.status import Now, now_of
from farmctl.printers.octoprint.stored import Stored, listed_of, stored_of
from farmctl.printers.octoprint.wire import OURS, STORE, Wire, carried, stored_path
from farmctl.printers.web.http import Reply, Silence

LOOKED = "farmctl looked first"
JOB, SETTINGS, COUNTS = "/api/job", "/api/settings", "/plugin/achievements/"
PROFILES = "/api/printerprofiles"


class Questions:
    """Asks one OctoPrint. Nothing changes by it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def everything(self) -> Seen:
        """Ask all that one look needs, together."""
        job, settings, counts = await asyncio.gather(
            self._wire.ask(JOB), self._wire.ask(SETTINGS), self._wire.ask(COUNTS)
        )
        now = now_of(carried(job))
        identity = identity_of(carried(settings))
        counted = counts_of(carried(counts))
        silent = next((each for each in (job, settings, counts) if is_down(each)), None)
        why = ""
        if silent is not None or now is None:
            why = why_unusable(silent or job)
        elif identity is None:
            why = f"OctoPrint does not say which machine it is: {_why_not('Discovery', settings)}"
        elif counted is None:
            why = f"OctoPrint does not count its prints: {_why_not('Achievements', counts)}"
        return Seen(now, identity, counted, why, is_silent=silent is not None)

    async def doing(self) -> Now | None:
        """Return what its printer does; None when it does not say."""
        return now_of(carried(await self._wire.ask(JOB)))

    async def refusal(self, pinned: str | None) -> Rejected | None:
        """Return why nothing may be sent to what answers here; None when it is our machine.

        Args:
            pinned: The identity that the farm's documents name; None names none.
        """
        reply = await self._wire.ask(SETTINGS)
        if isinstance(reply, Silence):
            return Rejected(Why.NOT_SENT, reply.why, LOOKED)
        if reply.status == 403:
            return Rejected(Why.FORBIDDEN, why_unusable(reply), LOOKED)
        identity = identity_of(carried(reply))
        if identity is None or (pinned is not None and identity != pinned):
            wanted = pinned or "a known one"
            message = f"another machine answers: {identity or 'one without an id'}, not {wanted}"
            return Rejected(Why.NOT_SENT, message, LOOKED)
        return None

    async def stored(self, file: str) -> Stored | Rejected:
        """Return a stored file, or why there is none to act on."""
        reply = await self._wire.ask_once(stored_path(file))
        found = stored_of(carried(reply))
        if found is not None:
            return found
        if isinstance(reply, Reply) and reply.status == 404:
            return Rejected(Why.MISSING, f"{file} is not on the printer", LOOKED)
        return Rejected(Why.NOT_SENT, f"{file}: {why_unusable(reply)}", LOOKED)

    async def files(self) -> tuple[str, ...]:
        """Return the stored files of farms."""
        listed = listed_of(carried(await self._wire.ask(STORE)))
        return tuple(sorted(each.name for each in listed if each.name.startswith(OURS)))

    async def nozzle_um(self) -> int | None:
        """Return the nozzle of the printer profile in use, as a person wrote it down."""
        return nozzle_um(profile_of(carried(await self._wire.ask(PROFILES))))

    async def told(self, path: str) -> Said:
        """Return what a path tells; None when it does not."""
        return carried(await self._wire.ask(path))


def is_down(reply: Reply | Silence) -> bool:
    """Return whether nobody answered, or a proxy that finds no OctoPrint behind it."""
    return isinstance(reply, Silence) or reply.status in (502, 503, 504)


def why_unusable(reply: Reply | Silence) -> str:
    """Return what to tell a person about an answer that is none."""
    if isinstance(reply, Silence):
        return reply.why
    if reply.status == 403:
        return "OctoPrint asks for an API key, or for another one, or one with more rights"
    return f"not the answer of an OctoPrint: HTTP {reply.status}"


def _why_not(plugin: str, reply: Reply | Silence) -> str:
    if isinstance(reply, Reply) and reply.status == 403:
        return "the API key lacks the right to see it"
    return f"its plugin {plugin} is off, or it is older than 1.11"
