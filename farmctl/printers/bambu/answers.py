"""What a Bambu's answers mean: replies of its file server, and echoes of its commands.

The file server's rows were read from vsftpd 3.0.3, which is what the machines themselves run. No
row says that a command was refused: what machines say then was never recorded on one, so it is
unknown until somebody looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from farmctl.printers.bambu.commands import task_of
from farmctl.printers.driver import Accepted, Answer, Unknown, Why
from farmctl.printers.web.answers import Call, Means, Row, Table
from farmctl.printers.web.answers import meaning as meaning_by
from farmctl.printers.web.http import Reply, Silence

TABLE: Table = (
    Row("upload-new", Call.UPLOAD, 226, "Transfer complete.", Means.ACCEPTED),
    Row("upload-forbidden", Call.UPLOAD, 553, "Could not create file", Why.FORBIDDEN),
    Row("delete-idle", Call.DELETE, 250, "Delete operation successful.", Means.ACCEPTED),
    Row("delete-missing", Call.DELETE, 550, "Delete operation failed", Why.MISSING),
    Row("delete-missing-pyftpdlib", Call.DELETE, 550, "No such file", Why.MISSING),
)

_DONE = {Call.UPLOAD: 226, Call.DELETE: 250}
_NEEDS_DEVELOPER = ("mqtt message verify failed", "84033543")


def reply_means(call: Call, reply: Reply | Silence) -> Answer:
    """Return what a reply of the file server means."""
    if isinstance(reply, Silence):
        return reply.answer
    words = str(reply.body or "")
    if reply.status == _DONE[call]:
        # Servers word it as they like; that it was done is then verified.
        return Accepted(evidence=f"{reply.status} {words}")
    answer = meaning_by(TABLE, call, reply.status, words)
    if isinstance(answer, Unknown):
        return Unknown(f"FTP {call}: {reply.status} {words or 'without words'}")
    return answer


def echo_means(call: Call, file: str, heard: Mapping[str, Any] | Silence) -> Answer:
    """Return what the echo of a command means."""
    if isinstance(heard, Silence):
        return heard.answer
    said = heard.get("print")
    said = said if isinstance(said, dict) else {}
    result, reason = str(said.get("result", "")), str(said.get("reason", ""))
    if result.casefold() == "success":
        job_id = task_of(file) if call is Call.START else None
        return Accepted(job_id, evidence=f"{said.get('command')}: {result}")
    words = f"{result}: {reason}".strip(": ") or "nothing that explains it"
    hint = "; is Developer mode on?" if needs_developer(said) else ""
    return Unknown(f"MQTT {call}: it said {words}{hint}")


def needs_developer(said: Mapping[str, Any]) -> bool:
    """Return whether a machine takes no commands but from its maker's own programs."""
    words = f"{said.get('reason', '')} {said.get('err_code', '')}".casefold()
    return any(each in words for each in _NEEDS_DEVELOPER)
