"""The driver: looks, and makes one call for each effect, to the one machine it was pinned to."""

from __future__ import annotations

from collections.abc import AsyncIterator

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
from farmctl.printers.prusalink.answers import answer_of
from farmctl.printers.prusalink.checks import findings, other_machine, unusable
from farmctl.printers.prusalink.questions import LOOKED, Questions, Unseen
from farmctl.printers.prusalink.seen import nothing_seen, observation
from farmctl.printers.prusalink.status import PAUSED, PRINTING, Shown
from farmctl.printers.prusalink.watching import Watching
from farmctl.printers.prusalink.wire import Wire, file_path, job_path, login_in
from farmctl.printers.web.answers import Call
from farmctl.printers.web.http import Reply, Silence

PROMISES = Promises(
    deletion_fences=True,
    evidence=Evidence.JOB_ID,
    patience_s=20.0,
    verifies_upload="size",
    aims_cancel=True,
    survives_restart=False,
)

_BEGINS_S = 1.0
_SETTLE_S = 0.25
_SETTLE_TRIES = 20


def open_driver(config: DriverConfig) -> PrusaLinkDriver:
    """Return the driver of one printer behind a PrusaLink. Raises UsageError without a URL."""
    if not config.url:
        raise UsageError(f"printer {config.printer} has no url", "add `url: http://…`")
    return PrusaLinkDriver(config, config.url)


class PrusaLinkDriver:
    """One printer behind a PrusaLink at `url`."""

    def __init__(self, config: DriverConfig, url: str) -> None:
        self._config = config
        self._wire = Wire(url, config.api_key, config.lines.http)
        self._questions = Questions(self._wire)
        self._watching = Watching(self._questions, config.clock)
        self._version: object = None
        self._sent_b: dict[str, int] = {}

    @property
    def promises(self) -> Promises:
        """Return what PrusaLink can promise. A cancel names the job that it ends."""
        return PROMISES

    async def look(self) -> Observation:
        """Ask PrusaLink; dated by when it was asked."""
        asked_at, seen = await self._watching.look()
        if isinstance(seen, Unseen):
            self._version = None  # it may come back as another one
            return nothing_seen(self._config.printer, asked_at, seen)
        if self._version is None:
            self._version = await self._questions.version()
        memory = self._watching.memory
        return observation(self._config.printer, asked_at, seen, memory, self._version)

    async def watch(self) -> AsyncIterator[None]:
        """Yield when a look, taken every few seconds, shows something else."""
        async for _ in self._watching.changes():
            yield

    async def upload(self, file: str, gcode: bytes) -> Answer:
        """Store `gcode`; its size is compared with what PrusaLink then tells of the file."""
        now = await self._ours()
        if isinstance(now, Rejected):
            return now
        there_b = await self._questions.size_b(file)
        if there_b is not None:
            why = there_b.why if isinstance(there_b, Silence) else f"{file} is there already"
            return Rejected(Why.NOT_SENT, why, LOOKED)
        if now.free_b is not None and now.free_b < len(gcode):
            why = f"{file} needs {len(gcode)} bytes, and PrusaLink has room for {now.free_b}"
            return Rejected(Why.NOT_SENT, why, LOOKED)
        answer = _answer(Call.UPLOAD, await self._wire.tell("PUT", file_path(file), gcode))
        if not isinstance(answer, Accepted):
            return answer
        return await self._verified(file, gcode)

    async def start(self, file: str) -> Answer:
        """Print a stored file on a machine that was just seen idle."""
        now = await self._ours()
        if isinstance(now, Rejected):
            return now
        if now.state is not DeviceState.READY:
            why = Why.BUSY if now.job is not None else Why.NOT_READY
            return Rejected(why, f"the printer is {now.word or now.state}", LOOKED)
        there_b = await self._questions.size_b(file)
        if isinstance(there_b, Silence):
            return Rejected(Why.NOT_SENT, there_b.why, LOOKED)
        if there_b is None:
            return Rejected(Why.MISSING, f"{file} is not on the printer", LOOKED)
        if there_b != self._sent_b.pop(file, there_b):
            return Rejected(Why.BAD_UPLOAD, f"{file} is not what was stored", LOOKED)
        answer = _answer(Call.START, await self._wire.tell("POST", file_path(file)))
        if isinstance(answer, Rejected) and answer.why is Why.BUSY:
            return await self._busy(file, answer)
        if isinstance(answer, Accepted):
            # A print that is stopped before the machine was told of it leaves PrusaLink broken.
            await self._config.clock.sleep(_BEGINS_S)
        return answer

    async def pause(self, file: str) -> Answer:
        """Pause the print of `file`."""
        return await self._aimed(Call.PAUSE, file, (PRINTING,))

    async def resume(self, file: str) -> Answer:
        """Go on with the paused print of `file`."""
        return await self._aimed(Call.RESUME, file, (PAUSED,))

    async def cancel(self, file: str) -> Answer:
        """End the print of `file`."""
        return await self._aimed(Call.CANCEL, file, (PRINTING, PAUSED))

    async def exclude(self, file: str, part: str) -> Answer:
        """Refuse: an MK3 prints a file as it is."""
        return cannot_exclude(file, part)

    async def delete(self, file: str) -> Answer:
        """Delete a stored file that is not being printed; accepted when it is seen to be gone."""
        now = await self._ours()
        if isinstance(now, Rejected):
            return now
        if now.job is not None and self._file_of(now) == file:
            return Rejected(Why.IN_USE, f"{file} is being printed", LOOKED)
        answer = _answer(Call.DELETE, await self._wire.tell("DELETE", file_path(file)))
        if not isinstance(answer, Accepted) or await self._became(file, None):
            return answer
        return Unknown(f"PrusaLink said yes, but {file} is still listed")

    async def files(self) -> tuple[str, ...]:
        """Return the stored files of farms."""
        return await self._questions.files()

    async def evidence(self, file: str) -> Ending | None:
        """Return how the print of `file` ended, if it was seen to."""
        _, seen = await self._watching.look()
        return None if isinstance(seen, Unseen) else self._watching.memory.endings.get(file)

    async def doctor(self) -> tuple[Finding, ...]:
        """Return what is wrong with PrusaLink, and with how farmctl gets in."""
        _, seen = await self._watching.look()
        if isinstance(seen, Unseen):
            return (unusable(seen.why),)
        refusal = self._refusal(seen)
        is_login = login_in(self._config.api_key) is not None
        found = findings(await self._questions.version(), seen, is_login=is_login)
        return found if refusal is None else (other_machine(refusal.message), *found)

    async def close(self) -> None:
        """Close the connections; the printer goes on."""
        await self._watching.close()
        await self._wire.close()

    async def _ours(self) -> Shown | Rejected:
        """Return what our own machine shows, or why nothing may be sent to what answers."""
        _, seen = await self._watching.look()
        if isinstance(seen, Unseen):
            return seen.refusal
        return self._refusal(seen) or seen

    def _refusal(self, seen: Shown) -> Rejected | None:
        pinned = self._config.identity
        if seen.serial is not None and pinned in (None, seen.serial):
            return None
        who = seen.serial or "one whose serial number is not known yet"
        return Rejected(Why.NOT_SENT, f"another machine answers: {who}, not {pinned}", LOOKED)

    async def _aimed(self, call: Call, file: str, before: tuple[str, ...]) -> Answer:
        """Make a call that names the job, if that prints `file` and is as `before`."""
        now = await self._ours()
        if isinstance(now, Rejected):
            return now
        if now.job is None or self._file_of(now) != file:
            return Rejected(Why.NOT_OURS, f"{file} is not being printed", LOOKED)
        if now.word not in before and call is not Call.CANCEL:
            return Rejected(Why.NOT_READY, f"{file} is {now.word}", LOOKED)
        method, verb = ("DELETE", "") if call is Call.CANCEL else ("PUT", str(call))
        return _answer(call, await self._wire.tell(method, job_path(now.job.job_id, verb)))

    def _file_of(self, now: Shown) -> str:
        """Return the file of the job that is shown, or was shown with before."""
        known = self._watching.memory.job
        if now.job is not None and known is not None and now.job.job_id == known.job_id:
            return known.file
        return now.job.file if now.job is not None else ""

    async def _verified(self, file: str, gcode: bytes) -> Answer:
        """Return `Accepted` when PrusaLink has found the file, with the size of what was sent."""
        if await self._became(file, len(gcode)):
            self._sent_b[file] = len(gcode)
            return Accepted(evidence=f"size {len(gcode)}")
        stored_b = await self._questions.size_b(file)
        if isinstance(stored_b, int):
            message = f"sent {len(gcode)} bytes as {file}, stored {stored_b}"
            return Rejected(Why.BAD_UPLOAD, message, LOOKED)
        return Unknown(f"PrusaLink said yes, but does not list {file}")

    async def _became(self, file: str, size_b: int | None) -> bool:
        """Return whether a file is soon listed so: PrusaLink finds it a moment after it is there.

        A start between a deletion and that moment would leave PrusaLink busy with nothing.
        """
        for _ in range(_SETTLE_TRIES):
            if await self._questions.size_b(file) == size_b:
                return True
            await self._config.clock.sleep(_SETTLE_S)
        return False

    async def _busy(self, file: str, answer: Rejected) -> Answer:
        """A request that the network doubled is busy with itself: then nothing was refused."""
        _, seen = await self._watching.look()
        if (
            isinstance(seen, Shown)
            and seen.job is not None
            and self._file_of(seen) not in ("", file)
        ):
            return answer
        return Unknown(f"{answer.message}, and no other print shows")


def _answer(call: Call, reply: Reply | Silence) -> Answer:
    if isinstance(reply, Silence):
        return reply.answer
    return answer_of(call, reply.status, reply.body)
