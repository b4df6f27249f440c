"""The ledger of somebody who acts: verified, folded, durable before anything follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

from farmctl.errors import FarmctlError, LedgerDamaged, Refused
from farmctl.ledger.compose import Draft, Stamp, compose
from farmctl.ledger.damage import told_of_the_disk
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.head import HeadFile, head_at, read_head
from farmctl.ledger.identity import Identity, refusal
from farmctl.ledger.journal import Journal
from farmctl.ledger.lines import Place
from farmctl.ledger.locks import hold_journal
from farmctl.ledger.opening import (
    Known,
    check_end,
    checked_against,
    identity_of,
    known_to,
    roll_forward,
)
from farmctl.ledger.reducer import Reducer, evolved
from farmctl.ledger.snapshot import Snapshot, newest_snapshot, save_snapshot
from farmctl.ledger.trust import Trust, extended, load_trust, renew, save_trust, until
from farmctl.ledger.view import wait_for_growth
from farmctl.model.envelope import Actor, Event, Fact
from farmctl.system.clock import Clock

S = TypeVar("S")
R = TypeVar("R")
SAVE_EVERY = 256  # events: about 10 ms of reading at the next start


class Declined(Struct, Generic[R], frozen=True):
    """Nothing was written, and why."""

    reason: R


class _Start(Struct, Generic[S], frozen=True):
    journal: Journal
    state: S
    trust: Trust
    snapshot_seq: int
    checked_all: bool


class Ledger(Generic[S]):
    """A ledger that facts are appended to; made by `open_ledger`.

    Attributes:
        identity: Whose ledger it is.
        state: The fold of every event up to `place`.
    """

    def __init__(
        self, folder: LedgerFolder, reducer: Reducer[S], clock: Clock, identity: Identity
    ) -> None:
        with hold_journal(folder), told_of_the_disk():
            start = _verified_start(folder, reducer, identity, clock.now())
        self.identity = identity
        self.state = start.state
        self._folder = folder
        self._reducer = reducer
        self._clock = clock
        self._journal = start.journal
        self._head = HeadFile(folder)
        self._trust = start.trust
        self._saved_seq = start.snapshot_seq
        self._checked_all = start.checked_all
        self._damage: LedgerDamaged | None = None

    @property
    def place(self) -> Place:
        """Return the place in the journal that the state stands for."""
        return self._journal.place

    @property
    def mended(self) -> tuple[str, ...]:
        """Return what was cut from the journal since it was opened, for people."""
        return tuple(self._journal.mended)

    def refresh(self) -> tuple[Event, ...]:
        """Take in what others appended, and return it. Raises LedgerDamaged."""
        return self._fold(self._journal.read())

    def wait_for_change(self, timeout_s: float) -> bool:
        """Return True as soon as somebody else appends, False after `timeout_s`."""
        return wait_for_growth(self._journal, self._clock, timeout_s)

    def append(
        self, facts: Sequence[Fact], actor: Actor, *, intent: bool = False
    ) -> tuple[Event, ...]:
        """Write facts, whatever the state is now, and return their events: they are durable.

        Args:
            facts: Written with one write and one sync.
            actor: Who makes it so.
            intent: Something irrevocable follows: also move the head.

        Raises:
            Refused: The ledger was restored to another epoch meanwhile.
            LedgerDamaged: What others wrote cannot be trusted.
            FarmctlError: The disk does not take it, or no ledger can hold such a fact.
            KeyError, ValueError: A fact that cannot follow from the state; nothing is written.
        """
        with hold_journal(self._folder):
            self._catch_up()
            return self._write(facts, actor, intent=intent)

    def append_if(
        self,
        guard: Callable[[S], R | None],
        facts: Sequence[Fact],
        actor: Actor,
        *,
        intent: bool = False,
    ) -> tuple[Event, ...] | Declined[R]:
        """Write facts unless the guard says why not, in the state that nobody can change meanwhile.

        Raises what `append` raises.
        """
        with hold_journal(self._folder):
            self._catch_up()
            reason = guard(self.state)
            if reason is not None:
                return Declined(reason)
            return self._write(facts, actor, intent=intent)

    def append_from(
        self,
        propose: Callable[[S], Sequence[Fact] | Declined[R]],
        actor: Actor,
        *,
        intent: bool = False,
    ) -> tuple[Event, ...] | Declined[R]:
        """Write the facts that follow from the present state: a run's number, for one.

        Raises what `append` raises.
        """
        with hold_journal(self._folder):
            self._catch_up()
            proposed = propose(self.state)
            if isinstance(proposed, Declined):
                return proposed
            return self._write(proposed, actor, intent=intent)

    def save(self) -> None:
        """Remember state and verification, so that the next start is fast."""
        with hold_journal(self._folder), told_of_the_disk():
            self._catch_up()
            roll_forward(self._folder, self.identity, self.place)
            self._remember()

    def save_if_due(self) -> bool:
        """Save when the next start would have much to read again."""
        unsaved = self.place.seq - self._saved_seq
        due = unsaved >= SAVE_EVERY or (self._checked_all and self.place.seq > 0)
        if due:
            self.save()
        return due

    def _remember(self) -> None:
        places = [*self._journal.ends, self.place]
        snapshot = Snapshot(self.place, self.state)
        save_snapshot(self._folder, self._reducer, self.identity, snapshot)
        self._trust = extended(self._folder, self.identity, self._trust, places)
        save_trust(self._folder, self.identity, self._trust)
        self._journal.ends.clear()
        self._saved_seq = self.place.seq
        self._checked_all = False

    def _fold(self, events: Iterable[Event]) -> tuple[Event, ...]:
        if self._damage:
            raise self._damage
        folded = []
        try:
            for event in events:
                self.state = evolved(self._reducer, self.state, event, self.place)
                folded.append(event)
        except LedgerDamaged as damage:
            self._damage = damage  # for good: what comes after must not be folded without this
            raise
        if folded:
            self._head.forget()
        return tuple(folded)

    def _catch_up(self) -> None:
        """Read to the end, while holding the journal's lock, and see that it is still ours."""
        if self._damage or not self._journal.is_at_end():
            self._fold(self._unread())
        if self.place.epoch != self.identity.epoch:
            raise Refused(
                f"the ledger was restored as epoch {self.place.epoch} while this ran",
                "start again",
            )

    def _unread(self) -> Iterator[Event]:
        """Yield what others appended, with all that they acted on; then cut a torn last line."""
        known, segment = Known(read_head(self._folder)), self.place.segment
        yield from checked_against(known, self._journal)
        check_end(self._folder, known, self.place)
        self._journal.settle(segment)

    def _write(self, facts: Sequence[Fact], actor: Actor, *, intent: bool) -> tuple[Event, ...]:
        if not facts:
            return ()
        draft, state = self._draft(facts, actor), self.state
        for event in draft.events:
            state = self._reducer.evolve(state, event)
        move_head = self._head.ready(head_at(self.identity, draft.place)) if intent else None
        self._journal.write(draft)
        self.state = state
        if move_head:
            move_head()
        return draft.events

    def _draft(self, facts: Sequence[Fact], actor: Actor) -> Draft:
        for fact in facts:
            if not self._reducer.known(fact.type):
                raise FarmctlError(f"{fact.type} is not an event that the ledger knows")
        stamp = Stamp(self.identity, actor, self._clock.now())
        return compose(facts, self._journal.place_to_write(), stamp)


def open_ledger(
    folder: LedgerFolder, reducer: Reducer[S], clock: Clock, claim: Identity
) -> Ledger[S]:
    """Return the farm's ledger, verified, for somebody who will append.

    Args:
        folder: Where it lies.
        reducer: The fold that its state is.
        clock: What `recorded` is taken from.
        claim: Which ledger the farm's repository says it is.

    Raises:
        Refused: It is not here, or is another's, or this copy was left behind by a restore.
        LedgerDamaged: It cannot be trusted, or holds an event of a newer farmctl.
        FarmctlError: The disk does not take what a start writes.
    """
    why = refusal(identity_of(folder), claim)
    if why:
        raise why
    ledger = Ledger(folder, reducer, clock, claim)
    ledger.save_if_due()
    return ledger


def _verified_start(
    folder: LedgerFolder, reducer: Reducer[S], identity: Identity, now: datetime
) -> _Start[S]:
    head = read_head(folder)
    remembered = load_trust(folder, identity)
    known = known_to(head, remembered, identity)
    renewed = renew(folder, remembered, now)
    trust = until(renewed, head.seq if head else 0)
    places = [each.place for each in trust.checked]
    snapshot = newest_snapshot(folder, reducer, identity, places)
    journal, state = Journal(folder, identity, snapshot.place), snapshot.state
    for event in checked_against(known, journal):
        state = evolved(reducer, state, event, journal.place)
    check_end(folder, known, journal.place)
    journal.cut_torn_line()
    roll_forward(folder, identity, journal.place)
    seq = snapshot.place.seq
    checked_all = remembered is None or remembered.full_at != renewed.full_at
    return _Start(journal, state, until(trust, seq), seq, checked_all)
