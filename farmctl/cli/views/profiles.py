"""Versions of profiles, and what goes on with one, as people and programs read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from farmctl.farm.profiles.usage import Running, Usage

if TYPE_CHECKING:
    from farmctl.farm.profiles.showing import VersionRow

_SHOWN = 6


def usage_lines(usage: Usage, pin: str) -> Iterator[str]:
    """Yield what goes on with a version, each with how to end it."""
    if usage.running:
        yield going_on(usage.running, pin)
    if usage.waiting:
        count = len(usage.waiting)
        of = f" of {_listed(usage.items)}" if usage.items else ""
        yield f"{count} queued plate{'s' * (count > 1)}{of}: {_listed(usage.waiting)}"
    if not usage.running and not usage.waiting:
        yield "nothing prints or waits with it"


def going_on(running: Iterable[Running], pin: str) -> str:
    """Return which prints go on with a version, and how to end them."""
    found = list(running)
    if len(found) == 1:
        return f"1 still printing goes on: farmctl abort {found[0].printer}"
    where = _listed(each.printer for each in found)
    return f"{len(found)} still printing go on ({where}): farmctl abort --profile {pin}"


def running_lines(running: Iterable[Running]) -> Iterator[str]:
    """Yield each print with its printer and state."""
    for each in running:
        yield f"{each.run}  {each.printer}  {each.state}"


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


def version_items(rows: Iterable[VersionRow]) -> list[dict[str, Any]]:
    """Return versions as items of a JSON list."""
    return [
        {
            "profile": each.name,
            "version": each.version,
            "state": each.state,
            "channels": list(each.channels),
            **signature_item(each),
            "qualified": each.is_qualified,
            "qualified_why": each.why,
            "good": each.made.good,
            "failed": each.made.failed,
            "notes": each.notes or None,
        }
        for each in rows
    ]


def signature_item(row: VersionRow) -> dict[str, Any]:
    """Return what is known of a version's signature, for programs."""
    from farmctl.farmrepo.signatures import Discounted, Signed

    match row.signed:
        case Signed(by=who, key=key):
            return {"signed_by": who, "key": key, "signature": "valid", "signature_why": None}
        case Discounted(code=code, why=why, key=key):
            known = {"signed_by": None, "key": key or None, "signature": code}
            return {**known, "signature_why": why}
        case _:
            return {"signed_by": None, "key": None, "signature": "none", "signature_why": None}


def version_cells(row: VersionRow) -> list[str]:
    """Return a version's cells of `profile show`."""
    yes = "yes" if row.is_qualified else "no"
    return [
        row.version,
        row.state,
        ", ".join(row.channels) or "-",
        row.signed_words,
        f"{yes}, {row.why}",
        row.notes or "-",
    ]


def signature_cells(row: VersionRow) -> list[str]:
    """Return a version's cells of `profile verify`."""
    item = signature_item(row)
    who = row.signed_words if row.signed_words != "-" else "nobody"
    pin = f"{row.name}@{row.version}"
    return [pin, row.state, who, item["key"] or "-"]
