"""The answer table: what each answer of a Moonraker to each call means.

An answer that no row explains is `Unknown`. Each row names the recorded exchange it was read from.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from farmctl.printers.driver import Accepted, Answer, Rejected, Unknown, Why


class Call(StrEnum):
    """The calls that have an effect."""

    UPLOAD = "upload"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    DELETE = "delete"


class Means(StrEnum):
    """What a row says, beside the causes of a certain refusal."""

    ACCEPTED = "accepted"
    UNKNOWN = "unknown"


class Row(Struct, frozen=True):
    """One row.

    Args:
        exchange: The recorded exchange.
        call: The call.
        status: The HTTP status.
        words: The device's own words; of a refusal, what they contain.
        means: Accepted, unknown, or why it certainly did nothing.
    """

    exchange: str
    call: Call
    status: int
    words: str
    means: Means | Why

    def explains(self, call: Call, status: int, words: str) -> bool:
        """Return whether the row is of this answer."""
        if (self.call, self.status) != (call, status):
            return False
        return self.words == words if self.means is Means.ACCEPTED else self.words in words


TABLE: tuple[Row, ...] = (
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
    Row("delete-idle", Call.DELETE, 200, "delete_file", Means.ACCEPTED),
    Row("delete-in-use-printing", Call.DELETE, 403, "File currently in use", Why.IN_USE),
    Row("delete-missing", Call.DELETE, 400, "Invalid file path", Why.MISSING),
    Row("delete-no-key", Call.DELETE, 401, "Unauthorized", Why.FORBIDDEN),
)


def answer_of(call: Call, status: int, body: object) -> Answer:
    """Return what an answer means, by the first row that explains it."""
    words = words_of(body)
    for row in TABLE:
        if row.explains(call, status, words):
            return _answer(row, words)
    return Unknown(f"HTTP {status}: {words or 'no words of Moonraker'}")


def _answer(row: Row, words: str) -> Answer:
    match row.means:
        case Means.ACCEPTED:
            return Accepted(evidence=row.exchange)
        case Means.UNKNOWN:
            return Unknown(words)
        case Why():
            return Rejected(row.means, words, row.exchange)


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
