"""What is asked of a profile version that never ran, and why a list is empty."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from farmctl.farm.asking.declared import declared
from farmctl.farm.parts import Farm
from farmctl.insight.kinds import Filters
from farmctl.insight.query import Insight


def rows_of(farm: Farm, insight: Insight, name: str, asked: Filters) -> list[dict[str, Any]]:
    """Return the rows of a list; none of what the files have and the ledger never heard of.

    Raises UsageError, and NoSuchThing for what neither has.
    """
    return insight.get(name, asked, lambda what: declared(farm, what))


def nothing_found(farm: Farm, insight: Insight, name: str, asked: Filters) -> str:
    """Return what to say of an empty list: never, not of late, or just none."""
    if asked.profile is None:
        return f"no {name}"
    words = f"no {name} with {asked.profile}"
    if not rows_of(farm, insight, name, Filters(profile=asked.profile)):
        return f"{words}, ever"
    before = rows_of(farm, insight, name, replace(asked, since=None))
    if before:
        return f"{words} since then; {len(before)} before: leave out --since"
    return f"{words} that are so"
