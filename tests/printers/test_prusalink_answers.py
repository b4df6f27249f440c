"""Each row of the answer table is what the real PrusaLink answered."""

from __future__ import annotations

import pytest

from farmctl.printers.driver import Accepted, Answer, Rejected, Unknown, Why
from farmctl.printers.prusalink.answers import TABLE, answer_of, words_of
from farmctl.printers.web.answers import Call, Means, Row
from tests.printers.recorded import exchange, names

pytestmark = pytest.mark.pure

ON_FILES = {"PUT": Call.UPLOAD, "POST": Call.START, "DELETE": Call.DELETE}
NEVER_SENT = {
    "upload-and-print-while-printing",  # with Print-After-Upload
    "upload-as-octets",  # with other types of content than the driver says
    "upload-as-text",
}


def call_of(name: str) -> Call | None:
    asked = exchange("prusalink", name)["request"]
    if asked["path"].startswith("/api/v1/files/local"):
        return ON_FILES.get(asked["method"])
    if asked["method"] == "DELETE":
        return Call.CANCEL
    verb = asked["path"].rpartition("/")[2]
    return Call(verb) if asked["method"] == "PUT" else None


def answer(name: str) -> Answer:
    said = exchange("prusalink", name)["response"]
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


EFFECTS = [name for name in names("prusalink") if call_of(name)]


@pytest.mark.parametrize("name", sorted(set(EFFECTS) - NEVER_SENT))
def test_every_recorded_answer_to_an_effect_is_in_the_table(name: str) -> None:
    said = exchange("prusalink", name)["response"]
    call = call_of(name)
    assert call is not None
    assert any(row.explains(call, said["status"], words_of(said["body"])) for row in TABLE)


def test_a_refusal_that_stored_the_file_is_not_called_one() -> None:
    assert exchange("prusalink", "upload-and-print-while-printing")["response"]["status"] == 409
    assert exchange("prusalink", "file-of-upload-and-print")["response"]["status"] == 200
    assert isinstance(answer("upload-and-print-while-printing"), Unknown)
    assert isinstance(answer("upload-existing-name"), Unknown)


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, None),
        (200, "<html>login</html>"),
        (202, {"title": "accepted"}),
        (204, {"title": "nothing"}),
        (409, {"title": "Conflict"}),
        (500, {"title": "Internal Server Error"}),
        (502, None),
        (503, None),
        (507, {"title": "Insufficient Storage"}),
    ],
)
def test_an_answer_that_no_row_explains_is_unknown(call: Call, status: int, body: object) -> None:
    assert isinstance(answer_of(call, status, body), Unknown)


def test_no_two_rows_contradict_each_other() -> None:
    seen = {(row.call, row.status, row.words) for row in TABLE}
    assert len(seen) == len(TABLE)
