"""What the driver asks a PrusaLink; nothing changes by it."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from farmctl.printers.driver import Rejected, Why
from farmctl.printers.prusalink.status import (
    Shown,
    job_id_in,
    live_job,
    names_in,
    shown,
    size_in,
    word_in,
)
from farmctl.printers.prusalink.wire import FILES, INFO, JOB, STATUS, VERSION, Wire, file_path
from farmctl.printers.web.http import Reply, Silence

LOOKED = "farmctl looked first"

_OURS = "farmctl-"


class Unseen(Struct, frozen=True):
    """Nothing could be seen.

    Args:
        why: What to tell a person.
        is_silent: Whether nothing answered, or only something before a printer that does not.
        is_forbidden: Whether PrusaLink does not let us in.
    """

    why: str
    is_silent: bool = False
    is_forbidden: bool = False

    @property
    def refusal(self) -> Rejected:
        """Return why nothing was sent."""
        why = Why.FORBIDDEN if self.is_forbidden else Why.NOT_SENT
        return Rejected(why, self.why, LOOKED)


class Questions:
    """Asks one PrusaLink."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def shown_now(self) -> Shown | Unseen:
        """Return what is shown."""
        info, status = await asyncio.gather(self._wire.ask(INFO), self._wire.ask(STATUS))
        for reply in (status, info):
            unseen = why_unseen(reply)
            if unseen is not None:
                return unseen
        said = body_of(status)
        if word_in(said) is None:
            return no_prusalink(status)
        job_id = job_id_in(said)
        job = None
        if job_id is not None:
            job = live_job(body_of(await self._wire.ask(JOB)), job_id)
        return shown(body_of(info), said, job)

    async def size_b(self, file: str) -> int | Silence | None:
        """Return how many bytes a stored file has; None where there is none of that name."""
        reply = await self._wire.ask(file_path(file))
        if isinstance(reply, Reply) and reply.status == 404:
            return None
        size_b = size_in(body_of(reply))
        if size_b is not None:
            return size_b
        why = reply.why if isinstance(reply, Silence) else f"HTTP {reply.status}"
        return Silence(f"PrusaLink does not say whether {file} is there: {why}", was_sent=False)

    async def files(self) -> tuple[str, ...]:
        """Return the stored files of farms; none where they cannot be read."""
        names = names_in(body_of(await self._wire.ask(FILES)))
        return tuple(sorted(name for name in names if name.startswith(_OURS)))

    async def version(self) -> object:
        """Return what PrusaLink says of itself and of the firmware."""
        return body_of(await self._wire.ask(VERSION))


def body_of(reply: Reply | Silence) -> object:
    """Return what a successful call was answered with; None when it was not one."""
    return reply.body if isinstance(reply, Reply) and reply.status == 200 else None


def why_unseen(reply: Reply | Silence) -> Unseen | None:
    """Return why an answer shows nothing; None for one that does."""
    if isinstance(reply, Silence):
        return Unseen(reply.why, is_silent=True)
    match reply.status:
        case 200:
            return None
        case 401:
            return Unseen("PrusaLink asks for a key, or for another password", is_forbidden=True)
        case 403:
            return Unseen("PrusaLink asks for another API key", is_forbidden=True)
        case 503:
            return Unseen("PrusaLink has no printer yet, or lost it", is_silent=True)
        case _:
            return no_prusalink(reply)


def no_prusalink(reply: Reply | Silence) -> Unseen:
    """Return what is known of something that answers as no PrusaLink does."""
    status = f"HTTP {reply.status}" if isinstance(reply, Reply) else reply.why
    return Unseen(f"not the answer of a PrusaLink: {status}")
