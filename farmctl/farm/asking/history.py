"""The journal as people ask for it: read from its beginning, every link checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase

from msgspec import Struct

from farmctl.errors import UsageError
from farmctl.farm.parts import Farm
from farmctl.farmrepo.suggest import mend_name
from farmctl.ledger.journal import Journal
from farmctl.ledger.opening import identity_of
from farmctl.ledger.view import wait_for_growth
from farmctl.model.envelope import Event
from farmctl.model.events import event_types
from farmctl.model.events.registry import PREFIX

_FOLLOW_S = 3600.0


class Wanted(Struct, frozen=True):
    """Which events are asked for; what is None does not narrow.

    Args:
        type: `run.started`, `run` for all of runs, or a pattern: `*.failed`.
        subject: `run-17`, `run/run-17`, `voron-1`, `ord-1042` with all that serves it.
        since: From when on they were recorded.
    """

    type: str | None = None
    subject: str | None = None
    since: datetime | None = None

    def matches(self, event: Event) -> bool:
        """Return whether an event is asked for."""
        if self.since is not None and event.recorded < self.since:
            return False
        return self._is_type(name_of(event)) and self._is_about(event)

    def _is_type(self, name: str) -> bool:
        if self.type is None:
            return True
        return name.startswith(f"{self.type}.") or fnmatchcase(name, self.type)

    def _is_about(self, event: Event) -> bool:
        if self.subject is None:
            return True
        about = (event.subject, event.subject.split("/", 1)[-1], event.correlation)
        named = (event.data.get(each) for each in ("printer", "run", "plate", "item", "order"))
        return self.subject in (*about, *named)


def name_of(event: Event) -> str:
    """Return `run.started`."""
    return event.type.removeprefix(PREFIX).rpartition(".")[0]


def check_type(wanted: str | None) -> None:
    """Raise UsageError for a type that no event can have."""
    names = sorted({each.name for each in event_types()})
    if wanted is None or any(Wanted(wanted)._is_type(each) for each in names):  # noqa: SLF001 - its own module
        return
    raise UsageError(f"there is no event `{wanted}`", mend_name(wanted, names))


def history(farm: Farm) -> Iterator[Event]:
    """Yield every event, the oldest first; none where there is no ledger. Raises LedgerDamaged."""
    identity = identity_of(farm.ledger_folder)
    if identity is not None:
        yield from Journal(farm.ledger_folder, identity).read()


def follow(farm: Farm) -> Iterator[Event]:
    """Yield every event, and then each that is appended, for ever. Raises LedgerDamaged."""
    identity = identity_of(farm.ledger_folder)
    if identity is None:
        raise UsageError("there is no ledger here to follow", "farmctl apply begins one")
    journal = Journal(farm.ledger_folder, identity)
    while True:
        yield from journal.read()
        wait_for_growth(journal, farm.clock, _FOLLOW_S)
