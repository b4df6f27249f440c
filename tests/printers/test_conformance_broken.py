"""The conformance suite finds what is wrong with a driver: a correct one passes, broken ones do not.

Each broken driver is a correct one with one idea that people really had.
"""

from __future__ import annotations

import asyncio
import inspect
from datetime import timedelta
from typing import Any

import pytest

from farmctl.model.observation import Ending, Observation
from farmctl.printers.driver import Answer, Rejected, Unknown, Why
from farmctl.testing.conformance import CHECKS, failures
from tests.printers.web_printer import WebDriver
from tests.printers.web_rig import WebRig

pytestmark = pytest.mark.pure


class RetriesAStart(WebDriver):
    async def start(self, file: str) -> Answer:
        answer = await super().start(file)
        return await super().start(file) if answer == Unknown("no reply") else answer


class TakesConflictForRejected(WebDriver):
    def meaning(self, status: int, said: Any) -> Answer:
        answer = super().meaning(status, said)
        if status == 409 and isinstance(answer, Unknown):
            return Rejected(Why.BUSY, "conflict", "409")
        return answer


class AcceptsAStaleLook(WebDriver):
    kept: Observation | None = None

    async def look(self) -> Observation:
        now = self.server.clock.now()
        if self.kept is None or now - self.kept.seen_at >= timedelta(seconds=1):
            self.kept = await super().look()
        return self.kept


class NoIdentityCheck(WebDriver):
    async def is_another(self) -> bool:
        return False


class DeletesInUse(WebDriver):
    async def delete(self, file: str) -> Answer:
        answer = await super().delete(file)
        if isinstance(answer, Rejected) and answer.why is Why.IN_USE:
            await self.cancel(file)
            return await super().delete(file)
        return answer


class CancelsWhateverRuns(WebDriver):
    async def cancel(self, file: str) -> Answer:
        return await self.send("POST", "/cancel")


class TakesAnothersCompletion(WebDriver):
    async def evidence(self, file: str) -> Ending | None:
        for record in await self.history():
            return Ending(file, record.ended, record.words)
        return None


BROKEN = {
    RetriesAStart: "start_without_a_reply_is_unknown_and_sent_once",
    TakesConflictForRejected: "an_answer_that_explains_nothing_is_unknown",
    AcceptsAStaleLook: "a_look_is_never_cached",
    NoIdentityCheck: "another_machine_gets_no_effect",
    DeletesInUse: "a_file_in_use_is_not_deleted",
    CancelsWhateverRuns: "others_prints_are_left_alone",
    TakesAnothersCompletion: "evidence_is_of_our_job_alone",
}


def failed_by(driver: type[WebDriver]) -> dict[str, str]:
    """Each check on a device of its own."""
    return {name: said for name in CHECKS for said in _said(name, driver)}


def _said(name: str, driver: type[WebDriver]) -> list[str]:
    return [said for check, said in asyncio.run(failures(WebRig(driver), [name])).items()]


def test_a_correct_driver_passes_every_check() -> None:
    assert failed_by(WebDriver) == {}
    assert asyncio.run(failures(WebRig())) == {}


@pytest.mark.parametrize("driver", BROKEN, ids=lambda driver: driver.__name__)
def test_a_broken_driver_fails_the_check_that_names_it(driver: type[WebDriver]) -> None:
    assert list(failed_by(driver)) == [BROKEN[driver]]


@pytest.mark.parametrize("driver", BROKEN, ids=lambda driver: driver.__name__)
def test_a_broken_driver_is_a_small_mistake(driver: type[WebDriver]) -> None:
    assert len(inspect.getsource(driver).splitlines()) <= 15


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_says_what_it_asks_for(name: str) -> None:
    assert CHECKS[name].__doc__
