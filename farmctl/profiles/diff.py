"""What differs between two sets of settings, grouped as people look for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from farmctl.profiles.lint import kind_of
from farmctl.slicing.catalogue import Kind


class Difference(Struct, frozen=True, order=True):
    """One setting that is not the same. None: not said at all."""

    kind: Kind
    key: str
    before: str | None
    after: str | None


def differences(
    program: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    same: Callable[[str, str], bool],
) -> tuple[Difference, ...]:
    """Return every setting whose value means something else, sorted by kind and name."""
    found = [
        Difference(kind_of(program, key), key, before.get(key), after.get(key))
        for key in sorted({*before, *after})
        if not _equal(before.get(key), after.get(key), same)
    ]
    return tuple(sorted(found, key=lambda each: (each.kind, each.key)))


def _equal(one: str | None, other: str | None, same: Callable[[str, str], bool]) -> bool:
    return one == other if one is None or other is None else same(one, other)
