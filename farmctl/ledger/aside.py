"""What people did while the journal was damaged: written beside it, taken in by a restore.

Abort and pause must work when nothing else may. Their facts go to `journal/aside-<time>.jsonl`,
one canonical line each with a hash of its own, since there is nothing sound to chain to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import NoneType

from msgspec import Struct
from msgspec.structs import replace

from farmctl.ledger.damage import told_of_the_disk
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.lines import GENESIS, actor_of, time_of
from farmctl.ledger.locks import hold_journal
from farmctl.ledger.shape import BadLine, Shape, shaped
from farmctl.model.canonical import chain_hash, encode_normal, normal
from farmctl.model.codec import time_text
from farmctl.model.envelope import Actor, Fact, actor_json
from farmctl.system.clock import Clock

ASIDE = "aside-"
_LINE: Shape = {
    "actor": (dict,),
    "causation": (str, NoneType),
    "correlation": (str, NoneType),
    "data": (dict,),
    "hash": (str,),
    "subject": (str,),
    "time": (str,),
    "type": (str,),
}


class Said(Struct, frozen=True):
    """A fact that was written aside, by whom.

    Its causation is `aside-<hash of the line>`, so that it is taken in only once.
    """

    fact: Fact
    actor: Actor


class Aside:
    """A file beside a damaged journal, for one process that has something to say.

    Args:
        folder: Where the ledger lies.
        clock: What the file is named after, and the time of facts that have none.
    """

    def __init__(self, folder: LedgerFolder, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self.path = folder.journal / f"aside-{file_stamp(clock.now())}.jsonl"

    def append(self, facts: Sequence[Fact], actor: Actor) -> None:
        """Write facts, durably. Raises NotCanonical, and FarmctlError where there is no room."""
        now = self._clock.now()
        lines = (_line(replace(fact, time=fact.time or now), actor) for fact in facts)
        written = b"".join(line + b"\n" for line in lines)
        with hold_journal(self._folder), told_of_the_disk():
            self._folder.disk.append(self.path, written)


def read_aside(folder: LedgerFolder, path: Path) -> tuple[list[Said], list[str]]:
    """Return what was written aside, and what of it cannot be read, for people."""
    said, unreadable = [], []
    *lines, rest = folder.disk.read(path).split(b"\n")
    for number, line in enumerate(lines, start=1):
        try:
            said.append(_parse(line))
        except BadLine as error:
            unreadable.append(f"journal/{path.name}:{number}: {error.message}")
    if rest:
        unreadable.append(f"journal/{path.name}:{len(lines) + 1}: the line has no end")
    return said, unreadable


def file_stamp(at: datetime) -> str:
    """Return `20261121T100000.123Z`: a time that any file system takes in a name."""
    return time_text(at).replace("-", "").replace(":", "")


def _line(fact: Fact, actor: Actor) -> bytes:
    record = normal(
        {
            "actor": actor_json(actor),
            "causation": fact.causation,
            "correlation": fact.correlation,
            "data": fact.data,
            "subject": fact.subject,
            "time": fact.time and time_text(fact.time),
            "type": fact.type,
        }
    )
    return encode_normal({**record, "hash": chain_hash(GENESIS, encode_normal(record))})


def _parse(line: bytes) -> Said:
    record = shaped(line, _LINE, "a fact written aside")
    claimed = record.pop("hash")
    if claimed != chain_hash(GENESIS, encode_normal(record)):
        raise BadLine("the hash is not that of the fact")
    fact = Fact(
        type=record["type"],
        subject=record["subject"],
        data=record["data"],
        time=time_of(record["time"]),
        correlation=record["correlation"],
        causation=f"{ASIDE}{claimed}",
    )
    return Said(fact, actor_of(record["actor"]))
