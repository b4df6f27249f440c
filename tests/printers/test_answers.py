"""Each row of a driver's answer table is what the real server answered, and nothing else counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from farmctl.printers.driver import Accepted, Answer, Rejected, Unknown, Why
from farmctl.printers.moonraker import answers as moonraker
from farmctl.printers.octoprint import answers as octoprint
from farmctl.printers.prusalink import answers as prusalink
from farmctl.printers.web.answers import Call, Means, Row
from tests.printers.recorded import exchange, names

pytestmark = pytest.mark.pure

Asked = Mapping[str, Any]

MOONRAKER_PATHS = {
    ("POST", "/server/files/upload"): Call.UPLOAD,
    ("POST", "/printer/print/start"): Call.START,
    ("POST", "/printer/print/pause"): Call.PAUSE,
    ("POST", "/printer/print/resume"): Call.RESUME,
    ("POST", "/printer/print/cancel"): Call.CANCEL,
    ("POST", "/printer/gcode/script"): Call.EXCLUDE,
}
OCTOPRINT_FILES, OCTOPRINT_JOB = "/api/files/local", "/api/job"
PRUSALINK_FILES = {"PUT": Call.UPLOAD, "POST": Call.START, "DELETE": Call.DELETE}


def of_moonraker(asked: Asked) -> Call | None:
    if asked["method"] == "DELETE":
        return Call.DELETE
    return MOONRAKER_PATHS.get((asked["method"], asked["path"]))


def of_octoprint(asked: Asked) -> Call | None:
    match asked["method"], asked["path"]:
        case "DELETE", _:
            return Call.DELETE
        case "POST", path if path == OCTOPRINT_FILES:
            return Call.UPLOAD
        case "POST", path if path.startswith(f"{OCTOPRINT_FILES}/"):
            return Call.START
        case "POST", path if path == OCTOPRINT_JOB:
            return Call(asked["said"].get("action", asked["said"]["command"]))
    return None


def of_prusalink(asked: Asked) -> Call | None:
    if asked["path"].startswith("/api/v1/files/local"):
        return PRUSALINK_FILES.get(asked["method"])
    if asked["method"] == "DELETE":
        return Call.CANCEL
    verb = asked["path"].rpartition("/")[2]
    return Call(verb) if asked["method"] == "PUT" else None


@dataclass(frozen=True)
class Kind:
    """A driver behind a web server: its table, which effect a request asks for, and what else."""

    answers: ModuleType
    effect_in: Callable[[Asked], Call | None]
    unexplained: tuple[tuple[int, object], ...]
    never_sent: frozenset[str] = field(default_factory=frozenset)


KINDS = {
    "moonraker": Kind(
        moonraker,
        of_moonraker,
        (
            (200, None),
            (200, "<html>login</html>"),
            (200, {"result": "not ok"}),
            (409, {"error": {"message": "conflict"}}),
            (502, None),
            (500, {"error": {"message": "Klippy Host not connected"}}),
            (400, {"error": {"message": "Bad Request"}}),
            (504, {"result": "ok"}),
        ),
    ),
    "octoprint": Kind(
        octoprint,
        of_octoprint,
        (
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
        ),
    ),
    "prusalink": Kind(
        prusalink,
        of_prusalink,
        (
            (200, None),
            (200, "<html>login</html>"),
            (202, {"title": "accepted"}),
            (204, {"title": "nothing"}),
            (409, {"title": "Conflict"}),
            (500, {"title": "Internal Server Error"}),
            (502, None),
            (503, None),
            (507, {"title": "Insufficient Storage"}),
        ),
        frozenset(
            {
                "upload-and-print-while-printing",  # with Print-After-Upload
                "upload-as-octets",  # with other types of content than the driver says
                "upload-as-text",
            }
        ),
    ),
}
ROWS = [(kind, row) for kind, each in KINDS.items() for row in each.answers.TABLE]


def call_of(kind: str, name: str) -> Call | None:
    return KINDS[kind].effect_in(exchange(kind, name)["request"])


def answer(kind: str, name: str) -> Answer:
    said, call = exchange(kind, name)["response"], call_of(kind, name)
    assert call is not None
    found: Answer = KINDS[kind].answers.answer_of(call, said["status"], said["body"])
    return found


EFFECTS = [
    (kind, name)
    for kind, each in KINDS.items()
    for name in names(kind)
    if call_of(kind, name) and name not in each.never_sent
]
UNEXPLAINED = [(kind, *said) for kind, each in KINDS.items() for said in each.unexplained]


@pytest.mark.parametrize(("kind", "row"), ROWS, ids=lambda each: getattr(each, "exchange", each))
def test_a_row_says_what_was_recorded(kind: str, row: Row) -> None:
    assert call_of(kind, row.exchange) is row.call
    said = answer(kind, row.exchange)
    match row.means:
        case Means.ACCEPTED:
            assert said == Accepted(evidence=row.exchange)
        case Means.UNKNOWN:
            assert isinstance(said, Unknown)
        case Why():
            assert isinstance(said, Rejected)
            assert (said.why, said.row) == (row.means, row.exchange)
            assert row.words in said.message


@pytest.mark.parametrize(("kind", "name"), EFFECTS)
def test_every_recorded_answer_to_an_effect_is_in_the_table(kind: str, name: str) -> None:
    said, call = exchange(kind, name)["response"], call_of(kind, name)
    words = KINDS[kind].answers.words_of(said["body"])
    assert any(row.explains(call, said["status"], words) for row in KINDS[kind].answers.TABLE)


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize(("kind", "status", "body"), UNEXPLAINED)
def test_an_answer_that_no_row_explains_is_unknown(
    call: Call, kind: str, status: int, body: object
) -> None:
    assert isinstance(KINDS[kind].answers.answer_of(call, status, body), Unknown)


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_rows_contradict_each_other(kind: str) -> None:
    table = KINDS[kind].answers.TABLE
    assert len({(row.call, row.status, row.words) for row in table}) == len(table)


def test_a_refusal_that_stored_the_file_is_not_called_one() -> None:
    stored = "upload-and-print-while-printing"
    assert exchange("prusalink", stored)["response"]["status"] == 409
    assert exchange("prusalink", "file-of-upload-and-print")["response"]["status"] == 200
    assert isinstance(answer("prusalink", stored), Unknown)
    assert isinstance(answer("prusalink", "upload-existing-name"), Unknown)
