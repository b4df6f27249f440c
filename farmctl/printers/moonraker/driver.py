"""The driver: looks, and makes one call for each effect, to the one machine it was pinned to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from farmctl.errors import UsageError
from farmctl.gcode.objects import object_name
from farmctl.model.observation import DeviceState, Ending, Observation
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import (
    Accepted,
    Answer,
    Evidence,
    Finding,
    Promises,
    Rejected,
    Unknown,
    Why,
)
from farmctl.printers.moonraker.answers import answer_of
from farmctl.printers.moonraker.checks import findings, no_objects, other_machine, unusable
from farmctl.printers.moonraker.guard import findings_of_guard, is_refusal
from farmctl.printers.moonraker.history import ending_of
from farmctl.printers.moonraker.push import pushes
from farmctl.printers.moonraker.questions import LOOKED, Questions
from farmctl.printers.moonraker.seen import observation
from farmctl.printers.moonraker.status import Live
from farmctl.printers.moonraker.wire import Wire, gcode_path
from farmctl.printers.web.answers import Call
from farmctl.printers.web.http import Reply, Silence

PROMISES = Promises(
    deletion_fences=True,
    evidence=Evidence.HISTORY,
    patience_s=20.0,
    verifies_upload="sha256",
    excludes=True,
)

_SETTLE_S = 0.25
_SETTLE_TRIES = 8


def open_driver(config: DriverConfig) -> MoonrakerDriver:
    """Return the driver of one printer behind a Moonraker. Raises UsageError without a URL."""
    if not config.url:
        raise UsageError(f"printer {config.printer} has no url", "add `url: http://…:7125`")
    return MoonrakerDriver(config, config.url)


class MoonrakerDriver:
    """One Klipper printer behind a Moonraker at `url`."""

    def __init__(self, config: DriverConfig, url: str) -> None:
        self._config = config
        self._wire = Wire(url, config.api_key, config.lines.http)
        self._questions = Questions(self._wire)
        self._pushes = pushes(url, config.api_key, config.clock, config.lines.listen)
        self._objects: Mapping[str, Any] | None = None
        self._sent_b: dict[str, int] = {}

    @property
    def promises(self) -> Promises:
        """Return what Moonraker can promise. A cancel ends whatever is printed by then."""
        return PROMISES

    async def look(self) -> Observation:
        """Ask Moonraker, Klipper and the history together; dated by when they were asked."""
        asked_at = self._config.clock.now()
        seen = await self._questions.everything()
        objects = await self._configured(seen.now)
        return observation(self._config.printer, asked_at, seen, objects)

    async def watch(self) -> AsyncIterator[None]:
        """Yield at each push that tells of a change."""
        async for _ in self._pushes.changes():
            self._objects = None  # a restart may have brought another configuration
            yield

    async def upload(self, file: str, gcode: bytes) -> Answer:
        """Store `gcode`; Moonraker compares its digest with ours before it keeps it."""
        refusal = await self._questions.refusal(self._config.identity)
        if refusal is not None:
            return refusal
        if await self._wire.exists(file) is not False:
            return Rejected(Why.NOT_SENT, f"{file} may be there already", LOOKED)
        digest = sha256(gcode).hexdigest()
        form = {"root": "gcodes", "print": "false", "checksum": digest}
        reply = await self._wire.upload(form, file, gcode)
        answer = _answer(Call.UPLOAD, reply)
        if isinstance(answer, Accepted):
            answer = _verified(reply, file, gcode)
            self._sent_b[file] = len(gcode)
        return answer

    async def start(self, file: str) -> Answer:
        """Print a stored file on a machine that was just seen idle."""
        now = await self._klipper()
        if isinstance(now, Rejected):
            return now
        if now.state is not DeviceState.READY:
            # A start while it is paused would throw the paused print away.
            why = Why.BUSY if now.has_job else Why.NOT_READY
            return Rejected(why, f"the printer is {now.state}, {now.file or now.message}", LOOKED)
        if await self._wire.exists(file) is False:
            # Klipper would take a file whose name differs in upper and lower case.
            return Rejected(Why.MISSING, f"{file} is not on the printer", LOOKED)
        if await self._is_overwritten(file):
            return Rejected(Why.BAD_UPLOAD, f"{file} is not what was stored", LOOKED)
        reply = await self._wire.tell("POST", "/printer/print/start", {"filename": file})
        answer = _answer(Call.START, reply)
        if isinstance(answer, Rejected) and answer.why is Why.BUSY:
            return await self._busy(file, answer)
        return answer

    async def pause(self, file: str) -> Answer:
        """Pause the print of `file`."""
        return await self._aimed(Call.PAUSE, file, ("printing",), ("paused",))

    async def resume(self, file: str) -> Answer:
        """Go on with the paused print of `file`."""
        return await self._aimed(Call.RESUME, file, ("paused",), ("printing", "complete"))

    async def cancel(self, file: str) -> Answer:
        """End the print of `file`, seen a moment ago; Moonraker ends whatever is printed."""
        return await self._aimed(Call.CANCEL, file, ("printing", "paused"), ("cancelled",))

    async def exclude(self, file: str, part: str) -> Answer:
        """Leave a part out; the name that Klipper knows it by is of this file alone."""
        now, known = await asyncio.gather(self._klipper(), self._questions.known_objects())
        if isinstance(now, Rejected):
            return now
        if now.file != file or not now.has_job:
            return Rejected(Why.NOT_OURS, f"{file} is not being printed", LOOKED)
        if known is None:
            why = "Klipper has no [exclude_object] in its printer.cfg"
            return Rejected(Why.CANNOT, why, LOOKED)
        name = object_name(part, file)
        if name not in known:
            return Rejected(Why.MISSING, f"Klipper knows no {name} in {file} yet", LOOKED)
        if name in now.excluded:
            return Accepted(evidence=LOOKED)
        script = {"script": f"EXCLUDE_OBJECT NAME={name}"}
        reply = await self._wire.tell("POST", "/printer/gcode/script", script)
        answer = _answer(Call.EXCLUDE, reply)
        # Klipper says ok to every name; and what a macro of the same name does, nobody knows.
        if not isinstance(answer, Accepted) or await self._settled(
            lambda now: name in now.excluded
        ):
            return answer
        return Unknown(f"Moonraker said ok, but {name} is not left out")

    async def delete(self, file: str) -> Answer:
        """Delete a stored file that is not being printed, with or without a Klipper."""
        refusal, now = await asyncio.gather(
            self._questions.refusal(self._config.identity), self._questions.klipper()
        )
        if refusal is not None:
            return refusal
        if now is not None and now.has_job and now.file == file:
            return Rejected(Why.IN_USE, f"{file} is being printed", LOOKED)
        return _answer(Call.DELETE, await self._wire.tell("DELETE", gcode_path(file)))

    async def files(self) -> tuple[str, ...]:
        """Return the stored files of farms."""
        return await self._questions.files()

    async def evidence(self, file: str) -> Ending | None:
        """Return how the print of `file` ended, by Klipper's state or Moonraker's history."""
        now, newest = await asyncio.gather(
            self._questions.klipper(), self._questions.newest_job_of(file)
        )
        if now is not None and now.file == file and is_refusal(now.message):
            # Somebody began it again, and the guard ended that: the print was the one before. A job
            # so short is not always in the history.
            if newest is not None and newest.status == "error":
                newest = await self._questions.newest_job_of(file, but=newest)
            return ending_of(file, replace(now, file=""), newest)
        return ending_of(file, now, newest)

    async def doctor(self) -> tuple[Finding, ...]:
        """Return what is wrong with Moonraker's configuration."""
        seen = await self._questions.everything()
        config = await self._questions.config()
        if seen.server is None or config is None:
            return (unusable(seen.why),)
        refusal = await self._questions.refusal(self._config.identity)
        found = findings(config, seen.server)
        if seen.now is not None:
            found = (*found, *await self._of_klipper())
        return found if refusal is None else (other_machine(refusal.message), *found)

    async def _of_klipper(self) -> list[Finding]:
        found = [no_objects()] if await self._questions.known_objects() is None else []
        if self._config.guard:
            found += findings_of_guard(await self._questions.guard())
        return found

    async def close(self) -> None:
        """Close the connections; the printer goes on."""
        await self._pushes.close()
        await self._wire.close()

    async def _klipper(self) -> Live | Rejected:
        """Return the state of our own machine's Klipper, or why nothing may be sent to it."""
        refusal, now = await asyncio.gather(
            self._questions.refusal(self._config.identity), self._questions.klipper()
        )
        if refusal is not None:
            return refusal
        return now or Rejected(Why.NOT_READY, "no Klipper is connected", LOOKED)

    async def _aimed(
        self, call: Call, file: str, before: tuple[str, ...], after: tuple[str, ...]
    ) -> Answer:
        """Make a call that Moonraker does not aim, if the print is of `file` and as `before`."""
        now = await self._klipper()
        if isinstance(now, Rejected):
            return now
        if now.file != file or not now.has_job:
            return Rejected(Why.NOT_OURS, f"{file} is not being printed", LOOKED)
        if now.print not in before:
            return Rejected(Why.NOT_READY, f"{file} is {now.print}", LOOKED)
        answer = _answer(call, await self._wire.tell("POST", f"/printer/print/{call}"))
        # Moonraker says ok also when nothing happened.
        if not isinstance(answer, Accepted) or await self._settled(
            lambda now: now.file == file and now.print in after
        ):
            return answer
        return Unknown(f"Moonraker said ok, but {file} is not {after[0]}")

    async def _settled(self, wanted: Callable[[Live], bool]) -> bool:
        """Return whether Klipper shows what is wanted, now or in two seconds."""
        for _ in range(_SETTLE_TRIES):
            now = await self._questions.klipper()
            if now is not None and wanted(now):
                return True
            await self._config.clock.sleep(_SETTLE_S)
        return False

    async def _is_overwritten(self, file: str) -> bool:
        """Return whether a file that was sent has another size by now."""
        sent_b = self._sent_b.pop(file, None)
        return sent_b is not None and await self._questions.size_b(file) not in (sent_b, None)

    async def _busy(self, file: str, answer: Rejected) -> Answer:
        """A request that the network doubled is busy with itself: then nothing was refused."""
        now = await self._questions.klipper()
        if now is None or now.file == file:
            return Unknown(f"{answer.message}, with {file} itself")
        return answer

    async def _configured(self, now: Live | None) -> Mapping[str, Any]:
        """Return Klipper's configuration; it is asked for again when something changed."""
        if now is None:
            return {}
        if self._objects is None:
            self._objects = await self._questions.objects()
        return self._objects


def _answer(call: Call, reply: Reply | Silence) -> Answer:
    if isinstance(reply, Silence):
        return reply.answer
    return answer_of(call, reply.status, reply.body)


def _verified(reply: Reply | Silence, file: str, gcode: bytes) -> Answer:
    """Return `Accepted` when what Moonraker stored has the name and the size of what was sent."""
    match reply:
        case Reply(body={"item": {"path": path, "size": size}}):
            if path == file and size == len(gcode):
                return Accepted(evidence=f"sha256 {sha256(gcode).hexdigest()}")
            message = f"sent {len(gcode)} bytes as {file}, stored {size} as {path}"
            return Rejected(Why.BAD_UPLOAD, message, LOOKED)
        case _:
            return Unknown("Moonraker does not say what it stored")
