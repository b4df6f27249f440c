"""What happened since a moment: the figures of a night, from the tables of history."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from msgspec import Struct

from farmctl.errors import UsageError
from farmctl.farm.parts import Farm

_SPAN = re.compile(r"(\d{1,4})(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_VERDICTS = "SELECT run, verdict, count(*) FROM plate_items WHERE run IS NOT NULL GROUP BY ALL"
FORMS = "20:00, 30m, 12h, 3d, 2026-11-24, 2026-11-24T20:00"


def parse_since(text: str, moment: datetime) -> datetime:
    """Return the past moment that a person means.

    Args:
        text: A time of day (the last one), a span back, a day, or a day with a time.
        moment: Now, in the zone that the text is meant in.

    Raises UsageError for a text that is none of these, and for the future.
    """
    since = _moment(text.strip(), moment)
    if since is None:
        raise UsageError(f"`{text}` is no moment", f"write it like {FORMS}")
    if since > moment:
        raise UsageError(f"{text} is yet to come", f"write a moment that is over: {FORMS}")
    return since.astimezone(UTC)


def _moment(text: str, now: datetime) -> datetime | None:
    span, clock = _SPAN.fullmatch(text), _CLOCK.fullmatch(text)
    if span:
        return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
    if clock:
        today = datetime.combine(now.date(), time(int(clock[1]), int(clock[2])), now.tzinfo)
        return today if today <= now else today - timedelta(days=1)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)


def since_of(farm: Farm, text: str) -> datetime:
    """Return the past moment that a person means, in the farm's time zone. Raises UsageError."""
    from farmctl.farm.asking.glancing import signboard

    return parse_since(text, farm.clock.now().astimezone(signboard(farm).zone))


class Happened(Struct, frozen=True):
    """What ended since a moment.

    Args:
        prints: How many, by how they ended.
        good: Parts that are good.
        bad: Parts that are not.
        filament_g: Of the prints that ended, as far as it is known.
        reasons: Why prints failed, with how many.
    """

    prints: dict[str, int]
    good: int
    bad: int
    filament_g: float
    reasons: dict[str, int]


def happened(farm: Farm, since: datetime) -> Happened:
    """Return what ended since a moment, as the tables have it. Raises FarmctlError."""
    from farmctl.insight.store import open_insight

    with open_insight(farm.ledger_folder) as insight:
        runs = [each for each in insight.get("runs") if each["ended"] and each["ended"] >= since]
        verdicts = insight.sql(_VERDICTS).rows
    ours = {each["id"] for each in runs}
    return Happened(
        prints=_counts(each["state"] for each in runs),
        good=sum(count for run, verdict, count in verdicts if run in ours and verdict == "success"),
        bad=sum(count for run, verdict, count in verdicts if run in ours and verdict == "failed"),
        filament_g=sum(each["filament_g"] or 0.0 for each in runs),
        reasons=_counts(each["reason"] for each in runs if each["state"] == "failed"),
    )


def _counts(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())
