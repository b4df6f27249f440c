"""Proof of inheritance: every setting that was asked for is in the g-code as it was asked for.

The slicer writes the settings it used into its output. A missing one was dropped, another value
means that it was replaced; both happen with exit code 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from farmctl.errors import SlicerFailed

# One or two are an opinion of the slicer; so many mean that it never read the file.
_IGNORED_FROM = 10
_SHOWN = 3


class Deviation(Struct, frozen=True):
    """A setting that did not arrive. `got` is None when the slicer dropped it."""

    key: str
    wanted: str
    got: str | None

    def __str__(self) -> str:
        """Return `layer_height: asked 0.2, used 0.3`, values cut short."""
        if self.got is None:
            return f"{self.key}: asked {_short(self.wanted)}, not used at all"
        return f"{self.key}: asked {_short(self.wanted)}, used {_short(self.got)}"


def deviations(
    wanted: Mapping[str, str], used: Mapping[str, str], same: Callable[[str, str], bool]
) -> tuple[Deviation, ...]:
    """Return every wanted setting that was not used as it was wanted, sorted by name."""
    return tuple(
        Deviation(key, wanted[key], used.get(key))
        for key in sorted(wanted)
        if key not in used or not same(wanted[key], used[key])
    )


def refuse_gaps(wanted: Mapping[str, str], used: Mapping[str, str]) -> None:
    """Raise SlicerFailed when the slicer used a setting that nobody asked for: its own default."""
    gaps = [f"{key} = {_short(used[key])}" for key in sorted(used.keys() - wanted.keys())]
    if gaps:
        more = f"; and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
        raise SlicerFailed(
            f"the slicer used what the settings do not say: {'; '.join(gaps[:_SHOWN])}{more}",
            "write it into the profile; if the slicer should have it as a default: "
            "farmctl slicer pin",
            "settings-incomplete",
        )


def demand(found: tuple[Deviation, ...], count: int) -> None:
    """Raise SlicerFailed when any of `count` wanted settings did not arrive."""
    if not found:
        return
    shown = "; ".join(str(each) for each in found[:_SHOWN])
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    if len(found) >= _IGNORED_FROM:
        raise SlicerFailed(
            f"the slicer did not read its settings: {len(found)} of {count} were not used "
            f"({shown}{more})",
            "pin another build of the slicer: farmctl slicer pin PATH",
            "slicer-ignored-config",
        )
    if any(each.got is None for each in found):
        raise SlicerFailed(
            f"the slicer dropped a setting without a word: {shown}{more}",
            "remove it from the profile or class, or pin a slicer that knows it",
            "slicer-dropped-key",
        )
    raise SlicerFailed(
        f"the slicer used another value than the one asked for: {shown}{more}",
        "write the value that the slicer can use into the profile or class",
        "slicer-changed-key",
    )


def _short(value: str) -> str:
    text = value or "nothing"
    return text if len(text) <= 40 else f"{text[:40]}…"
