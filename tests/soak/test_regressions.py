"""Seeds that once failed are played again, for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.errors import UsageError
from farmctl.soak.asked import Seed
from farmctl.soak.play import perform
from farmctl.soak.regressions import Regression, line_of, read_regressions

pytestmark = pytest.mark.pure
KEPT = read_regressions((Path(__file__).parent / "regressions.jsonl").read_bytes())


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: str(kept.seed.seed))
def test_what_once_failed_holds(kept: Regression) -> None:
    outcome = perform(kept.seed)
    assert outcome.violations == (), kept.why
    assert outcome.fulfilled == outcome.orders, kept.why


def test_a_line_comes_back_as_it_was() -> None:
    kept = Regression("I5: onto a part", Seed(3, ("reply lost",), ("moonraker",), 2))
    assert read_regressions(line_of(kept) * 2) == [kept, kept]


@pytest.mark.parametrize("line", [b"{", b"{}", b'{"why": "x", "seed": {"sed": 1}}', b"[]"])
def test_a_line_that_is_none_is_named(line: bytes) -> None:
    good = line_of(Regression("I5: onto a part", Seed(3)))
    with pytest.raises(UsageError, match="line 2 is no regression"):
        read_regressions(good + line + b"\n")
