"""What the driver makes of a PrusaLink that does not answer, or answers what nobody understands."""

from __future__ import annotations

import httpx
import pytest

from farmctl.errors import UsageError
from farmctl.model.observation import DeviceState, Observation
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import Accepted, Answer, Rejected, Unknown, Why
from farmctl.printers.prusalink import open_driver
from farmctl.printers.prusalink.driver import PrusaLinkDriver
from farmctl.system.secrets import Secret
from tests.printers.scripted import Answers, Scripted, merged
from tests.printers.scripted_prusalink import (
    CHALLENGE,
    FILE,
    GCODE,
    IDLE,
    MISSING,
    NAME,
    OURS,
    PRINTING,
    at,
    job,
)

pytestmark = pytest.mark.pure


def rejected(answer: Answer, why: Why) -> str:
    assert isinstance(answer, Rejected)
    assert answer.why is why
    return answer.message


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (b"<html>a router</html>", DeviceState.FAULT),
        (b"", DeviceState.FAULT),
        (b"\xb4\xff\x00 garbage", DeviceState.FAULT),
        (b"[" * 100_000, DeviceState.FAULT),
        ([[]], DeviceState.FAULT),
        ({"printer": []}, DeviceState.FAULT),
        ({"printer": {"state": 7}}, DeviceState.FAULT),
        ((500, None), DeviceState.FAULT),
        ((404, b"<html>"), DeviceState.FAULT),
        ((401, None), DeviceState.FAULT),
        ((403, b"Bad X-Api-Key."), DeviceState.FAULT),
        ((503, None), DeviceState.OFFLINE),
        (httpx.ConnectError("refused"), DeviceState.OFFLINE),
        (httpx.ReadTimeout("late"), DeviceState.OFFLINE),
        (httpx.DecodingError("packed in no known way"), DeviceState.OFFLINE),
    ],
    ids=lambda each: repr(each)[:24],
)
def test_a_printer_that_shows_nothing_gets_nothing(said: object, state: DeviceState) -> None:
    script = Scripted(merged(IDLE, {("GET", "/api/v1/status"): said}))

    async def work(driver: PrusaLinkDriver) -> tuple[Observation, list[Answer]]:
        answers = [
            await driver.upload(OURS, GCODE),
            await driver.start(OURS),
            await driver.pause(OURS),
            await driver.resume(OURS),
            await driver.cancel(OURS),
            await driver.delete(OURS),
        ]
        assert await driver.evidence(OURS) is None
        return await driver.look(), answers

    seen, answers = at(script, work)
    assert (seen.state, seen.job, seen.identity) == (state, None, None)
    assert seen.message
    assert all(isinstance(each, Rejected) for each in answers)
    assert {each.method for each in script.calls} == {"GET"}


def test_a_file_of_which_nothing_is_known_is_not_started() -> None:
    for said in (b"<html>", (500, None), {"size": "large"}, httpx.ReadTimeout("late")):
        script = Scripted(merged(IDLE, {("GET", FILE): said}))
        answer = at(script, lambda driver: driver.start(OURS))
        assert OURS in rejected(answer, Why.NOT_SENT)
        assert script.sent("POST") == []


def test_another_machine_gets_nothing() -> None:
    script = Scripted(dict(IDLE))
    answer = at(script, lambda driver: driver.start(OURS), identity="CZPX0000X000XK00009")
    assert "another machine answers: CZPX1819X004XK00001" in rejected(answer, Why.NOT_SENT)
    assert script.sent("POST") == []


def test_a_full_disk_is_told_before_anything_is_sent() -> None:
    status = {"printer": {"state": "IDLE"}, "storage": [{"path": "/local", "free_space": 3}]}
    script = Scripted(merged(IDLE, {("GET", "/api/v1/status"): status, ("GET", FILE): MISSING}))
    answer = at(script, lambda driver: driver.upload(OURS, GCODE))
    assert "room for 3" in rejected(answer, Why.NOT_SENT)
    assert script.sent("PUT") == []


@pytest.mark.parametrize("status", [400, 409, 413, 500, 507])
def test_an_upload_that_failed_half_way_is_unknown(status: int) -> None:
    said = {("GET", FILE): MISSING, ("PUT", FILE): (status, {"title": "File Upload Failed"})}
    script = Scripted(merged(IDLE, said))
    answer = at(script, lambda driver: driver.upload(OURS, GCODE))
    assert isinstance(answer, Unknown)
    assert len(script.sent("PUT")) == 1


def test_an_upload_that_was_stored_otherwise_is_bad() -> None:
    said = {("GET", FILE): [MISSING, {"size": 2}], ("PUT", FILE): (201, None)}
    answer = at(Scripted(merged(IDLE, said)), lambda driver: driver.upload(OURS, GCODE))
    assert "stored 2" in rejected(answer, Why.BAD_UPLOAD)


def test_an_upload_that_is_never_listed_is_unknown() -> None:
    said = {("GET", FILE): MISSING, ("PUT", FILE): (201, None)}
    answer = at(Scripted(merged(IDLE, said)), lambda driver: driver.upload(OURS, GCODE))
    assert isinstance(answer, Unknown)


def test_an_upload_is_accepted_when_it_is_listed() -> None:
    said = {("GET", FILE): [MISSING, MISSING, {"size": 4}], ("PUT", FILE): (201, None)}
    script = Scripted(merged(IDLE, said))
    assert at(script, lambda driver: driver.upload(OURS, GCODE)) == Accepted(evidence="size 4")
    (put,) = script.sent("PUT")
    assert (put.headers["content-type"], put.content) == ("text/x.gcode", GCODE)
    assert "print-after-upload" not in put.headers


def test_a_name_that_is_taken_gets_no_other_bytes() -> None:
    script = Scripted(dict(IDLE))
    answer = at(script, lambda driver: driver.upload(OURS, GCODE))
    assert "is there already" in rejected(answer, Why.NOT_SENT)
    assert script.sent("PUT") == []


def test_a_deletion_is_accepted_when_the_file_is_no_longer_listed() -> None:
    said = {("GET", FILE): [{"size": 4}, MISSING], ("DELETE", FILE): (204, None)}
    script = Scripted(merged(IDLE, said))
    assert isinstance(at(script, lambda driver: driver.delete(OURS)), Accepted)
    stays = merged(IDLE, {("DELETE", FILE): (204, None)})
    assert isinstance(at(Scripted(stays), lambda driver: driver.delete(OURS)), Unknown)


@pytest.mark.parametrize(
    ("after", "is_certain"),
    [
        (merged(PRINTING, job("theirs.gcode")), True),
        (merged(PRINTING, job(OURS)), False),
        (merged(PRINTING, {}), False),
        ({}, False),
    ],
)
def test_busy_is_certain_only_when_another_print_shows(after: Answers, is_certain: bool) -> None:
    script = Scripted(dict(IDLE))

    def refused() -> object:
        script.answers.update(after)
        return 409, {"title": "Not in state to print"}

    script.answers["POST", FILE] = refused
    answer = at(script, lambda driver: driver.start(OURS))
    assert isinstance(answer, Rejected if is_certain else Unknown)
    assert len(script.sent("POST")) == 1


def test_what_is_done_to_a_job_names_it() -> None:
    verbs = {("PUT", "/api/v1/job/7/pause"): (204, None), ("DELETE", "/api/v1/job/7"): (204, None)}
    script = Scripted(merged(IDLE, PRINTING, job(OURS), verbs))
    assert isinstance(at(script, lambda driver: driver.pause(OURS)), Accepted)
    assert isinstance(at(script, lambda driver: driver.cancel(OURS)), Accepted)
    rejected(at(script, lambda driver: driver.resume(OURS)), Why.NOT_READY)
    rejected(at(script, lambda driver: driver.cancel("farmctl-13.gcode")), Why.NOT_OURS)
    rejected(at(script, lambda driver: driver.delete(OURS)), Why.IN_USE)


def test_a_print_whose_file_is_not_known_is_somebody_elses() -> None:
    script = Scripted(merged(IDLE, PRINTING, {("GET", "/api/v1/job"): (500, None)}))
    seen = at(script, lambda driver: driver.look())
    assert (seen.state, seen.job.file, seen.job.job_id) == (DeviceState.PRINTING, "", "7")
    rejected(at(script, lambda driver: driver.cancel(OURS)), Why.NOT_OURS)


def test_a_password_is_proved_and_nothing_is_sent_twice() -> None:
    script = Scripted(merged(IDLE, {("POST", FILE): (204, None)}), CHALLENGE.format("n1"))
    answer = at(script, lambda driver: driver.start(OURS), api_key=Secret("maker:pass word"))
    assert isinstance(answer, Accepted)
    (post,) = script.sent("POST")
    assert post.headers["authorization"].startswith('Digest username="maker"')
    assert all("pass word" not in str(each.headers) for each in script.calls)


def test_a_challenge_that_is_too_old_is_asked_for_again_by_a_look() -> None:
    script = Scripted(dict(IDLE), CHALLENGE.format("n1"))

    async def work(driver: PrusaLinkDriver) -> DeviceState:
        await driver.look()
        script.challenge = CHALLENGE.format("n2")
        return (await driver.look()).state

    assert at(script, work, api_key=Secret("maker:pass word")) is DeviceState.READY


@pytest.mark.parametrize("word", ["FINISHED", "STOPPED", "BUSY", "ATTENTION"])
def test_what_keeps_a_printer_from_being_ready_is_said(word: str) -> None:
    script = Scripted(merged(IDLE, {("GET", "/api/v1/status"): {"printer": {"state": word}}}))
    seen = at(script, lambda driver: driver.look())
    assert seen.state is not DeviceState.READY
    assert seen.message
    rejected(at(script, lambda driver: driver.start(OURS)), Why.NOT_READY)
    assert script.sent("POST") == []


def test_without_a_challenge_an_effect_is_not_sent() -> None:
    script = Scripted(merged(IDLE, {("GET", "/api/version"): httpx.ReadTimeout("late")}))
    answer = at(script, lambda driver: driver.start(OURS), api_key=Secret("maker:pass word"))
    rejected(answer, Why.NOT_SENT)
    assert script.sent("POST") == []


def test_a_printer_without_a_url_is_refused() -> None:
    with pytest.raises(UsageError, match="mk3-1 has no url"):
        open_driver(DriverConfig(NAME))
