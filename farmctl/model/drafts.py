"""A profile's draft as orders, plans and the ledger name it: `petg@draft`, and who may print it.

The ledger has a person's choice of a profile as one text, so the printers that an order names for
a draft stand in it too: `petg@draft on voron-1, voron-2`.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

DRAFT = "draft"
_ON = " on "


class Choice(Struct, frozen=True):
    """A person's choice of a profile.

    Args:
        profile: `petg`, or `petg@draft`; None where nobody chose.
        printers: Those that the order names for a draft, sorted; none named, virtual ones.
    """

    profile: str | None
    printers: tuple[str, ...] = ()


def draft_pin(name: str) -> str:
    """Return `petg@draft`."""
    return f"{name}@{DRAFT}"


def is_draft(pin: str | None) -> bool:
    """Return whether a pin is that of a draft."""
    return pin is not None and pin.endswith(f"@{DRAFT}")


def as_text(profile: str | None, printers: Iterable[str]) -> str | None:
    """Return a choice as the ledger has it."""
    named = ", ".join(sorted(set(printers)))
    return f"{profile}{_ON}{named}" if profile and named else profile


def choice_of(text: str | None) -> Choice:
    """Return the choice that the ledger has as a text."""
    profile, on, named = (text or "").partition(_ON)
    return Choice(profile or None, tuple(named.split(", ")) if on else ())
