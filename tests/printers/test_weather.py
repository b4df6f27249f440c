"""Bad weather before each kind of printer behind a web server, as a table.

Each row ends as rejected, unknown or offline; what is told names the printer, the call and the
mend; and nothing that may have had an effect is sent twice. A Bambu, which is no web server, has
tables of its own: `test_bambu_weather.py` and `test_bambu_trust.py`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from farmctl.model.events.runs import Effect
from farmctl.model.observation import DeviceState
from farmctl.printers.driver import Rejected, Unknown, Why
from tests.printers.scripted import Scripted
from tests.printers.weather import CALLS, EVERY, FILE, GCODE, KINDS, NOW, PRINTER, told

pytestmark = pytest.mark.pure

HTML = b"<html>a router</html>"

EVERYWHERE: dict[str, tuple[object, DeviceState]] = {
    "wrong URL, nobody there": (httpx.ConnectError("refused"), DeviceState.OFFLINE),
    "wrong URL, no such name": (httpx.ConnectError("Name not known"), DeviceState.OFFLINE),
    "wrong URL, a router": (HTML, DeviceState.FAULT),
    "wrong URL, another server": ((404, {"error": "none"}), DeviceState.FAULT),
    "sent elsewhere": ((302, None), DeviceState.FAULT),
    "nothing": (httpx.ReadTimeout("late"), DeviceState.OFFLINE),
    "hung up": (httpx.RemoteProtocolError("It went away."), DeviceState.OFFLINE),
    "an empty answer": (b"", DeviceState.FAULT),
    "garbage": (b"\xb4\xff\x00 garbage", DeviceState.FAULT),
    "depth": (b"[" * 100_000, DeviceState.FAULT),
    "JSON of another kind": ([7], DeviceState.FAULT),
}
"""What all of a server answers, and what a look at it shows."""

ONCE: dict[str, object] = {
    "reply lost": httpx.ReadTimeout("late"),
    "cut in the middle": httpx.WriteError("reset"),
    "hung up": httpx.RemoteProtocolError("It went away."),
    "a router": HTML,
    "an empty answer": (200, b""),
    "garbage": b"\xb4\xff\x00 garbage",
    "another kind of answer": [7],
    "a proxy with nobody behind": (502, HTML),
    "a proxy that waited too long": (504, HTML),
    "a full card": (507, {"error": {"message": "No space left on device"}, "title": "Full"}),
    "too large": (413, HTML),
    "an error within": (500, {"error": {"message": "boom"}, "title": "boom"}),
}
"""What the one call with an effect is answered, by a server that is well otherwise."""


class Everywhere(Scripted):
    """Says the same to everything."""

    def __init__(self, said: object) -> None:
        super().__init__({})
        self._said = said

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.answers = {(request.method, request.url.path): self._said}
        return await super().handle_async_request(request)


def effects_of(script: Scripted) -> list[httpx.Request]:
    return [each for each in script.calls if each.method not in ("GET", "HEAD")]


@pytest.mark.parametrize(("kind", "effect"), EVERY)
def test_in_fair_weather_an_effect_is_one_call(kind: str, effect: Effect) -> None:
    """The servers of these tests are right: what is spoiled below is what fails."""
    stored = KINDS[kind].stored(FILE, len(GCODE)) if effect is Effect.UPLOAD else {}
    script = KINDS[kind].script(effect, stored)
    answer = KINDS[kind].at(script, CALLS[effect])
    assert [(each.method, each.url.path) for each in effects_of(script)] == [
        KINDS[kind].calls[effect]
    ], answer


@pytest.mark.parametrize(("kind", "effect"), EVERY)
@pytest.mark.parametrize("weather", EVERYWHERE)
def test_nothing_is_sent_to_what_is_no_printer(weather: str, kind: str, effect: Effect) -> None:
    script = Everywhere(EVERYWHERE[weather][0])
    answer = KINDS[kind].at(script, CALLS[effect])
    assert isinstance(answer, Rejected)
    assert effects_of(script) == []
    assert "farmctl " in told(effect, answer)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("weather", EVERYWHERE)
def test_a_look_at_it_says_why_nothing_starts(weather: str, kind: str) -> None:
    said, state = EVERYWHERE[weather]
    seen = KINDS[kind].at(Everywhere(said), lambda driver: driver.look())
    assert (seen.printer, seen.state, seen.identity) == (PRINTER, state, None)
    assert seen.message
    (finding,) = KINDS[kind].at(Everywhere(said), lambda driver: driver.doctor())
    assert (finding.refuses, bool(finding.mend)) == (True, True)


@pytest.mark.parametrize(("kind", "effect"), EVERY)
def test_a_wrong_key_is_forbidden(kind: str, effect: Effect) -> None:
    script = Everywhere(KINDS[kind].wrong_key)
    answer = KINDS[kind].at(script, CALLS[effect])
    assert isinstance(answer, Rejected)
    assert (answer.why, effects_of(script)) == (Why.FORBIDDEN, [])
    assert told(effect, answer).endswith("give it a key that may do this; farmctl doctor")


@pytest.mark.parametrize(("kind", "effect"), EVERY)
def test_another_machine_gets_nothing(kind: str, effect: Effect) -> None:
    script = KINDS[kind].script(effect)
    answer = KINDS[kind].at(script, CALLS[effect], identity="the one that was here")
    assert isinstance(answer, Rejected)
    assert (answer.why, effects_of(script)) == (Why.NOT_SENT, [])
    assert "another machine answers" in told(effect, answer)


@pytest.mark.parametrize(("kind", "effect"), EVERY)
@pytest.mark.parametrize("weather", ONCE)
def test_an_answer_that_says_nothing_is_unknown_and_not_asked_for_again(
    weather: str, kind: str, effect: Effect
) -> None:
    path = KINDS[kind].calls[effect]
    script = KINDS[kind].script(effect, {path: ONCE[weather]})
    answer = KINDS[kind].at(script, CALLS[effect])
    assert isinstance(answer, Unknown), answer
    assert [(each.method, each.url.path) for each in effects_of(script)] == [path]
    assert "not confirmed" in told(effect, answer)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_which_the_end_is_missing_is_a_bad_upload(kind: str) -> None:
    script = KINDS[kind].script(Effect.UPLOAD, KINDS[kind].stored(FILE, 4))
    answer = KINDS[kind].at(script, CALLS[Effect.UPLOAD])
    assert isinstance(answer, Rejected), answer
    assert (answer.why, len(effects_of(script))) == (Why.BAD_UPLOAD, 1)
    assert "make room" in told(Effect.UPLOAD, answer)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_under_a_name_of_the_devices_own_is_not_taken_for_ours(kind: str) -> None:
    renamed = KINDS[kind].stored("FARMCT~1.GCO", len(GCODE))
    script = KINDS[kind].script(Effect.UPLOAD, renamed)
    answer = KINDS[kind].at(script, CALLS[Effect.UPLOAD])
    assert len(effects_of(script)) == 1
    assert FILE in told(Effect.UPLOAD, answer)


@pytest.mark.parametrize("kind", KINDS)
def test_an_old_server_is_said_with_its_mend(kind: str) -> None:
    script = KINDS[kind].script(Effect.START, KINDS[kind].old)
    found = KINDS[kind].at(script, lambda driver: driver.doctor())
    assert any(each.code.startswith(kind) and each.mend for each in found), found


OFF = [timedelta(days=-400), timedelta(hours=-3), timedelta(hours=3), timedelta(days=400)]


@pytest.mark.parametrize("off", OFF)
@pytest.mark.parametrize("kind", [name for name, each in KINDS.items() if each.dated])
def test_a_clock_that_is_off_changes_no_verdict(kind: str, off: timedelta) -> None:
    def ended(at: timedelta) -> Any:
        dated = KINDS[kind].dated
        assert dated is not None
        script = KINDS[kind].script(Effect.START, dated(NOW + at))
        ending = KINDS[kind].at(script, lambda driver: driver.evidence(FILE))
        seen = KINDS[kind].at(script, lambda driver: driver.look())
        return ending.ended, seen.state, seen.seen_at, ending.ended_at - at

    assert ended(off) == ended(timedelta(0))


def test_a_part_is_left_out_only_where_that_can_be() -> None:
    for kind, each in KINDS.items():
        if Effect.EXCLUDE in each.calls:
            continue
        script = each.script(Effect.PAUSE)
        answer = each.at(script, CALLS[Effect.EXCLUDE])
        assert isinstance(answer, Rejected)
        assert (answer.why, effects_of(script)) == (Why.CANNOT, []), kind
        assert "docs/printers" in told(Effect.EXCLUDE, answer)
