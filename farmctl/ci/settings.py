"""Which settings are others, of all pairs together: each change once, with where it is so. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from farmctl.ci.cases import Case, Pair
from farmctl.ci.report import SettingChange
from farmctl.profiles.diff import Side, changes
from farmctl.profiles.units import unit_of
from farmctl.slicing import ini

Change = tuple[str, str, str]


def settings_changes(pairs: Iterable[Pair]) -> tuple[SettingChange, ...]:
    """Return every setting that is another, by what it affects and name."""
    where: dict[Change, set[str]] = {}
    seen: dict[tuple[bytes, bytes], tuple[SettingChange, ...]] = {}
    for pair in pairs:
        texts = _texts(pair)
        if texts is None:
            continue
        if texts not in seen:
            seen[texts] = tuple(_between(_side(pair.before, texts[0]), _side(pair.after, texts[1])))
        for each in seen[texts]:
            change = (each.key, each.before, each.after)
            where.setdefault(change, set()).add(_where(pair.after))
    known = {(c.key, c.before, c.after): c for found in seen.values() for c in found}
    shown = (
        SettingChange(known[change].group, *change, tuple(sorted(places)))
        for change, places in where.items()
    )
    return tuple(sorted(shown, key=lambda each: (each.group.place, each.key, each.where)))


def _texts(pair: Pair) -> tuple[bytes, bytes] | None:
    before = pair.before.request if pair.before else None
    after = pair.after.request
    if before is None or after is None or before.settings == after.settings:
        return None
    return before.settings, after.settings


def _side(case: Case | None, text: bytes) -> Side:
    values: Mapping[str, str] = ini.parse(text, "settings").values
    return Side(case.slicer.program if case else "", values, {})


def _between(before: Side, after: Side) -> Iterable[SettingChange]:
    for each in changes(before, after):
        old, new = (_shown(each.key, value) for value in (each.before, each.after))
        yield SettingChange(each.group, each.key, old, new, ())


def _shown(key: str, value: str | None) -> str:
    return "" if value is None else f"{value} {unit_of(key, value)}".rstrip()


def _where(case: Case) -> str:
    return f"{case.target.profile}@{case.target.version} on {case.printer_class}"
