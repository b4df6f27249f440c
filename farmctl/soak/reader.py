"""The journal read on, and whether head, checkpoints and the fold agree with it (I7, I8)."""

from __future__ import annotations

from collections.abc import Sequence

from farmctl.errors import LedgerDamaged
from farmctl.farm.anchors import contradiction
from farmctl.ledger.anchors import Mark, damage_of, is_of, standing
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.head import read_head
from farmctl.ledger.journal import Journal
from farmctl.ledger.lines import Place
from farmctl.ledger.opening import check_end, checked_against, identity_of, read_known
from farmctl.ledger.state import State, dump
from farmctl.model import canonical
from farmctl.model.checkpoint import Checkpoint
from farmctl.model.envelope import Event
from farmctl.soak.books import Books, Once, Say
from farmctl.system.disk import Stat


class Reader:
    """Reads one host's journal on, and begins anew where another one was put in its place.

    Args:
        folder: The ledger's.
        checkpoints: Of the ledger, as git has them.
        once: What was durable before.
        say: Told of violations.

    Attributes:
        books: What the journal says.
        is_harmed: Whether somebody harmed the ledger, and it was not mended since. What was cut
            off behind the last anchor goes unseen, but somebody may still remember it: then it is
            only mended by a restore.
    """

    def __init__(
        self, folder: LedgerFolder, checkpoints: Sequence[Checkpoint], once: Once, say: Say
    ) -> None:
        self.is_harmed = self._lost_events = False
        self._remembered: Mark | None = None  # the last that was read before it was harmed
        self.books = Books(once, say)
        self._folder = folder
        self._checkpoints = checkpoints
        self._once = once
        self._say = say
        self._identity = identity_of(folder)
        self._journal: Journal | None = self._new_journal()
        self._tried: object = None
        self._head_was: Stat | None = None
        self._anchored = 0

    def read(self) -> bool:
        """Take in what is new; return whether it is another journal than the one before."""
        try:
            if self._journal is None:
                return self._begin_anew()
            for event in self._journal.read():
                self.books.take(event, self._journal.place)
        except LedgerDamaged as damage:
            if not self.is_harmed:
                self._say("I8", f"nobody harmed the ledger, but {damage.message}")
            return self._begin_anew()
        if not self.is_harmed:
            self._check_head()
            self._check_anchors()
        return False

    @property
    def is_cut(self) -> bool:
        """Return whether the journal may have lost events, and was not mended since."""
        return self.is_harmed and self._lost_events

    def harm(self, *, cuts: bool) -> None:
        """Take in that somebody harms the ledger right now."""
        self._lost_events = self.is_cut or cuts
        read = self.books.marks[-1:]
        known = [self._remembered] if self.is_harmed and self._remembered else []
        self._remembered = max([*known, *read], key=lambda mark: mark.seq, default=None)
        self.is_harmed = True

    def inherit(self, before: Reader) -> None:
        """Take in that this ledger is a copy of another, harmed where that was."""
        self.is_harmed, self._remembered = before.is_harmed, before._remembered
        self._lost_events = before.is_cut

    def opened(self, state: State) -> None:
        """Compare with what a controller knows that has just begun (I7)."""
        self.read()
        if self.is_harmed and self._whole() is None:
            self._say("I8", "a controller acts on a ledger that is damaged")
        self.is_harmed = self.is_harmed and not self._is_mended()
        self._compare(state, "the controller")

    def _is_mended(self) -> bool:
        """Tell whether nobody can remember more of the ledger, at its epoch, than it holds."""
        was, marks = self._remembered, self.books.marks
        if was is None or (marks and marks[-1].epoch > was.epoch):
            return True
        return len(marks) >= was.seq and marks[was.seq - 1] == was

    def check_fold(self) -> None:
        """Fold the whole journal once more: it must be the same state (I7)."""
        again = self._whole()
        if again is not None:
            self._compare(again.state, "another fold")

    def _compare(self, state: State, whose: str) -> None:
        ours = self.books.state
        if canonical.encode(dump(ours)) != canonical.encode(dump(state)):
            self._say("I7", f"{whose} differs from the fold, at event {state.seq} of {ours.seq}")

    def _begin_anew(self) -> bool:
        """Read the journal from its start, if it is sound and something changed since last time."""
        there = self._there()
        if there == self._tried:
            return False
        self._tried, self._journal = there, None
        books = self._whole() or self._forked()
        if books is None:
            return False
        self.books, self._anchored = books, 0
        return True

    def _whole(self) -> Books | None:
        """Read all of a journal that is sound, with its head and checkpoints; else return None."""
        folder = self._folder
        books = Books(self._once, self._say)
        try:
            self._identity = identity_of(folder)
            journal = self._new_journal()
            if self._identity is None or journal is None:
                return None
            known = read_known(folder, self._identity)
            for event in checked_against(known, journal):
                books.take(event, journal.place)
            check_end(folder, known, journal.place)
        except LedgerDamaged:
            return None
        ours = [each for each in self._checkpoints if is_of(each, self._identity)]
        if contradiction(folder, ours, journal.place) is not None:
            return None
        self._journal = journal
        return books

    def _forked(self) -> Books | None:
        """Read on from the last place behind which the journal goes on, or return None.

        It was cut under somebody who went on from there, and what stands before it was harmed: a
        controller that runs need not read that again.
        """
        if self._identity is None:
            return None
        for count, place in reversed(list(enumerate(self.books.places, 1))):
            journal = Journal(self._folder, self._identity, place)
            try:
                behind = [(event, journal.place) for event in journal.read()]
            except LedgerDamaged:
                continue
            return self._books_with(count, journal, behind) if behind else None
        return None

    def _books_with(
        self, count: int, journal: Journal, behind: Sequence[tuple[Event, Place]]
    ) -> Books:
        """Return the first so many events of the books with others behind them."""
        books = Books(self._once, self._say)
        before = zip(self.books.events[:count], self.books.places[:count], strict=True)
        for event, place in (*before, *behind):
            books.take(event, place)
        self._journal = journal
        return books

    def _new_journal(self) -> Journal | None:
        return Journal(self._folder, self._identity) if self._identity else None

    def _there(self) -> object:
        disk, folder = self._folder.disk, self._folder
        paths = [folder.head, *(folder.segment(each) for each in folder.segments())]
        return [disk.stat(path) for path in paths]

    def _check_head(self) -> None:
        stat = self._folder.disk.stat(self._folder.head)
        if stat == self._head_was:
            return
        self._head_was = stat
        head, marks = read_head(self._folder), self.books.marks
        if head is None:
            self._say("I8", "the head is lost")
        elif head.seq > len(marks) or (head.seq and marks[head.seq - 1].hash != head.hash):
            self._say("I8", f"the head names another event {head.seq} than the journal has")

    def _check_anchors(self) -> None:
        journal, identity = self._journal, self._identity
        if journal is None or identity is None:
            return
        for each in self._checkpoints[self._anchored :]:
            self._anchored += 1
            marks = self.books.marks
            mark = marks[each.seq - 1] if each.seq <= len(marks) else None
            found = standing(each, mark, journal.place.epoch)
            damage = damage_of(each, found, journal.place) if is_of(each, identity) else None
            if damage is not None:
                self._say("I8", damage.message)
