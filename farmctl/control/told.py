"""What is told of a call that was not accepted: the printer, the call, its words, and the mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from farmctl.control.actions import Act
from farmctl.printers.driver import Rejected, Unknown, Why

MENDS: Mapping[Why, str] = {
    Why.NOT_SENT: "is it on, and is its address right? farmctl doctor",
    Why.BUSY: "let what it does end; farmctl explain {printer}",
    Why.IN_USE: "it can go once that print has ended",
    Why.MISSING: "leave the files on it that begin with farmctl- alone",
    Why.NOT_READY: "make it ready at the machine; farmctl explain {printer}",
    Why.BAD_UPLOAD: "make room on its storage, and look at its network; farmctl doctor",
    Why.NOT_OURS: "what it prints is left alone; farmctl explain {printer}",
    Why.FORBIDDEN: "give it a key that may do this; farmctl doctor",
    Why.CANNOT: "its page in docs/printers says what it needs for it",
}
_UNCONFIRMED = "it may have happened: look at the machine"


def in_full(act: Act, answer: Rejected | Unknown) -> str:
    """Return what is told of an answer: whose, to which call, the device's words, and the mend."""
    match answer:
        case Rejected(Why.NOT_SENT):
            how, mend = "not sent", MENDS[Why.NOT_SENT]
        case Rejected(why):
            how, mend = "refused", MENDS[why]
        case Unknown():
            how, mend = "not confirmed", _UNCONFIRMED
        case _:
            assert_never(answer)
    words = answer.message.removeprefix(f"{act.printer}: ")
    return f"{act.printer}: {act.effect} {how}: {words}; {mend.format(printer=act.printer)}"
