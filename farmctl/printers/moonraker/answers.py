"""The answer table: what each answer of a Moonraker to each call means."""

from __future__ import annotations

from farmctl.printers.driver import Answer, Why
from farmctl.printers.web.answers import Call, Means, Row, Table, meaning

TABLE: Table = (
    Row("upload-new", Call.UPLOAD, 201, "create_file", Means.ACCEPTED),
    Row("upload-wrong-checksum", Call.UPLOAD, 422, "checksum mismatch", Why.BAD_UPLOAD),
    Row("upload-over-printing", Call.UPLOAD, 403, "File is loaded", Why.IN_USE),
    Row("upload-no-key", Call.UPLOAD, 401, "Unauthorized", Why.FORBIDDEN),
    Row("start-idle", Call.START, 200, "ok", Means.ACCEPTED),
    Row("start-printing", Call.START, 400, "SD busy", Why.BUSY),
    Row("start-missing", Call.START, 400, "Unable to open file", Why.MISSING),
    Row("start-no-klippy", Call.START, 503, "Klippy Host not connected", Why.NOT_READY),
    Row("start-no-key", Call.START, 401, "Unauthorized", Why.FORBIDDEN),
    # The same words come when Klipper shuts down in the middle of the start.
    Row("start-shutdown", Call.START, 400, "Printer is shutdown", Means.UNKNOWN),
    Row("pause-printing", Call.PAUSE, 200, "ok", Means.ACCEPTED),
    Row("pause-no-klippy", Call.PAUSE, 503, "Klippy Host not connected", Why.NOT_READY),
    Row("pause-shutdown", Call.PAUSE, 400, "Printer is shutdown", Means.UNKNOWN),
    Row("resume-paused", Call.RESUME, 200, "ok", Means.ACCEPTED),
    Row("resume-no-klippy", Call.RESUME, 503, "Klippy Host not connected", Why.NOT_READY),
    Row("resume-shutdown", Call.RESUME, 400, "Printer is shutdown", Means.UNKNOWN),
    Row("cancel-printing", Call.CANCEL, 200, "ok", Means.ACCEPTED),
    Row("cancel-no-klippy", Call.CANCEL, 503, "Klippy Host not connected", Why.NOT_READY),
    Row("cancel-no-key", Call.CANCEL, 401, "Unauthorized", Why.FORBIDDEN),
    Row("cancel-shutdown", Call.CANCEL, 400, "Printer is shutdown", Means.UNKNOWN),
    Row("exclude-printing", Call.EXCLUDE, 200, "ok", Means.ACCEPTED),
    Row("exclude-no-klippy", Call.EXCLUDE, 503, "Klippy Host not connected", Why.NOT_READY),
    Row("exclude-no-key", Call.EXCLUDE, 401, "Unauthorized", Why.FORBIDDEN),
    Row("exclude-shutdown", Call.EXCLUDE, 400, "Printer is shutdown", Means.UNKNOWN),
    Row("delete-idle", Call.DELETE, 200, "delete_file", Means.ACCEPTED),
    Row("delete-in-use-printing", Call.DELETE, 403, "File currently in use", Why.IN_USE),
    Row("delete-missing", Call.DELETE, 400, "Invalid file path", Why.MISSING),
    Row("delete-no-key", Call.DELETE, 401, "Unauthorized", Why.FORBIDDEN),
)


def answer_of(call: Call, status: int, body: object) -> Answer:
    """Return what an answer means."""
    return meaning(TABLE, call, status, words_of(body))


def words_of(body: object) -> str:
    """Return the device's own words in a JSON body: an error's, or what it says it did."""
    match body:
        case {"error": {"message": str(message), **rest}}:
            # Klipper's own words are the message; Moonraker's are the traceback's last line.
            cause = str(rest.get("traceback") or "").strip().splitlines()[-1:]
            return " ".join([message, *cause])
        case {"result": str(words)} | {"result": {"action": str(words)}} | {"action": str(words)}:
            return words
        case _:
            return ""
