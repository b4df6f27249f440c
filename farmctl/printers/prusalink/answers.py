"""The answer table: what each answer of a PrusaLink to each call means."""

from __future__ import annotations

from farmctl.printers.driver import Answer, Why
from farmctl.printers.web.answers import Call, Means, Row, Table, meaning

TABLE: Table = (
    Row("upload-new", Call.UPLOAD, 201, "", Means.ACCEPTED),
    # The file may be there because the same request arrived before.
    Row("upload-existing-name", Call.UPLOAD, 409, "File Already Exists", Means.UNKNOWN),
    Row("upload-no-key", Call.UPLOAD, 401, "", Why.FORBIDDEN),
    Row("upload-wrong-key", Call.UPLOAD, 403, "", Why.FORBIDDEN),
    Row("upload-no-printer", Call.UPLOAD, 501, "", Means.UNKNOWN),
    Row("start-idle", Call.START, 204, "", Means.ACCEPTED),
    Row("start-printing", Call.START, 409, "Not in state to print", Why.BUSY),
    Row("start-missing", Call.START, 404, "File Not Found", Why.MISSING),
    Row("start-no-key", Call.START, 401, "", Why.FORBIDDEN),
    Row("start-wrong-key", Call.START, 403, "", Why.FORBIDDEN),
    Row("start-no-printer", Call.START, 503, "Printer Unavailable", Why.NOT_READY),
    Row("pause-printing", Call.PAUSE, 204, "", Means.ACCEPTED),
    Row("pause-paused", Call.PAUSE, 409, "Printer Is Not Printing", Means.UNKNOWN),
    Row("pause-other-job", Call.PAUSE, 404, "Not Current Job", Why.NOT_OURS),
    Row("resume-paused", Call.RESUME, 204, "", Means.ACCEPTED),
    Row("resume-printing", Call.RESUME, 409, "Printer Is Not Paused", Means.UNKNOWN),
    Row("resume-other-job", Call.RESUME, 404, "Not Current Job", Why.NOT_OURS),
    Row("cancel-printing", Call.CANCEL, 204, "", Means.ACCEPTED),
    Row("cancel-ended", Call.CANCEL, 409, "Printer Is Not Printing", Means.UNKNOWN),
    Row("cancel-other-job", Call.CANCEL, 404, "Not Current Job", Why.NOT_OURS),
    Row("cancel-no-key", Call.CANCEL, 401, "", Why.FORBIDDEN),
    Row("cancel-wrong-key", Call.CANCEL, 403, "", Why.FORBIDDEN),
    Row("delete-idle", Call.DELETE, 204, "", Means.ACCEPTED),
    Row("delete-in-use-printing", Call.DELETE, 409, "File is currently printed", Why.IN_USE),
    Row("delete-missing", Call.DELETE, 404, "File Not Found", Why.MISSING),
    Row("delete-no-key", Call.DELETE, 401, "", Why.FORBIDDEN),
    Row("delete-wrong-key", Call.DELETE, 403, "", Why.FORBIDDEN),
)


def answer_of(call: Call, status: int, body: object) -> Answer:
    """Return what an answer means."""
    return meaning(TABLE, call, status, words_of(body))


def words_of(body: object) -> str:
    """Return the device's own words in a JSON body: a refusal's title."""
    match body:
        case {"title": str(title)}:
            return title
        case _:
            return ""
