"""What must never happen, checked against what the machines really did.

It reads the journal as anybody could, counts starts where they happen, at the machines, and hears
from a witness what the controllers sent. Each check costs what is new, not what there is. What is
checked stands in `INVARIANTS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.state import State
from farmctl.model.checkpoint import Checkpoint
from farmctl.soak.books import Books, Once
from farmctl.soak.doubled import Doubled
from farmctl.soak.floor import Floor, Stray
from farmctl.soak.invariants import Violation
from farmctl.soak.machines import Body
from farmctl.soak.patience import Patience
from farmctl.soak.reader import Reader
from farmctl.soak.sights import Sights
from farmctl.soak.witness import Witness


class Evidence(Struct, frozen=True):
    """What one host leaves behind.

    Args:
        folder: The ledger's.
        witness: Who hears what its controllers send.
        checkpoints: Of the ledger, as git has them.
    """

    folder: LedgerFolder
    witness: Witness
    checkpoints: Sequence[Checkpoint]


class Checker:
    """Takes in what is new; what is wrong is in `violations`.

    Args:
        evidence: Of the host that acts.
        machines: By printer.

    Attributes:
        violations: What must never happen, and did.
    """

    def __init__(self, evidence: Evidence, machines: Mapping[str, Body]) -> None:
        self.violations: list[Violation] = []
        self._once = Once({}, {})
        self._floor = Floor(machines, self.say)
        self._sights = Sights(self._once, self.say)
        self._patience = Patience(self.say)
        self._witness = evidence.witness
        self._reader = self._reader_of(evidence)
        self._begin_to_read()

    @property
    def starts(self) -> Mapping[str, int]:
        """Return how often the machines began each of our files."""
        return self._floor.starts

    @property
    def books(self) -> Books:
        """Return what the journal says."""
        return self._reader.books

    @property
    def is_cut(self) -> bool:
        """Return whether somebody took events out of the journal, and nobody mended it since."""
        return self._reader.is_cut

    @property
    def doubled(self) -> Doubled:
        """Return what the transport doubled, where nothing could stop it."""
        return self._floor.doubled

    @property
    def strays(self) -> Sequence[Stray]:
        """Return what hosts began that were taken over."""
        return self._floor.strays

    def check(self) -> None:
        """Take in what happened since the last time."""
        if self._reader.read():
            self._floor.recount(self._reader.books)
        self._sights.take(self._witness.take())
        self._floor.look(self._reader.books)

    def check_peace(self, now_s: float) -> None:
        """Look whether all goes on, at a moment in which nothing goes wrong."""
        self._patience.look(self._reader.books.state, now_s)

    def opened(self, state: State) -> None:
        """Compare with what a controller knows that has just begun."""
        self.check()
        self._reader.opened(state)

    def end(self) -> None:
        """Look at everything once more: nothing happens any more."""
        self.check()
        self._reader.check_fold()
        for each in self.strays:
            if not each.is_seen:
                self.say("hosts", f"{each.start.file} on {each.printer} was seen by nobody")

    def harm(self, *, cuts: bool) -> None:
        """Take in that somebody harms the ledger right now: what is damage is no false alarm.

        Args:
            cuts: Whether the journal may lose events by it.
        """
        self.check()
        self._reader.harm(cuts=cuts)

    def go_to(self, evidence: Evidence) -> None:
        """Read what another host leaves behind: it has taken over, with what was harmed."""
        before = self._reader
        self._witness = evidence.witness
        self._reader = self._reader_of(evidence)
        self._reader.inherit(before)
        self._begin_to_read()

    def _reader_of(self, evidence: Evidence) -> Reader:
        return Reader(evidence.folder, evidence.checkpoints, self._once, self.say)

    def _begin_to_read(self) -> None:
        self._reader.read()
        self._floor.recount(self._reader.books)

    def say(self, invariant: str, what: str) -> None:
        """Take in that something is violated."""
        self.violations.append(Violation(invariant, what))
