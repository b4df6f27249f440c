"""The ledger of somebody who only looks: always something, and what is wrong with it."""

from __future__ import annotations

from typing import Generic, TypeVar

from farmctl.errors import LedgerDamaged
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.journal import Journal
from farmctl.ledger.lines import Place
from farmctl.ledger.opening import Known, check_end, checked_against, identity_of, read_known
from farmctl.ledger.reducer import Reducer, UnknownEvent, evolved
from farmctl.ledger.snapshot import Snapshot, beginning, newest_snapshot
from farmctl.model.envelope import Event
from farmctl.system.clock import Clock

S = TypeVar("S")
_POLL_S = 0.05
_NOBODY = Identity(farm="", ledger="", epoch=0)
_NOTHING = Known(head=None)


class View(Generic[S]):
    """A ledger that is only read, without locks; made by `open_view`.

    It verifies what it reads: what came after the snapshot. Where the journal is damaged it shows
    the state up to there, and `damage` says why; it never raises for what stands in the ledger.

    Attributes:
        identity: Whose ledger it is; None when there is none.
        state: The fold of what could be read.
        damage: Why nothing may be done by itself, or None.
        unknown: Event types that were left out of the state.
    """

    def __init__(
        self,
        folder: LedgerFolder,
        reducer: Reducer[S],
        identity: Identity | None,
        snapshot: Snapshot[S],
    ) -> None:
        self.identity = identity
        self.state = snapshot.state
        self.damage: LedgerDamaged | None = None
        self.unknown: set[str] = set()
        self._reducer = reducer
        self._journal = Journal(folder, identity or _NOBODY, snapshot.place)

    @property
    def place(self) -> Place:
        """Return the place in the journal that the state stands for."""
        return self._journal.place

    @property
    def unfinished_b(self) -> int:
        """Return how many bytes of an unfinished last line were left alone."""
        return len(self._journal.unfinished)

    def refresh(self) -> tuple[Event, ...]:
        """Take in what others appended, and return it."""
        return self.take_in(_NOTHING)

    def take_in(self, known: Known) -> tuple[Event, ...]:
        """Take in what stands behind the place, as far as it agrees with what is known."""
        events: list[Event] = []
        if self.damage is None:
            try:
                for event in checked_against(known, self._journal):
                    self._fold(event)
                    events.append(event)
            except LedgerDamaged as damage:
                self.damage = damage
        return tuple(events)

    def wait_for_change(self, clock: Clock, timeout_s: float) -> bool:
        """Return True as soon as somebody appends, False after `timeout_s`."""
        return wait_for_growth(self._journal, clock, timeout_s)

    def _fold(self, event: Event) -> None:
        try:
            self.state = evolved(self._reducer, self.state, event, self._journal.place)
        except UnknownEvent as unknown:
            self.unknown.add(unknown.type)


def open_view(folder: LedgerFolder, reducer: Reducer[S]) -> View[S]:
    """Return the ledger as it can be read now: the newest snapshot and what came after.

    A snapshot that the journal does not go on from is left aside, and all is read.
    """
    try:
        identity = identity_of(folder)
    except LedgerDamaged as damage:
        view = View(folder, reducer, None, beginning(reducer))
        view.damage = damage
        return view
    view = _read(folder, reducer, identity, newest_snapshot(folder, reducer, identity or _NOBODY))
    if view.damage is None:
        return view
    whole = _read(folder, reducer, identity, beginning(reducer))
    return whole if whole.damage is None or whole.place.seq >= view.place.seq else view


def wait_for_growth(journal: Journal, clock: Clock, timeout_s: float) -> bool:
    """Return True as soon as the journal has grown, False after `timeout_s`."""
    deadline = clock.monotonic() + timeout_s
    while not journal.has_grown():
        if clock.monotonic() >= deadline:
            return False
        clock.pause(_POLL_S)
    return True


def _read(
    folder: LedgerFolder, reducer: Reducer[S], identity: Identity | None, snapshot: Snapshot[S]
) -> View[S]:
    known = read_known(folder, identity or _NOBODY)
    view = View(folder, reducer, identity, snapshot)
    view.take_in(known)
    try:
        check_end(folder, known, view.place)
    except LedgerDamaged as damage:
        view.damage = view.damage or damage
    return view
