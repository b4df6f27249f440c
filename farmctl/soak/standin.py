"""What the drivers have in common that stand in until farmctl has its own for their kinds.

They look before each effect, make one call, and read its answer from a table. What they hear they
remember only while they are in touch: after every silence they call the machine restarted, so that
nothing starts on a bed that nobody watched.
"""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar, cast

import httpx
from msgspec import Struct
from msgspec.structs import replace

from farmctl.model.events.runs import Effect
from farmctl.model.observation import DeviceState, Ending, Job, Observation
from farmctl.printers.config import DriverConfig, Listen
from farmctl.printers.driver import (
    Accepted,
    Answer,
    Finding,
    Promises,
    Rejected,
    Unknown,
    Why,
    cannot_exclude,
)
from farmctl.soak.standin_tables import Table
from farmctl.soak.wire import Asked, Wire

_ASK_S = 8.0
_TELL_S = 60.0
_AGAIN_S = 5.0
_LOOKED = "looked before"


METHODS = {Effect.UPLOAD: "PUT", Effect.START: "POST", Effect.DELETE: "DELETE"}


class Seen(Struct, frozen=True):
    """What a device shows: see `Observation`."""

    state: DeviceState
    identity: str
    job: Job | None = None
    head: str | None = None
    total: int | None = None
    message: str = ""


class StandIn(ABC):
    """A driver of a kind that farmctl does not drive yet."""

    promises: ClassVar[Promises]
    table: ClassVar[Table]

    def __init__(self, config: DriverConfig) -> None:
        self.config = config
        self.changed = asyncio.Event()
        self._wire = cast("Wire", config.lines.http)
        self._since: str | None = None
        self._sent_b: dict[str, int] = {}
        self._listening: asyncio.Task[None] | None = None

    @abstractmethod
    async def see(self) -> Seen | None:
        """Return what the device shows; None where it does not answer."""

    @abstractmethod
    def asked(self, effect: Effect, file: str) -> Asked:
        """Return the request that has an effect: on the job that was seen a moment ago."""

    @abstractmethod
    async def sizes(self) -> Mapping[str, int] | None:
        """Return the sizes of all stored files in bytes; None where it does not answer."""

    @abstractmethod
    async def evidence(self, file: str) -> Ending | None:
        """Return how the job of `file` ended."""

    def hear(self, _said: Mapping[str, Any]) -> None:
        """Take a push: a reason to look."""
        self.changed.set()

    async def look(self) -> Observation:
        """Ask the device now."""
        self._keep_in_touch()
        asked_at = self.config.clock.now()
        seen = await self.see()
        if seen is None:
            self.out_of_touch()
            return Observation(self.config.printer, asked_at, DeviceState.OFFLINE)
        self._since = self._since or asked_at.isoformat()
        return Observation(
            self.config.printer,
            seen_at=asked_at,
            state=seen.state,
            identity=seen.identity,
            job=seen.job,
            history_head=seen.head,
            jobs_total=seen.total,
            boot=self._since,
            message=seen.message,
        )

    async def watch(self) -> AsyncIterator[None]:
        """Yield at each push, and when the line came or went."""
        self._keep_in_touch()
        while True:
            await self.changed.wait()
            self.changed.clear()
            yield

    async def upload(self, file: str, gcode: bytes) -> Answer:
        """Store `gcode`; accepted by its size."""
        refusal = _other(self.config, await self.look())
        if refusal is not None:
            return refusal
        answer = await self._tell(Effect.UPLOAD, self.asked(Effect.UPLOAD, file), gcode)
        if not isinstance(answer, Accepted):
            return answer
        stored = (await self.sizes() or {}).get(file)
        if stored != len(gcode):
            return Unknown(f"sent {len(gcode)} bytes, stored {stored}")
        self._sent_b[file] = len(gcode)
        return Accepted(evidence=f"size {stored}")

    async def start(self, file: str) -> Answer:
        """Print a stored file on a machine that was just seen idle."""
        seen = await self.look()
        refusal = _other(self.config, seen)
        if refusal is not None:
            return refusal
        if seen.state is not DeviceState.READY:
            why = Why.BUSY if seen.job else Why.NOT_READY
            return Rejected(why, f"the printer is {seen.state}", _LOOKED)
        stored = await self.sizes()
        if stored is not None and file not in stored:
            return Rejected(Why.MISSING, f"{file} is not on the printer", _LOOKED)
        if stored is not None and stored[file] != self._sent_b.get(file, stored[file]):
            return Rejected(Why.BAD_UPLOAD, f"{file} is not what was stored", _LOOKED)
        return await self._tell(Effect.START, self.asked(Effect.START, file))

    async def pause(self, file: str) -> Answer:
        """Pause the print of `file`."""
        return await self._aimed(Effect.PAUSE, file)

    async def resume(self, file: str) -> Answer:
        """Go on with the paused print of `file`."""
        return await self._aimed(Effect.RESUME, file)

    async def cancel(self, file: str) -> Answer:
        """End the print of `file`."""
        return await self._aimed(Effect.CANCEL, file)

    async def exclude(self, file: str, part: str) -> Answer:
        """Refuse: none of these kinds promises it."""
        return cannot_exclude(file, part)

    async def delete(self, file: str) -> Answer:
        """Delete a stored file that is not seen printing."""
        seen = await self.look()
        refusal = _other(self.config, seen)
        if refusal is not None:
            return refusal
        if seen.job is not None and seen.job.file == file:
            return Rejected(Why.IN_USE, f"{file} is being printed", _LOOKED)
        return await self._tell(Effect.DELETE, self.asked(Effect.DELETE, file))

    async def files(self) -> tuple[str, ...]:
        """Return the stored files of farms."""
        return tuple(sorted(each for each in await self.sizes() or () if is_ours(each)))

    async def doctor(self) -> tuple[Finding, ...]:
        """Return nothing: a simulated machine is configured well."""
        return ()

    async def close(self) -> None:
        """Hang up."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])

    async def ask(self, path: str) -> dict[str, Any] | None:
        """Return what the device says, `{}` when that is nothing; None without an answer."""
        try:
            status, said = await self._wire.exchange(Asked("GET", path), _ASK_S)
        except httpx.TransportError:
            return None
        return (said or {}) if status < 300 else None

    async def stay_in_touch(self) -> None:
        """Listen, and open the line again when it is closed."""
        while True:
            await self._listen()
            self.out_of_touch()
            self.changed.set()
            await self.config.clock.sleep(_AGAIN_S)

    def out_of_touch(self) -> None:
        """Forget what was only true as long as nothing could be missed."""
        self._since = None

    def _keep_in_touch(self) -> None:
        if self._listening is None:
            self._listening = asyncio.create_task(self.stay_in_touch())

    async def _listen(self) -> None:
        open_line = cast("Listen", self.config.lines.listen)
        try:
            async with open_line(self.config.url or "", {}) as connection:
                self.changed.set()
                async for text in connection:
                    self.hear(json.loads(text))
        except OSError:
            pass  # nobody is there yet

    async def _aimed(self, effect: Effect, file: str) -> Answer:
        seen = await self.look()
        refusal = _other(self.config, seen)
        if refusal is not None:
            return refusal
        if seen.job is None or seen.job.file != file:
            return Rejected(Why.NOT_OURS, f"{file} is not being printed", _LOOKED)
        return await self._tell(effect, self.asked(effect, file))

    async def _tell(self, effect: Effect, asked: Asked, body: bytes = b"") -> Answer:
        try:
            status, said = await self._wire.exchange(replace(asked, body=body), _TELL_S)
        except httpx.ConnectError as error:
            return Rejected(Why.NOT_SENT, str(error), "no connection")
        except httpx.TransportError:
            return Unknown("no answer in time")
        key = (effect, said.get("result", status) if isinstance(said, dict) else status)
        if key not in self.table:
            return Unknown(f"{effect}: {status}")
        why = self.table[key]
        row = f"{effect} {key[1]}"
        return Accepted(evidence=row) if why is None else Rejected(why, row, row)


def is_ours(file: str) -> bool:
    """Return whether a file is a farm's."""
    return file.startswith("farmctl-")


def _other(config: DriverConfig, seen: Observation) -> Rejected | None:
    """Return why nothing may be sent: nobody answers, or another machine does."""
    if not seen.is_reachable:
        return Rejected(Why.NOT_SENT, "no answer", _LOOKED)
    if config.identity is not None and seen.identity != config.identity:
        return Rejected(Why.NOT_SENT, f"{seen.identity} answers", _LOOKED)
    return None
