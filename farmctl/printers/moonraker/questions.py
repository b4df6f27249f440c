"""What one Moonraker is asked, each answer read into a value."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from farmctl.printers.driver import Rejected, Why
from farmctl.printers.moonraker.guard import ASKED
from farmctl.printers.moonraker.history import Past, past
from farmctl.printers.moonraker.probe import CONFIGURED, IDENTITY
from farmctl.printers.moonraker.seen import Seen
from farmctl.printers.moonraker.status import (
    FIELDS,
    KNOWN_OBJECTS,
    Live,
    Objects,
    known_objects,
    live,
)
from farmctl.printers.moonraker.wire import Wire, carried
from farmctl.printers.web.http import Reply, Silence

LOOKED = "farmctl looked first"

_QUERY = {name: ",".join(fields) for name, fields in FIELDS.items()}
_KNOWN = {name: ",".join(fields) for name, fields in KNOWN_OBJECTS.items()}
_PAGE = 50
_PAGES = 20
_OURS = "farmctl-"


class Questions:
    """Asks one Moonraker. Nothing changes by it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def everything(self) -> Seen:
        """Ask all that one look needs, together."""
        server, about, now, jobs, identity = await asyncio.gather(
            self._wire.ask("/server/info"),
            self._wire.ask("/printer/info"),
            self.klipper(),
            self.jobs(0, 1),
            self._wire.ask(*IDENTITY),
        )
        return Seen(
            server=result(server),
            klipper=result(about) or {},
            now=now,
            newest=jobs[0] if jobs else None,
            identity=_identity(identity),
            why=why_unusable(server),
            is_silent=isinstance(server, Silence),
        )

    async def klipper(self) -> Live | None:
        """Return Klipper's state; None when no Klipper is connected."""
        found = result(await self._wire.ask("/printer/objects/query", _QUERY))
        return live(found["status"]) if found else None

    async def known_objects(self) -> tuple[str, ...] | None:
        """Return what the newest print calls its parts; None when Klipper has no such thing."""
        found = result(await self._wire.ask("/printer/objects/query", _KNOWN))
        return known_objects(found["status"]) if found else None

    async def guard(self) -> Objects:
        """Return what Klipper says of its guard."""
        found = result(await self._wire.ask("/printer/objects/query", ASKED))
        return found["status"] if found else {}

    async def refusal(self, pinned: str | None) -> Rejected | None:
        """Return why nothing may be sent to what answers here; None when it is our machine.

        Args:
            pinned: The identity that the farm's documents name; None names none.
        """
        reply = await self._wire.ask(*IDENTITY)
        if isinstance(reply, Silence):
            return Rejected(Why.NOT_SENT, reply.why, LOOKED)
        if reply.status == 401:
            return Rejected(Why.FORBIDDEN, why_unusable(reply), LOOKED)
        identity = _identity(reply)
        if identity is None or (pinned is not None and identity != pinned):
            message = f"another machine answers: {identity or 'one without an id'}, not {pinned}"
            return Rejected(Why.NOT_SENT, message, LOOKED)
        return None

    async def jobs(self, start: int, limit: int) -> tuple[Past, ...]:
        """Return jobs of the history, newest first; none when it cannot be read."""
        page = {"start": str(start), "limit": str(limit), "order": "desc"}
        found = result(await self._wire.ask("/server/history/list", page))
        return past(found["jobs"]) if found else ()

    async def newest_job_of(self, file: str, *, but: Past | None = None) -> Past | None:
        """Return the newest of the last thousand jobs that printed `file`, other than `but`."""
        for page in range(_PAGES):
            jobs = await self.jobs(page * _PAGE, _PAGE)
            for job in jobs:
                if job.file == file and (but is None or job.job_id != but.job_id):
                    return job
            if len(jobs) < _PAGE:
                break
        return None

    async def objects(self) -> Mapping[str, Any]:
        """Return the configuration as Klipper read it; large, so not for every look."""
        found = result(await self._wire.ask("/printer/objects/query", CONFIGURED))
        return found["status"] if found else {}

    async def files(self) -> tuple[str, ...]:
        """Return the stored files of farms."""
        names = (str(each["path"]) for each in await self._listed())
        return tuple(sorted(name for name in names if name.lower().startswith(_OURS)))

    async def size_b(self, file: str) -> int | None:
        """Return how many bytes a stored file has; None when Moonraker does not say."""
        return next((each["size"] for each in await self._listed() if each["path"] == file), None)

    async def _listed(self) -> list[dict[str, Any]]:
        reply = await self._wire.ask("/server/files/list", {"root": "gcodes"})
        listed = carried(reply)
        return listed if isinstance(listed, list) else []

    async def config(self) -> Mapping[str, Any] | None:
        """Return Moonraker's own configuration; None when it does not tell."""
        return result(await self._wire.ask("/server/config"))


def result(reply: Reply | Silence) -> dict[str, Any] | None:
    """Return the object that a call was answered with; None without one."""
    found = carried(reply)
    return found if isinstance(found, dict) else None


def why_unusable(reply: Reply | Silence) -> str:
    """Return what to tell a person about an answer that is none."""
    if isinstance(reply, Silence):
        return reply.why
    if reply.status == 401:
        return "Moonraker asks for an API key, or for another one"
    return f"not the answer of a Moonraker: HTTP {reply.status}"


def _identity(reply: Reply | Silence) -> str | None:
    found = result(reply)
    return str(found["value"]) if found and found.get("value") else None
