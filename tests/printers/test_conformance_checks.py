"""Every check of the conformance suite can fail: for each there is a driver that it refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from farmctl.model.observation import DeviceState, Ended, Ending, Observation
from farmctl.printers.driver import Accepted, Answer, Rejected, Unknown
from farmctl.sim.device import Machine
from farmctl.testing.conformance import CHECKS, failures
from tests.printers.broken import BROKEN
from tests.printers.web_printer import WebDriver
from tests.printers.web_rig import WebRig

pytestmark = pytest.mark.pure


class BelievesItsUploads(WebDriver):
    async def upload(self, file: str, gcode: bytes) -> Answer:
        answer = await super().upload(file, gcode)
        return Accepted() if isinstance(answer, Accepted) else answer


class ListsEverything(WebDriver):
    async def files(self) -> tuple[str, ...]:
        machine = await self.status()
        return tuple(each.name for each in machine.files) if machine else ()


class ForgetsToDelete(WebDriver):
    async def delete(self, file: str) -> Answer:
        return Accepted()


class StartsTwice(WebDriver):
    async def start(self, file: str) -> Answer:
        answer = await super().start(file)
        await self.cancel(file)
        return await super().start(file) if isinstance(answer, Accepted) else answer


class AcceptsEveryStart(WebDriver):
    async def start(self, file: str) -> Answer:
        answer = await super().start(file)
        return Accepted() if isinstance(answer, Rejected) else answer


class MakesRoom(WebDriver):
    async def start(self, file: str) -> Answer:
        machine = await self.status()
        if machine is not None and machine.state is DeviceState.PRINTING:
            await self.send("POST", "/cancel")
        return await super().start(file)


class StartsOnPaused(WebDriver):
    async def start(self, file: str) -> Answer:
        return await self.send("POST", "/start", file)


class SendsItAgainLater(WebDriver):
    late: str | None = None

    async def start(self, file: str) -> Answer:
        answer = await super().start(file)
        self.late = file if isinstance(answer, Unknown) else None
        return answer

    async def delete(self, file: str) -> Answer:
        if self.late == file:
            await super().start(file)
        return await super().delete(file)


class NeverWakes(WebDriver):
    async def watch(self) -> AsyncIterator[None]:
        while not self.is_closed:
            await self.server.clock.sleep(1.0)
        yield


class NamesTheBoot(WebDriver):
    async def look(self) -> Observation:
        seen = await super().look()
        return replace(seen, identity=f"{seen.identity}-{seen.boot}")


class NamesTheFirst(WebDriver):
    first: str | None = None

    async def look(self) -> Observation:
        seen = await super().look()
        self.first = self.first or seen.identity
        return replace(seen, identity=self.first)


class SaysReadyToNobody(WebDriver):
    async def look(self) -> Observation:
        seen = await super().look()
        return seen if seen.is_reachable else replace(seen, state=DeviceState.UNKNOWN)


class CountsNothing(WebDriver):
    async def look(self) -> Observation:
        return replace(await super().look(), history_head=None)


class PausesNothing(WebDriver):
    async def pause(self, file: str) -> Answer:
        return Accepted()


class CancelsNothing(WebDriver):
    async def cancel(self, file: str) -> Answer:
        return Accepted()


class Saying(WebDriver):
    """Says the same of every end."""

    said: Ended

    async def evidence(self, file: str) -> Ending | None:
        ending = await super().evidence(file)
        return ending and replace(ending, ended=self.said)


class AllWell(Saying):
    said = Ended.COMPLETED


class AllAborted(Saying):
    said = Ended.ABORTED


class ForgetsOnRestart(WebDriver):
    async def status(self) -> Machine | None:
        machine = await super().status()
        return machine if machine is None or machine.boots == 1 else replace(machine, history=())


class Shrugs(WebDriver):
    """Calls every refusal unknown."""

    def meaning(self, status: int, said: Any) -> Answer:
        answer = super().meaning(status, said)
        return Unknown(answer.message) if isinstance(answer, Rejected) else answer


class ExcludesByCanceling(WebDriver):
    async def exclude(self, file: str, part: str) -> Answer:
        return await self.cancel(file)


REFUSED = {
    "upload_is_verified_and_starts_nothing": BelievesItsUploads,
    "only_our_files_are_listed": ListsEverything,
    "a_deleted_file_cannot_start": ForgetsToDelete,
    "start_prints_once": StartsTwice,
    "start_of_a_missing_file_is_rejected": AcceptsEveryStart,
    "start_while_busy_is_rejected": MakesRoom,
    "start_while_paused_discards_nothing": StartsOnPaused,
    "deletion_fences_a_late_start": SendsItAgainLater,
    "watch_wakes_when_something_changes": NeverWakes,
    "identity_outlives_a_restart": NamesTheBoot,
    "another_machine_is_seen": NamesTheFirst,
    "an_unreachable_machine_is_offline": SaysReadyToNobody,
    "a_job_leaves_a_trace": CountsNothing,
    "pause_and_resume": PausesNothing,
    "cancel_ends_our_print": CancelsNothing,
    "one_part_is_left_out_or_nothing_is_done": ExcludesByCanceling,
    "a_completed_print_has_evidence": AllAborted,
    "a_failed_print_has_evidence": AllWell,
    "an_interrupted_print_has_evidence": ForgetsOnRestart,
}


def test_there_is_a_driver_for_every_check() -> None:
    assert {*REFUSED, *BROKEN.values()} == set(CHECKS)


@pytest.mark.parametrize("name", REFUSED)
def test_the_check_refuses_it(name: str) -> None:
    assert list(asyncio.run(failures(WebRig(REFUSED[name]), [name]))) == [name]


@pytest.mark.parametrize(
    "name", ["start_of_a_missing_file_is_rejected", "start_while_busy_is_rejected"]
)
def test_a_certain_no_must_be_said(name: str) -> None:
    assert list(asyncio.run(failures(WebRig(Shrugs), [name]))) == [name]
