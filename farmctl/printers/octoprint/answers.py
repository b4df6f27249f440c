"""The answer table: what each answer of an OctoPrint to each call means."""

from __future__ import annotations

from farmctl.printers.driver import Answer, Why
from farmctl.printers.octoprint.said import Said, text, within
from farmctl.printers.web.answers import Call, Means, Row, Table, meaning

_NO_KEY = "CSRF validation failed"  # said of any call with an effect whose key is not known
_NO_RIGHT = "You don't have the permission"
_GONE = "The requested URL was not found"
_NO_PRINT = "Printer is neither printing nor paused"
_NO_PRINTER = "Printer is not operational"

TABLE: Table = (
    Row("upload-new", Call.UPLOAD, 201, "done", Means.ACCEPTED),
    Row("upload-over-printing", Call.UPLOAD, 409, "Trying to overwrite file", Why.IN_USE),
    # The second of two equal requests is answered so, too, when the first has stored the file.
    Row("upload-again", Call.UPLOAD, 409, "File already exists", Means.UNKNOWN),
    Row("upload-other-type", Call.UPLOAD, 415, "invalid type", Why.BAD_UPLOAD),
    Row("upload-wrong-key", Call.UPLOAD, 400, _NO_KEY, Why.FORBIDDEN),
    Row("upload-no-right", Call.UPLOAD, 403, _NO_RIGHT, Why.FORBIDDEN),
    Row("start-idle", Call.START, 204, "", Means.ACCEPTED),
    # The same words come while it is offline, and to the second of two equal requests.
    Row("start-printing", Call.START, 409, "already printing", Means.UNKNOWN),
    Row("start-missing", Call.START, 404, _GONE, Why.MISSING),
    Row("start-wrong-key", Call.START, 400, _NO_KEY, Why.FORBIDDEN),
    Row("start-no-right", Call.START, 403, _NO_RIGHT, Why.FORBIDDEN),
    Row("pause-printing", Call.PAUSE, 204, "", Means.ACCEPTED),
    Row("pause-idle", Call.PAUSE, 409, _NO_PRINT, Why.NOT_READY),
    Row("pause-offline", Call.PAUSE, 409, _NO_PRINTER, Why.NOT_READY),
    Row("pause-wrong-key", Call.PAUSE, 400, _NO_KEY, Why.FORBIDDEN),
    Row("pause-no-right", Call.PAUSE, 403, _NO_RIGHT, Why.FORBIDDEN),
    Row("resume-paused", Call.RESUME, 204, "", Means.ACCEPTED),
    Row("resume-idle", Call.RESUME, 409, _NO_PRINT, Why.NOT_READY),
    Row("resume-offline", Call.RESUME, 409, _NO_PRINTER, Why.NOT_READY),
    Row("resume-wrong-key", Call.RESUME, 400, _NO_KEY, Why.FORBIDDEN),
    Row("resume-no-right", Call.RESUME, 403, _NO_RIGHT, Why.FORBIDDEN),
    Row("cancel-printing", Call.CANCEL, 204, "", Means.ACCEPTED),
    # It may be the first of two equal requests that ended the print.
    Row("cancel-idle", Call.CANCEL, 409, _NO_PRINT, Means.UNKNOWN),
    Row("cancel-offline", Call.CANCEL, 409, _NO_PRINTER, Means.UNKNOWN),
    Row("cancel-wrong-key", Call.CANCEL, 400, _NO_KEY, Why.FORBIDDEN),
    Row("cancel-no-right", Call.CANCEL, 403, _NO_RIGHT, Why.FORBIDDEN),
    Row("delete-idle", Call.DELETE, 204, "", Means.ACCEPTED),
    Row("delete-printing", Call.DELETE, 409, "currently in use", Why.IN_USE),
    Row("delete-missing", Call.DELETE, 404, _GONE, Why.MISSING),
    Row("delete-wrong-key", Call.DELETE, 400, _NO_KEY, Why.FORBIDDEN),
    Row("delete-no-right", Call.DELETE, 403, _NO_RIGHT, Why.FORBIDDEN),
)


def answer_of(call: Call, status: int, body: Said) -> Answer:
    """Return what an answer means."""
    return meaning(TABLE, call, status, words_of(body))


def words_of(body: Said) -> str:
    """Return OctoPrint's own words in a JSON body; an upload that is done says only that."""
    return "done" if within(body, "done") is True else text(body, "error")
