"""What is different between two sets of settings, as people and programs read it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from farmctl.cli.output import WIDTH
from farmctl.cli.views.settings import with_unit
from farmctl.farm.profiles.comparing import Comparison
from farmctl.profiles.diff import Change, Shared
from farmctl.profiles.effective import DEFAULTS
from farmctl.profiles.groups import Group
from farmctl.profiles.units import unit_of
from farmctl.slicing.catalogue import NIL
from farmctl.slicing.prusaslicer.values import unescaped

_GROUP_WIDTH = 15
_VALUE_WIDTH = 24
_AROUND = 1
"""Lines of custom g-code that are shown around a change."""


def comparison_lines(found: Comparison, *, wide: bool = False) -> Iterator[str]:
    """Yield a line for each setting under what it affects, and custom g-code line by line."""
    if not found.changes:
        yield "nothing changes"
        return
    plain = [each for each in found.changes if not _is_text(each.change)]
    yield from _plain_lines(plain, found.classes, wide=wide)
    for each in found.changes:
        if _is_text(each.change):
            where = _classes_after(each, None, found.classes)
            yield f"{Group.GCODE:<{_GROUP_WIDTH}}{each.change.key}{_where_from(each.change)}{where}"
            yield from (f"  {line}" for line in text_diff(each.change))


def _plain_lines(rows: Sequence[Shared], compared: Sequence[str], *, wide: bool) -> Iterator[str]:
    keys = max((len(each.change.key) for each in rows), default=0) + 2
    texts = [_before(each.change) for each in rows]
    values = max((len(each) for each in texts if len(each) <= _VALUE_WIDTH), default=0)
    shown = ""
    for number, (row, before) in enumerate(zip(rows, texts, strict=True)):
        group = row.change.group
        heading = "" if group == shown else group
        shown = group
        following = rows[number + 1] if number + 1 < len(rows) else None
        said = f"{before:>{values}} → {_after(row.change)}{_where_from(row.change)}"
        start = f"{heading:<{_GROUP_WIDTH}}{row.change.key:<{keys}}"
        end = _classes_after(row, following, compared)
        room = WIDTH - len(start) - len(end)
        yield f"{start}{said if wide else _cut(said, room)}{end}"


def _classes_after(row: Shared, following: Shared | None, compared: Sequence[str]) -> str:
    """Return on which classes it is so: said once below rows that have the same ones."""
    if len(compared) == 1 or (following is not None and following.classes == row.classes):
        return ""
    if len(row.classes) == 1:
        return f"   only on {row.classes[0]}"
    if len(row.classes) > 4:
        return f"   same on {len(row.classes)} of {len(compared)} classes"
    return f"   same on {', '.join(row.classes)}"


def _before(change: Change) -> str:
    return "new" if change.before is None else _short(_words(change.before))


def _after(change: Change) -> str:
    if change.after is None:
        return "unknown to the slicer"
    if change.after == NIL:
        return _words(NIL)
    return _short(with_unit(change.key, change.after))


def _words(value: str) -> str:
    return "not set" if value == NIL else value or "nothing"


def _where_from(change: Change) -> str:
    """Return where the value comes from now, where that is not clear by itself."""
    if change.after is None:
        return f", and the {change.source_after} says it" if change.source_after else ""
    if change.source_after == DEFAULTS:
        return f" ({DEFAULTS})"
    is_moved = change.source_after != change.source_before and change.before is not None
    return f" (the {change.source_after}'s)" if is_moved else ""


def _short(text: str) -> str:
    return text if len(text) <= _VALUE_WIDTH else f"{text[: _VALUE_WIDTH - 1]}…"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: max(1, room - 1)]}…"


def _is_text(change: Change) -> bool:
    """Return whether a setting holds lines: what is known on both sides is compared by them."""
    return change.group is Group.GCODE and None not in (change.before, change.after)


def text_diff(change: Change) -> Iterator[str]:
    """Yield a unified difference of custom g-code."""
    before, after = (_lines(value) for value in (change.before, change.after))
    yield from list(difflib.unified_diff(before, after, n=_AROUND, lineterm=""))[2:]


def _lines(value: str | None) -> list[str]:
    text = (value or "").removeprefix('"').removesuffix('"')
    return unescaped(text).splitlines()


def comparison_item(found: Comparison) -> Mapping[str, object]:
    """Return a comparison as an item of a JSON list."""
    return {
        "profile": found.profile,
        "before": found.before,
        "after": found.after,
        "classes": list(found.classes),
        "changes": [_item(each) for each in found.changes],
    }


def _item(row: Shared) -> Mapping[str, object]:
    change = row.change
    item: dict[str, object] = {
        "group": change.group.value,
        "key": change.key,
        "unit": unit_of(change.key, change.after or change.before or "") or None,
        "before": change.before,
        "after": change.after,
        "source_before": change.source_before or None,
        "source_after": change.source_after or None,
        "classes": list(row.classes),
    }
    if _is_text(change):
        item["lines"] = list(text_diff(change))
    return item
