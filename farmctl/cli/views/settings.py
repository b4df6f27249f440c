"""Effective settings, as people and programs read them."""

from __future__ import annotations

from collections.abc import Mapping

from farmctl.profiles.effective import Effective
from farmctl.profiles.groups import group_of
from farmctl.profiles.units import unit_of


def effective_rows(settings: Effective) -> list[tuple[str, str, str]]:
    """Return setting, source and value of each, by name."""
    return [
        (key, settings.sources[key], with_unit(key, settings.values[key]))
        for key in sorted(settings.values)
    ]


def with_unit(key: str, value: str) -> str:
    """Return a value as people read it: `240 °C`."""
    return f"{value} {unit_of(key, value)}".rstrip()


def effective_body(profile: str, printer_class: str, settings: Effective) -> Mapping[str, object]:
    """Return effective settings as the body of a JSON document."""
    return {
        "profile": profile,
        "class": printer_class,
        "digest": settings.digest,
        "items": [
            {
                "key": key,
                "value": settings.values[key],
                "unit": unit_of(key, settings.values[key]) or None,
                "source": settings.sources[key],
                "group": group_of(key).value,
            }
            for key in sorted(settings.values)
        ],
    }
