"""`guarantees.json`: what is promised, in how many cases it was tried, and how often it failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from scripts.guarantees.promises import PROMISES, Measured, Promise

SCHEMA = "farmctl.guarantees/v1"


class Item(Struct, frozen=True):
    """A promise as it was found to hold.

    Args:
        id: `G1`.
        promise: What is promised.
        cases: How often it was tried.
        violations: How often it did not hold.
        command: What anybody can type to try it again.
    """

    id: str
    promise: str
    cases: int
    violations: int
    command: str


class Driver(Struct, frozen=True):
    """What a kind of printer was driven by in the soak.

    Args:
        kind: As `farm.yaml` calls the driver.
        driven_by: Farmctl's own driver, or one that stands in for it.
    """

    kind: str
    driven_by: str


class Guarantees(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The document.

    Args:
        schema: Of the document.
        commit: Whose code was tried.
        date: When it was put together.
        items: The promises.
        drivers: What the soak's printers were driven by.
    """

    schema: str = SCHEMA
    commit: str
    date: str
    items: tuple[Item, ...]
    drivers: tuple[Driver, ...]


class Missing(Exception):  # noqa: N818 - reads as what it says
    """Something was not measured: what, and what measures it."""


def items_of(measured: Mapping[str, Measured], without: Sequence[str] = ()) -> tuple[Item, ...]:
    """Return the promises that were tried.

    Args:
        measured: By source.
        without: Sources that are knowingly left out; a promise that has no other is not listed.

    Raises:
        Missing: A source has no result.
    """
    items = []
    for promise in PROMISES:
        sources = [each for each in promise.sources if each not in without]
        missing = [each for each in sources if each not in measured]
        if missing:
            raise Missing(f"{promise.id}: nothing measured by {', '.join(missing)}")
        if sources:
            items.append(_item(promise, [measured[each] for each in sources]))
    return tuple(items)


def _item(promise: Promise, found: Sequence[Measured]) -> Item:
    commands = dict.fromkeys(each.command for each in found)
    return Item(
        id=promise.id,
        promise=promise.says,
        cases=sum(each.cases(promise.id) for each in found),
        violations=sum(each.violations(promise.id) for each in found),
        command="; ".join(commands),
    )


def decode(raw: bytes) -> Guarantees:
    """Return the document of a file. Raises msgspec.ValidationError."""
    return msgspec.json.decode(raw, type=Guarantees)


def encode(document: Guarantees) -> bytes:
    """Return the file of a document."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
