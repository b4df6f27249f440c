"""Bringing a damaged or lost ledger back, as a new epoch, and keeping what was replaced.

Until the last step the head names an epoch that the journal has not reached, so that a restore
that was cut short leaves a ledger that refuses to act; doing it again finishes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from farmctl.errors import LedgerDamaged, Refused
from farmctl.ledger.aside import ASIDE, Said, file_stamp, read_aside
from farmctl.ledger.compose import Draft, Stamp, compose
from farmctl.ledger.damage import told_of_the_disk
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.head import Head, head_at, read_head, reset_head
from farmctl.ledger.identity import Identity
from farmctl.ledger.journal import Journal
from farmctl.ledger.lines import Place, follow_header, header_line, segment_name
from farmctl.ledger.locks import hold_control, hold_journal
from farmctl.ledger.opening import check_end, checked_against, identity_of, read_known
from farmctl.ledger.snapshot import forget_snapshots
from farmctl.model.envelope import Actor, Event
from farmctl.system.clock import Clock


class Survey(Struct, frozen=True):
    """What of a journal is sound.

    Args:
        folder: Where it lies.
        identity: Whose it is.
        place: Behind the last sound event.
        damage: What is wrong behind that, or None.
        asides: Facts written aside that are already in the journal, by their causation.
    """

    folder: LedgerFolder
    identity: Identity
    place: Place
    damage: LedgerDamaged | None
    asides: frozenset[str]


class Restored(Struct, frozen=True):
    """What a restore did.

    Args:
        identity: The ledger at its new epoch.
        place: The end of its journal.
        source: What it was restored from.
        taken_in: How many facts that were written aside are events now.
        left_out: What was written aside and cannot be read, for people.
        kept: The folder of the files that were replaced, or None when there was nothing.
    """

    identity: Identity
    place: Place
    source: Survey
    taken_in: int
    left_out: tuple[str, ...]
    kept: Path | None


class Onward(Struct, frozen=True):
    """How a restored ledger goes on.

    Args:
        opening: The first facts of the new epoch.
        follows: Takes in each new event in turn, or says why it cannot follow: what was said aside
            may be about a print that is long over, and is left out then.
    """

    opening: Sequence[Said] = ()
    follows: Callable[[Event], str | None] = lambda _event: None


_AS_IT_IS = Onward()
_NOBODY = Actor("program", "farmctl", "restore")


def survey(folder: LedgerFolder) -> Survey:
    """Walk a whole journal, trusting nothing that was verified before.

    Raises Refused where there is no ledger, JournalDamaged where nobody can tell whose it is.
    """
    identity = identity_of(folder)
    if identity is None:
        raise Refused(f"there is no ledger in {folder.root}", "name a copy that has one")
    known = read_known(folder, identity)
    journal = Journal(folder, identity)
    asides: set[str] = set()
    damage = None
    try:
        for event in checked_against(known, journal):
            asides |= _aside_of(event)
        check_end(folder, known, journal.place)
    except LedgerDamaged as found:
        damage = found
    return Survey(folder, identity, journal.place, damage, frozenset(asides))


def best_source(folder: LedgerFolder, backup: LedgerFolder) -> Survey:
    """Return the backup, or what is here when that holds all of the backup and more.

    Raises Refused when the backup is of another ledger.
    """
    source = survey(backup)
    try:
        here = survey(folder)
    except (Refused, LedgerDamaged):
        return source
    if (here.identity.farm, here.identity.ledger) != (source.identity.farm, source.identity.ledger):
        raise Refused(
            f"the backup is of ledger {source.identity.ledger}, here is {here.identity.ledger}",
            "put this one aside with `farmctl ledger new --discard-history`, or name another copy",
        )
    longer = here.place.seq > source.place.seq and _holds(here, source.place)
    return here if longer else source


def raised(folder: LedgerFolder, source: Survey, claim: Identity | None) -> Identity:
    """Return the identity after a restore: an epoch above all that were ever heard of.

    To be recorded as the farm's claim before `restore`, so that older copies stop acting first.
    Raises Refused when the farm claims another ledger.
    """
    found = source.identity
    if claim and (claim.farm, claim.ledger) != (found.farm, found.ledger):
        raise Refused(
            f"the copy is of ledger {found.ledger}, the farm's is {claim.ledger}",
            "name a copy of the farm's own ledger",
        )
    head = read_head(folder)
    heard = [found.epoch, source.place.epoch]
    heard += [each.epoch for each in (claim, head and head.identity) if each]
    return replace(found, epoch=max(heard) + 1)


def restore(
    folder: LedgerFolder,
    clock: Clock,
    source: Survey,
    identity: Identity,
    onward: Onward = _AS_IT_IS,
) -> Restored:
    """Put the sound part of `source` in place and go on from it as a new epoch.

    Args:
        folder: The ledger to be restored; it may be missing.
        clock: What the new events and the folder of replaced files are dated with.
        source: From `survey` or `best_source`.
        identity: From `raised`.
        onward: How it goes on.

    Raises:
        Busy: Somebody acts on this ledger.
        Refused: The epoch is not a new one.
        FarmctlError: The disk does not take it; doing it again finishes it.
    """
    if identity.epoch < raised(folder, source, None).epoch:
        raise Refused(f"epoch {identity.epoch} is not a new one", "restore again")
    with told_of_the_disk():
        return _restored(folder, clock.now(), source, identity, onward)


def _restored(
    folder: LedgerFolder,
    now: datetime,
    source: Survey,
    identity: Identity,
    onward: Onward,
) -> Restored:
    kept = folder.root / f"damaged-{file_stamp(now)}"
    with hold_control(folder), hold_journal(folder):
        reset_head(folder, Head(identity, source.place.seq, source.place.hash))
        last = _lay(folder, source, kept)
        forget_caches(folder)
        said, left_out = _said_aside(folder, source)
        start = replace(source.place, segment=last + 1, offset=0, line=0)
        new, late = _compose(said, start, Stamp(identity, _NOBODY, now), onward)
        folder.disk.replace(folder.segment(last + 1), new.data)
        for path in folder.asides():
            folder.disk.move(path, kept / path.name)
        reset_head(folder, head_at(identity, new.place))
    found = kept if folder.disk.list(kept) else None
    taken_in = len(said) - len(late)
    return Restored(identity, new.place, source, taken_in, (*left_out, *late), found)


def discard_history(folder: LedgerFolder, clock: Clock) -> Path | None:
    """Put the whole ledger aside, and return where; None when there was none. Raises Busy."""
    target = folder.root / f"discarded-{file_stamp(clock.now())}"
    with hold_control(folder), hold_journal(folder), told_of_the_disk():
        for path in (folder.journal, folder.snapshots, folder.trust, folder.head):
            if folder.disk.stat(path):
                folder.disk.move(path, target / path.name)
    return target if folder.disk.list(target) else None


def forget_caches(folder: LedgerFolder) -> None:
    """Remove all that is made from the journal: the next start verifies and folds all of it."""
    forget_snapshots(folder)
    folder.disk.remove(folder.trust)


def _lay(folder: LedgerFolder, source: Survey, kept: Path) -> int:
    """Make the segments those of the source; return the number of the last that holds events."""
    last = source.place.segment if source.place.line > 1 else source.place.segment - 1
    for number in range(1, last + 1):
        sound = source.folder.disk.read(source.folder.segment(number))
        if number == source.place.segment:
            sound = sound[: source.place.offset]
        _put(folder, number, sound, kept)
    for number in folder.segments():
        if number > last:
            folder.disk.move(folder.segment(number), kept / segment_name(number))
    return last


def _put(folder: LedgerFolder, number: int, sound: bytes, kept: Path) -> None:
    path = folder.segment(number)
    here = folder.disk.read(path) if folder.disk.stat(path) else None
    if here != sound:
        if here is not None:
            folder.disk.replace(kept / path.name, here)
        folder.disk.replace(path, sound)


def _said_aside(folder: LedgerFolder, source: Survey) -> tuple[list[Said], list[str]]:
    new: list[Said] = []
    left_out: list[str] = []
    for path in folder.asides():
        said, unreadable = read_aside(folder, path)
        new += [each for each in said if each.fact.causation not in source.asides]
        left_out += unreadable
    return new, left_out


def _compose(
    said: Sequence[Said], start: Place, stamp: Stamp, onward: Onward
) -> tuple[Draft, list[str]]:
    """Return the segment of what was said, and what of it can no longer follow, for people."""
    events: list[Event] = []
    late: list[str] = []
    data = header_line(stamp.identity, start) + b"\n"
    place = follow_header(data[:-1], start, stamp.identity)
    for each in (*onward.opening, *said):
        draft = compose([each.fact], place, replace(stamp, actor=each.actor))
        why = onward.follows(draft.events[0])
        if why is not None:
            late.append(f"{each.fact.type} of {each.fact.subject}: {why}")
            continue
        events += draft.events
        data += draft.data
        place = draft.place
    return Draft(tuple(events), data, place), late


def _aside_of(event: Event) -> set[str]:
    cause = event.causation or ""
    return {cause} if cause.startswith(ASIDE) else set()


def _holds(here: Survey, place: Place) -> bool:
    events = Journal(here.folder, here.identity).read()
    with suppress(LedgerDamaged):
        return place.seq == 0 or any((e.seq, e.hash) == (place.seq, place.hash) for e in events)
    return False
