"""The sample farm: its orders are of today, whenever that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from farmctl.farm.founding.sample import ordered_at, sample_files
from farmctl.system.disk import RealDisk

pytestmark = pytest.mark.pure

NOW = datetime(2031, 5, 4, 12, 30, 15, 250, tzinfo=UTC)


def test_a_sample_order_is_due_as_long_from_now_as_from_its_making() -> None:
    text = "id: ord-1\ncreated: 2026-11-21T10:00:00+01:00\ndue: 2026-11-28T12:00:00+01:00\n"
    assert ordered_at(text, NOW) == (
        "id: ord-1\ncreated: 2031-05-04T12:30:15+00:00\ndue: 2031-05-11T14:30:15+00:00\n"
    )


def test_every_sample_order_is_due_after_it_is_made() -> None:
    files = sample_files(RealDisk())
    orders = [raw.decode() for path, raw in files.items() if path.startswith("orders/")]
    assert len(orders) == 2
    for text in orders:
        lines = dict(
            line.split(": ", 1) for line in ordered_at(text, NOW).splitlines() if ": " in line
        )
        assert datetime.fromisoformat(lines["due"]) > NOW + timedelta(days=1)
