"""Drivers that are broken on purpose: any correct one, with one idea that people really had.

    RetriesAStart.over(open_driver)(config)

Each is a small mistake over whatever driver it is put around.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from farmctl.model.observation import Ended, Ending, Observation
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import Answer, PrinterDriver, Rejected, Unknown, Why

Opener = Callable[[DriverConfig], PrinterDriver]


class Around:
    """A driver around another one: it passes on every call that it does not change."""

    def __init__(self, driver: PrinterDriver) -> None:
        self.driver = driver

    def __getattr__(self, name: str) -> Any:
        return getattr(self.driver, name)

    @classmethod
    def over(cls, opener: Opener) -> Callable[[DriverConfig], Any]:
        """Return what opens a broken driver where `opener` opens a correct one."""
        return lambda config: cls(opener(config))


class RetriesAStart(Around):
    async def start(self, file: str) -> Answer:
        answer = await self.driver.start(file)
        return await self.driver.start(file) if is_silent(answer) else answer


class TakesAnErrorForRejected(Around):
    async def upload(self, file: str, gcode: bytes) -> Answer:
        return _rejected(await self.driver.upload(file, gcode))

    async def start(self, file: str) -> Answer:
        return _rejected(await self.driver.start(file))


class AcceptsAStaleLook(Around):
    kept: Observation | None = None

    async def look(self) -> Observation:
        now = await self.driver.look()
        if self.kept is None or now.seen_at - self.kept.seen_at >= timedelta(seconds=1):
            self.kept = now
        return self.kept


class NoIdentityCheck(Around):
    @classmethod
    def over(cls, opener: Opener) -> Callable[[DriverConfig], Any]:
        return lambda config: cls(opener(replace(config, identity=None)))


class DeletesInUse(Around):
    async def delete(self, file: str) -> Answer:
        answer = await self.driver.delete(file)
        if isinstance(answer, Rejected) and answer.why is Why.IN_USE:
            await self.driver.cancel(file)
            return await self.driver.delete(file)
        return answer


class CancelsWhateverRuns(Around):
    async def cancel(self, file: str) -> Answer:
        job = (await self.driver.look()).job
        return await self.driver.cancel(job.file if job else file)


class TakesAnothersCompletion(Around):
    has_printed = False

    async def look(self) -> Observation:
        seen = await self.driver.look()
        self.has_printed |= seen.job is not None
        return seen

    async def evidence(self, file: str) -> Ending | None:
        ending = await self.driver.evidence(file)
        is_over = self.has_printed and (await self.driver.look()).job is None
        return ending or (Ending(file, Ended.COMPLETED, "it is done") if is_over else None)


BROKEN: Mapping[type[Around], str] = {
    RetriesAStart: "start_without_a_reply_is_unknown_and_sent_once",
    TakesAnErrorForRejected: "an_answer_that_explains_nothing_is_unknown",
    AcceptsAStaleLook: "a_look_is_never_cached",
    NoIdentityCheck: "another_machine_gets_no_effect",
    DeletesInUse: "a_file_in_use_is_not_deleted",
    CancelsWhateverRuns: "others_prints_are_left_alone",
    TakesAnothersCompletion: "evidence_is_of_our_job_alone",
}
"""With the one check that each fails."""


_ERRORS = ("HTTP ", "FTP ", "MQTT ")


def is_silent(answer: Answer) -> bool:
    """Return whether nothing was answered."""
    return isinstance(answer, Unknown) and not is_error(answer)


def is_error(answer: Answer) -> bool:
    """Return whether what was answered explains nothing."""
    return isinstance(answer, Unknown) and answer.message.startswith(_ERRORS)


def _rejected(answer: Answer) -> Answer:
    return Rejected(Why.BUSY, "an error", "HTTP") if is_error(answer) else answer
