"""Each row of the answer table is what the real OctoPrint answered."""

from __future__ import annotations

import pytest

from farmctl.printers.driver import Accepted, Answer, Rejected, Unknown, Why
from farmctl.printers.octoprint.answers import TABLE, answer_of, words_of
from farmctl.printers.web.answers import Call, Means, Row
from tests.printers.recorded import exchange, names

pytestmark = pytest.mark.pure

STORE, JOB = "/api/files/local", "/api/job"


def call_of(name: str) -> Call | None:
    """Which effect a recorded request asks for."""
    asked = exchange("octoprint", name)["request"]
    match asked["method"], asked["path"]:
        case "DELETE", _:
            return Call.DELETE
        case "POST", path if path == STORE:
            return Call.UPLOAD
        case "POST", path if path.startswith(f"{STORE}/"):
            return Call.START
        case "POST", path if path == JOB:
            return Call(asked["said"].get("action", asked["said"]["command"]))
    return None


def answer(name: str) -> Answer:
    said = exchange("octoprint", name)["response"]
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


EFFECTS = [name for name in names("octoprint") if call_of(name)]


@pytest.mark.parametrize("name", EFFECTS)
def test_every_recorded_answer_to_an_effect_is_in_the_table(name: str) -> None:
    said = exchange("octoprint", name)["response"]
    call = call_of(name)
    assert call is not None
    assert any(row.explains(call, said["status"], words_of(said["body"])) for row in TABLE)


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, None),
        (200, "<html>login</html>"),
        (201, {"done": "yes"}),
        (204, {"error": "but"}),
        (400, {"error": "Bad Request"}),
        (403, None),
        (404, None),
        (409, {"error": "conflict"}),
        (500, {"error": "Printer is not operational"}),
        (502, None),
    ],
)
def test_an_answer_that_no_row_explains_is_unknown(call: Call, status: int, body: object) -> None:
    assert isinstance(answer_of(call, status, body), Unknown)


def test_no_two_rows_contradict_each_other() -> None:
    seen = {(row.call, row.status, row.words) for row in TABLE}
    assert len(seen) == len(TABLE)
