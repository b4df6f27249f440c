"""Every event type is folded, documented, and survives the codec."""

from __future__ import annotations

import pytest

from farmctl.ledger import fold
from farmctl.ledger.state import FOLDS
from farmctl.model.events import event_types

pytestmark = pytest.mark.pure


def test_every_event_type_has_one_fold() -> None:
    assert fold.evolve is not None
    assert {row.payload for row in event_types()} == set(FOLDS)


def test_every_event_type_says_what_it_means() -> None:
    for row in event_types():
        assert row.meaning.endswith((".", "`)")), row.name
        assert "{" in row.subject, row.name
