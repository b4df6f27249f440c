"""When something is due, as people type it. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from farmctl.errors import UsageError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_END_OF_DAY = time(23, 59)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
FORMS = "2026-12-01, 2026-12-01T17:00, today, tomorrow 9:30, fri 17:00"


def parse_due(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment in the farm's time zone; a day alone means its end.

    Raises UsageError for a text that is no moment, and for one that is over.
    """
    due = _moment(text, now, zone)
    if due <= now:
        raise UsageError(f"{text} is over", f"write when it is due: {FORMS}")
    return due


def _moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    day, _, clock = re.sub(r"(?<=\d)T(?=\d)", " ", text.strip()).lower().partition(" ")
    found = _day(day, now.astimezone(zone).date())
    at = _time(clock) if clock else _END_OF_DAY
    if found is None or at is None:
        return _with_offset(text)
    return datetime.combine(found, at, zone)


def _day(text: str, today: date) -> date | None:
    if text in ("today", "tomorrow"):
        return today + timedelta(days=text == "tomorrow")
    if text[:3] in _DAYS and text.isalpha():
        return today + timedelta(days=(_DAYS.index(text[:3]) - today.weekday()) % 7 or 7)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


def _with_offset(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(f"`{text}` is no day or time", f"write it like {FORMS}")
    return moment
