"""What differs between two sets of effective settings, grouped by what it affects.

Pure. A value that is only written otherwise is the same; what several classes have alike is said
once.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from farmctl.profiles.effective import DEFAULTS, Layer, effective
from farmctl.profiles.groups import Group, group_of
from farmctl.slicing.catalogue import NIL, Catalogue
from farmctl.slicing.prusaslicer.values import same as prusaslicer_same

Same = Callable[[str, str], bool]
_SAME: Mapping[str, Same] = {"prusaslicer": prusaslicer_same}


class Side(Struct, frozen=True):
    """All settings that a slicer knows, as layers make them.

    Args:
        program: The slicer whose values these are.
        values: Every setting; `nil` for one that may be left out and that nobody says.
        sources: The layer that each value comes from.
        strangers: What a layer says and the slicer does not know, by setting.
    """

    program: str
    values: Mapping[str, str]
    sources: Mapping[str, str]
    strangers: Mapping[str, str] = field(default_factory=dict)


class Change(Struct, frozen=True):
    """One setting that is not the same on both sides.

    Args:
        key: Its name.
        before: Its value; None where that side's slicer does not know it.
        after: The same of the other side.
        source_before: Where the value came from; empty where there was none.
        source_after: Where it comes from now.
    """

    key: str
    before: str | None
    after: str | None
    source_before: str = ""
    source_after: str = ""

    @property
    def group(self) -> Group:
        """Return what it affects."""
        return group_of(self.key)


class Shared(Struct, frozen=True):
    """A change, and the classes that have it alike."""

    change: Change
    classes: tuple[str, ...]


def side(catalogue: Catalogue, layers: Sequence[Layer]) -> Side:
    """Return what layers come to, also where they say what the slicer does not know."""
    known = [
        Layer(each.name, {key: each.values[key] for key in each.values if catalogue.knows(key)})
        for each in layers
    ]
    strangers = {
        key: each.name for each in layers for key in each.values if not catalogue.knows(key)
    }
    found = effective(catalogue, known)
    unsaid = [key for key in sorted(catalogue.optional) if key not in found.values]
    return Side(
        catalogue.program,
        {**found.values, **dict.fromkeys(unsaid, NIL)},
        {**found.sources, **dict.fromkeys(unsaid, DEFAULTS)},
        strangers,
    )


def changes(before: Side, after: Side) -> tuple[Change, ...]:
    """Return every setting whose value means something else, by group and name."""
    same = _SAME.get(before.program, operator.eq)
    found = (
        _change(key, before, after)
        for key in {*before.values, *after.values}
        if not _equal(before.values.get(key), after.values.get(key), same)
    )
    return tuple(sorted(found, key=_place))


def said_once(by_class: Mapping[str, Sequence[Change]]) -> tuple[Shared, ...]:
    """Return each change once, with all classes that have it, by group and name."""
    classes: dict[Change, list[str]] = {}
    for name in sorted(by_class):
        for each in by_class[name]:
            classes.setdefault(each, []).append(name)
    shared = (Shared(change, tuple(names)) for change, names in classes.items())
    return tuple(sorted(shared, key=lambda each: (_place(each.change), each.classes)))


def _change(key: str, before: Side, after: Side) -> Change:
    return Change(
        key,
        before.values.get(key),
        after.values.get(key),
        before.sources.get(key) or before.strangers.get(key, ""),
        after.sources.get(key) or after.strangers.get(key, ""),
    )


def _equal(one: str | None, other: str | None, same: Same) -> bool:
    return one == other if one is None or other is None else same(one, other)


def _place(change: Change) -> tuple[int, str]:
    return change.group.place, change.key
