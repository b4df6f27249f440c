"""What comes of a damaged ledger: it stops before anything is done, or goes on with what is true."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations

import pytest

from farmctl.errors import Exit, LedgerDamaged, Refused
from farmctl.ledger.identity import Identity
from farmctl.testing.ledger_damage import Part, files_of
from tests.ledger.tally import ADA, Bench, Notes, note
from tests.ledger.verifiers import first_says, second_says

ALL_SUBSETS = [
    frozenset(parts) for count in range(len(Part) + 1) for parts in combinations(Part, count)
]


def names_of(parts: frozenset[Part]) -> str:
    """Return `journal+head`, for the name of a test's case."""
    return "+".join(part for part in Part if part in parts) or "nothing"


def stops(bench: Bench) -> LedgerDamaged:
    """Check that nobody can act, and that opening changed neither journal nor head."""
    before = _kept(bench)
    with pytest.raises(LedgerDamaged) as found:
        bench.open()
    assert found.value.exit == Exit.INVALID
    assert _kept(bench) == before
    return found.value


def refuses(bench: Bench, claim: Identity) -> Refused:
    """Check that the ledger is not the one claimed, and that opening changed nothing."""
    before = _kept(bench)
    with pytest.raises(Refused) as found:
        bench.open(claim=claim)
    assert found.value.exit == Exit.REFUSED
    assert _kept(bench) == before
    return found.value


def goes_on(bench: Bench, state: Notes) -> tuple[str, ...]:
    """Check that the ledger opens in `state` and can be acted on; return what was cut."""
    ledger = bench.open()
    assert ledger.state == state
    ledger.append([note("next")], ADA, intent=True)
    assert bench.open().state == (*state, f"{len(state) + 1} next")
    return ledger.mended


def verifiers_agree(bench: Bench, *, sound: bool) -> None:
    """Check that both verifiers say the same of the journal alone: where it is damaged, if it is."""
    segments = [bench.segment(number) for number in bench.folder.segments()]
    said = first_says(segments)
    assert second_says(segments) == said
    assert said[0].endswith(" events") is sound


@contextmanager
def told(what: object) -> Iterator[None]:
    """Name the case, so that a failure can be seen again."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"in the case {what}")
        raise


def _kept(bench: Bench) -> dict[str, bytes]:
    paths = [*files_of(bench.folder, Part.JOURNAL), *files_of(bench.folder, Part.HEAD)]
    return {path.name: bench.disk.read(path) for path in paths}
