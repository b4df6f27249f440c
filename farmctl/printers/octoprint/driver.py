"""The driver: looks, and makes one call for each effect, to the one machine it was pinned to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

from msgspec import Struct

from farmctl.errors import UsageError
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
    cannot_exclude,
)
from farmctl.printers.octoprint.answers import answer_of
from farmctl.printers.octoprint.examination import examine
from farmctl.printers.octoprint.push import Ear, pushes
from farmctl.printers.octoprint.questions import LOOKED, Questions
from farmctl.printers.octoprint.said import text
from farmctl.printers.octoprint.seen import observation
from farmctl.printers.octoprint.status import Now
from farmctl.printers.octoprint.stored import Stored, digest_of, ending_of
from farmctl.printers.octoprint.wire import Wire, stored_path
from farmctl.printers.web.answers import Call
from farmctl.printers.web.http import Reply, Silence

PROMISES = Promises(
    deletion_fences=True,
    evidence=Evidence.COUNTERS,
    patience_s=30.0,
    verifies_upload="size",
    survives_restart=False,
)

_SETTLE_S = 0.25
_SETTLE_TRIES = 8


class _Verb(Struct, frozen=True):
    """A call that OctoPrint does not aim: when it makes sense, what it says, what it leads to."""

    before: tuple[str, ...]
    said: Mapping[str, str]
    is_done: Callable[[Now, str], bool]


_GOING = ("Starting", "Printing", "Resuming")
_VERBS: Mapping[Call, _Verb] = {
    Call.PAUSE: _Verb(
        _GOING,
        {"command": "pause", "action": "pause"},
        lambda now, file: now.prints(file) and now.word in ("Pausing", "Paused"),
    ),
    Call.RESUME: _Verb(
        ("Paused",),
        {"command": "pause", "action": "resume"},
        lambda now, file: now.file == file and now.word not in ("Pausing", "Paused"),
    ),
    Call.CANCEL: _Verb(
        (*_GOING, "Pausing", "Paused", "Finishing", "Cancelling"),
        {"command": "cancel"},
        lambda now, file: not now.prints(file) or now.word == "Cancelling",
    ),
}


def open_driver(config: DriverConfig) -> OctoPrintDriver:
    """Return the driver of one printer behind an OctoPrint. Raises UsageError without a URL."""
    if not config.url:
        raise UsageError(f"printer {config.printer} has no url", "add `url: http://…:5000`")
    return OctoPrintDriver(config, config.url)


class OctoPrintDriver:
    """One printer behind an OctoPrint at `url`."""

    def __init__(self, config: DriverConfig, url: str) -> None:
        self._config = config
        self._wire = Wire(url, config.api_key, config.lines.http)
        self._questions = Questions(self._wire)
        self._ear = Ear(self._wire)
        self._pushes = pushes(url, self._ear, config.clock, config.lines.listen)
        self._nozzle_um: int | None = None
        self._sent: dict[str, Stored] = {}

    @property
    def promises(self) -> Promises:
        """Return what OctoPrint can promise. A cancel ends whatever is printed by then."""
        return PROMISES

    async def look(self) -> Observation:
        """Ask OctoPrint; dated by when it was asked."""
        asked_at = self._config.clock.now()
        seen = await self._questions.everything()
        if self._nozzle_um is None and seen.now is not None:
            self._nozzle_um = await self._questions.nozzle_um()
        return observation(self._config.printer, asked_at, seen, self._nozzle_um)

    async def watch(self) -> AsyncIterator[None]:
        """Yield at each event that tells of a change."""
        async for _ in self._pushes.changes():
            self._nozzle_um = None  # somebody may have written down another one
            yield

    async def upload(self, file: str, gcode: bytes) -> Answer:
        """Store `gcode`, and compare what OctoPrint then has with what was sent."""
        refusal = await self._questions.refusal(self._config.identity)
        if refusal is not None:
            return refusal
        there = await self._questions.stored(file)
        if isinstance(there, Stored) or there.why is not Why.MISSING:
            return Rejected(Why.NOT_SENT, f"{file} may be there already", LOOKED)
        reply = await self._wire.upload(file, gcode)
        answer = _answer(Call.UPLOAD, reply)
        if not isinstance(answer, Accepted):
            return answer
        named = text(reply.body if isinstance(reply, Reply) else None, "files", "local", "path")
        if named != file:
            message = f"asked for {file}, stored as {named or 'something else'}: delete that"
            return Rejected(Why.BAD_UPLOAD, message, LOOKED)
        return await self._verified(file, gcode)

    async def start(self, file: str) -> Answer:
        """Print a stored file on a machine that was just seen idle."""
        refusal = await self._questions.refusal(self._config.identity)
        if refusal is not None:
            return refusal
        seen = await self._questions.everything()
        if seen.state is not DeviceState.READY:
            why = Why.BUSY if seen.now and seen.now.has_job else Why.NOT_READY
            word = seen.why or (seen.now.word if seen.now else "")
            return Rejected(why, f"the printer is {seen.state}: {word}", LOOKED)
        stored = await self._questions.stored(file)
        if isinstance(stored, Rejected):
            return stored
        sent = self._sent.get(file, stored)
        if (stored.size_b, stored.sha1) != (sent.size_b, sent.sha1):
            return Rejected(Why.BAD_UPLOAD, f"{file} is not what was stored", LOOKED)
        return _answer(Call.START, await self._wire.start(file))

    async def pause(self, file: str) -> Answer:
        """Pause the print of `file`."""
        return await self._aimed(Call.PAUSE, file)

    async def resume(self, file: str) -> Answer:
        """Go on with the paused print of `file`."""
        return await self._aimed(Call.RESUME, file)

    async def cancel(self, file: str) -> Answer:
        """End the print of `file`, seen a moment ago; OctoPrint ends whatever is printed."""
        answer = await self._aimed(Call.CANCEL, file)
        if isinstance(answer, Accepted):
            self._ear.cancelled |= {file}
        return answer

    async def exclude(self, file: str, part: str) -> Answer:
        """Refuse: OctoPrint sends a file as it is."""
        return cannot_exclude(file, part)

    async def delete(self, file: str) -> Answer:
        """Delete a stored file that is not being printed."""
        refusal, now = await asyncio.gather(
            self._questions.refusal(self._config.identity), self._questions.doing()
        )
        if refusal is not None:
            return refusal
        if now is not None and now.prints(file):
            return Rejected(Why.IN_USE, f"{file} is being printed", LOOKED)
        answer = _answer(Call.DELETE, await self._wire.tell("DELETE", stored_path(file)))
        if isinstance(answer, Accepted):
            self._sent.pop(file, None)
            self._ear.cancelled -= {file}  # with the file went what was counted of it
        return answer

    async def files(self) -> tuple[str, ...]:
        """Return the stored files of farms."""
        return await self._questions.files()

    async def evidence(self, file: str) -> Ending | None:
        """Return how the print of `file` ended, by the file's own counters."""
        stored = await self._questions.stored(file)
        if isinstance(stored, Rejected):
            return None
        return ending_of(stored, is_cancelled=file in self._ear.cancelled)

    async def doctor(self) -> tuple[Finding, ...]:
        """Return what is wrong with OctoPrint's configuration, and with the key."""
        return await examine(self._config, self._questions)

    async def close(self) -> None:
        """Close the connections; the printer goes on."""
        await self._pushes.close()
        await self._wire.close()

    async def _verified(self, file: str, gcode: bytes) -> Answer:
        """Return `Accepted` when OctoPrint read back from its disk what was sent."""
        stored = await self._questions.stored(file)
        if isinstance(stored, Rejected):
            return Unknown(f"OctoPrint does not say what it stored: {stored.message}")
        if not stored.holds(gcode):
            message = f"sent {len(gcode)} bytes, {digest_of(gcode)}; stored {stored.size_b}"
            return Rejected(Why.BAD_UPLOAD, f"{message}, {stored.sha1}", LOOKED)
        self._sent[file] = stored
        return Accepted(evidence=f"size {stored.size_b}, sha1 {stored.sha1 or 'not told'}")

    async def _aimed(self, call: Call, file: str) -> Answer:
        """Make a call that OctoPrint does not aim, if the print is of `file` and can follow it."""
        refusal, now = await asyncio.gather(
            self._questions.refusal(self._config.identity), self._questions.doing()
        )
        if refusal is not None:
            return refusal
        if now is None or not now.prints(file):
            return Rejected(Why.NOT_OURS, f"{file} is not being printed", LOOKED)
        if now.word not in _VERBS[call].before:
            return Rejected(Why.NOT_READY, f"{file} is {now.word.lower()}", LOOKED)
        answer = _answer(call, await self._wire.job(_VERBS[call].said))
        # OctoPrint says yes also when nothing happened.
        if not isinstance(answer, Accepted) or await self._became(call, file):
            return answer
        return Unknown(f"OctoPrint said yes to {call}, but {file} goes on as before")

    async def _became(self, call: Call, file: str) -> bool:
        for _ in range(_SETTLE_TRIES):
            now = await self._questions.doing()
            if now is not None and _VERBS[call].is_done(now, file):
                return True
            await self._config.clock.sleep(_SETTLE_S)
        return False


def _answer(call: Call, reply: Reply | Silence) -> Answer:
    if isinstance(reply, Silence):
        return reply.answer
    return answer_of(call, reply.status, reply.body)
