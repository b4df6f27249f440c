"""Everything that farmctl does outside itself while it acts: a closed list.

A controller can die before or after each of these, and nowhere else does it matter when it dies.
What passes a port and is not in the list fails a test, and so does a line that never happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from farmctl.model.events.runs import Effect


class Port(StrEnum):
    """Where farmctl ends and the world begins."""

    PRINTER = "printer"
    DISK = "disk"
    GIT = "git"


class Deed(Struct, frozen=True):
    """One thing that is done to the world, or asked of it.

    Args:
        name: What it is called.
        port: Where it goes out.
        meaning: What is done.
        crash: What becomes of it when the controller dies just before, or just after.
        needs_room: Whether a full disk can refuse it.
    """

    name: str
    port: Port
    meaning: str
    crash: str
    needs_room: bool = False


LOOK = "look"
RECORD_FACTS = "record facts"
RECORD_INTENT = "record an intent"
RECORD_ANSWER = "record an answer"
MOVE_HEAD = "move the head"
BEGIN_SEGMENT = "begin a segment"
MAKE_DURABLE = "sync what others wrote"
CUT_TORN_LINE = "cut a torn line"
SAVE_STATE = "save the state"
DROP_STATE = "drop an old state"
SAVE_TRUST = "save what was verified"
COMMIT_PLANS = "commit plans"
CLAIM_LEDGER = "claim the ledger"
ADD_CHECKPOINT = "add a checkpoint"

_ALL = (
    Deed(
        LOOK,
        Port.PRINTER,
        "The machine is asked what it does, what it holds, and how a job ended.",
        "Nothing was changed: the next controller looks again.",
    ),
    Deed(
        Effect.UPLOAD,
        Port.PRINTER,
        "The g-code is sent under a name that never existed.",
        "Unknown: what may lie there is never started, and deleted; the next try has a new name.",
    ),
    Deed(
        Effect.START,
        Port.PRINTER,
        "The one call that starts a print.",
        "Unknown: found by its file's name, or fenced by deleting the file. Never sent again.",
    ),
    Deed(
        Effect.PAUSE,
        Port.PRINTER,
        "The print of one file is paused.",
        "Unknown: a look tells whether it stands; the request stays until it is done or pointless.",
    ),
    Deed(
        Effect.RESUME,
        Port.PRINTER,
        "The paused print of one file goes on.",
        "Unknown: a look tells whether it goes on.",
    ),
    Deed(
        Effect.CANCEL,
        Port.PRINTER,
        "The print of one file is ended.",
        "Unknown: a look tells whether it ended; another cancel is aimed at the same file.",
    ),
    Deed(
        Effect.EXCLUDE,
        Port.PRINTER,
        "One part of a print is left out; the others go on.",
        "Unknown: a look tells whether it is left out; leaving it out once more is harmless.",
    ),
    Deed(
        Effect.DELETE,
        Port.PRINTER,
        "A stored file is deleted: a fence, or tidying up.",
        "Unknown: deleting once more is harmless.",
    ),
    Deed(
        RECORD_FACTS,
        Port.DISK,
        "Facts and decisions are appended to the journal.",
        "Before: they follow again from the same present. After: they stand, once.",
        needs_room=True,
    ),
    Deed(
        RECORD_INTENT,
        Port.DISK,
        "An effect on a printer is announced in the journal.",
        "Before: nothing was sent. After: it may have been, so its answer is unknown.",
        needs_room=True,
    ),
    Deed(
        RECORD_ANSWER,
        Port.DISK,
        "What a printer, or nobody, said to an effect is appended to the journal.",
        "Before: as if nobody had answered. After: it stands.",
        needs_room=True,
    ),
    Deed(
        MOVE_HEAD,
        Port.DISK,
        "The head learns how far the journal must reach; after each intent.",
        "Before: the head lags behind the journal and is rolled forward, never back.",
        needs_room=True,
    ),
    Deed(
        BEGIN_SEGMENT,
        Port.DISK,
        "The next file of the journal appears, because the last one is full.",
        "After: it is empty, and taken away or written to by whoever comes next.",
        needs_room=True,
    ),
    Deed(
        MAKE_DURABLE,
        Port.DISK,
        "What others may have written to the journal is synced before it is built upon.",
        "It is done again.",
    ),
    Deed(
        CUT_TORN_LINE,
        Port.DISK,
        "What was left of a line when its writer died is cut from the journal.",
        "Before: it is cut by the next writer.",
    ),
    Deed(
        SAVE_STATE,
        Port.DISK,
        "The folded state is kept, so that the next start is fast.",
        "It is a cache: folded again from the journal.",
        needs_room=True,
    ),
    Deed(
        DROP_STATE,
        Port.DISK,
        "A kept state that is no longer needed is removed.",
        "It is a cache, and removed the next time.",
    ),
    Deed(
        SAVE_TRUST,
        Port.DISK,
        "What was verified is kept, so that the next start need not verify it again.",
        "It is a cache: verified again from the journal.",
        needs_room=True,
    ),
    Deed(
        COMMIT_PLANS,
        Port.GIT,
        "Build plans are committed together.",
        "Before: they are committed next time. After: equal plans make no second commit.",
    ),
    Deed(
        CLAIM_LEDGER,
        Port.GIT,
        "`refs/farmctl/ledger` names the ledger and its epoch, here and at each remote.",
        "Before: nobody has a claim. Between: what is recorded here is pushed by the next try.",
    ),
    Deed(
        ADD_CHECKPOINT,
        Port.GIT,
        "`refs/farmctl/checkpoints` grows by a checkpoint of the journal, here and at each remote.",
        "Before: it is made when the next one is due. Between: pushed with the next one.",
    ),
)

DEEDS: Mapping[str, Deed] = {each.name: each for each in _ALL}
"""By name, the printer's first."""
