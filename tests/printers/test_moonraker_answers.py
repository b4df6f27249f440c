"""Each row of the answer table is what the real Moonraker answered."""

from __future__ import annotations

import pytest

from farmctl.printers.driver import Accepted, Rejected, Unknown, Why
from farmctl.printers.moonraker.answers import TABLE, answer_of, words_of
from farmctl.printers.web.answers import Call, Means, Row
from tests.printers.recorded import exchange, names

pytestmark = pytest.mark.pure

PATHS = {
    ("POST", "/server/files/upload"): Call.UPLOAD,
    ("POST", "/printer/print/start"): Call.START,
    ("POST", "/printer/print/pause"): Call.PAUSE,
    ("POST", "/printer/print/resume"): Call.RESUME,
    ("POST", "/printer/print/cancel"): Call.CANCEL,
    ("POST", "/printer/gcode/script"): Call.EXCLUDE,
}


def call_of(name: str) -> Call | None:
    asked = exchange("moonraker", name)["request"]
    if asked["method"] == "DELETE":
        return Call.DELETE
    return PATHS.get((asked["method"], asked["path"]))


def answer(name: str):
    said = exchange("moonraker", name)["response"]
    call = call_of(name)
    assert call is not None
    return answer_of(call, said["status"], said["body"])


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.exchange)
def test_a_row_says_what_was_recorded(row: Row) -> None:
    assert call_of(row.exchange) is row.call
    said = answer(row.exchange)
    match row.means:
        case Means.ACCEPTED:
            assert said == Accepted(evidence=row.exchange)
        case Means.UNKNOWN:
            assert isinstance(said, Unknown)
        case Why():
            assert isinstance(said, Rejected)
            assert (said.why, said.row) == (row.means, row.exchange)
            assert row.words in said.message


EFFECTS = [name for name in names("moonraker") if call_of(name)]


@pytest.mark.parametrize("name", EFFECTS)
def test_every_recorded_answer_to_an_effect_is_in_the_table(name: str) -> None:
    said = exchange("moonraker", name)["response"]
    call = call_of(name)
    assert call is not None
    assert any(row.explains(call, said["status"], words_of(said["body"])) for row in TABLE)


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, None),
        (200, "<html>login</html>"),
        (200, {"result": "not ok"}),
        (409, {"error": {"message": "conflict"}}),
        (502, None),
        (500, {"error": {"message": "Klippy Host not connected"}}),
        (400, {"error": {"message": "Bad Request"}}),
        (504, {"result": "ok"}),
    ],
)
def test_an_answer_that_no_row_explains_is_unknown(call: Call, status: int, body: object) -> None:
    assert isinstance(answer_of(call, status, body), Unknown)


def test_no_two_rows_contradict_each_other() -> None:
    seen = {(row.call, row.status, row.words) for row in TABLE}
    assert len(seen) == len(TABLE)
