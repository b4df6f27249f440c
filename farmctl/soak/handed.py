"""Which runs were handed to a person, and where the kind of machine made that necessary. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from farmctl.model.envelope import Event
from farmctl.model.events import payload_of
from farmctl.model.events.run_life import RunFailed, RunResolved, RunStarted
from farmctl.model.events.runs import RunQueued
from farmctl.model.ids import RunId
from farmctl.soak.outcome import Handed, Struck
from farmctl.soak.reach import UNFENCED, takes_evidence


class _End(Struct, frozen=True):
    printer: str
    first_seq: int
    last_seq: int
    is_word: bool
    was_seen: bool


def handed_over(journal: Iterable[Event], strikes: Sequence[Struck]) -> Handed:
    """Return how many runs ended by a person's word, or without evidence; and how many in vain.

    A run that a person ended is one with `run.resolved`. One without evidence is `lost`: farmctl
    ends it, and a person says how its parts are. Both are necessary where a power cycle took the
    evidence along while the run was open, and where a deleted file may start all the same: there
    the end of a start that was disturbed, and never seen, cannot be found out.
    """
    ends = list(_ends(journal))
    in_vain = [each for each in ends if not _is_necessary(each, strikes)]
    return Handed(
        resolved=sum(each.is_word for each in ends),
        lost=sum(not each.is_word for each in ends),
        resolved_in_vain=sum(each.is_word for each in in_vain),
        lost_in_vain=sum(not each.is_word for each in in_vain),
    )


def _ends(journal: Iterable[Event]) -> Iterator[_End]:
    queued: dict[RunId, tuple[str, int]] = {}
    resolved: set[RunId] = set()
    seen: set[RunId] = set()
    for event in journal:
        match payload_of(event.type, event.data):
            case RunQueued(run=run, printer=printer):
                queued[run] = printer, event.seq
            case RunStarted(run=run):
                seen.add(run)
            case RunResolved(run=run) if run not in resolved:
                resolved.add(run)
                yield _End(*queued[run], event.seq, is_word=True, was_seen=run in seen)
            case RunFailed(run=run, reason="lost") if run not in resolved:
                yield _End(*queued[run], event.seq, is_word=False, was_seen=run in seen)
            case _:
                pass


def _is_necessary(end: _End, strikes: Sequence[Struck]) -> bool:
    return any(
        takes_evidence(each.fault, each.kind) or (each.kind in UNFENCED and not end.was_seen)
        for each in strikes
        if each.printer == end.printer and end.first_seq <= each.seq <= end.last_seq
    )
