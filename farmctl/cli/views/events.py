"""An event in one line, as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from farmctl.farm.asking.history import name_of
from farmctl.model.codec import Json
from farmctl.model.envelope import Event

WIDTH = 100
_DULL = frozenset({"inputs", "text", "features", "variants", "placed", "farm"})


def event_line(event: Event, zone: tzinfo, *, wide: bool = False) -> str:
    """Return `21 Nov 14:35:31   87  run.completed  run-1  controller  evidence=history: …`."""
    at = event.time.astimezone(zone).strftime("%-d %b %H:%M:%S")
    about = event.subject.split("/", 1)[-1]
    who = event.actor.id if event.actor.kind == "person" else event.actor.kind
    said = "  ".join(_said(event.data, about))
    line = f"{at:>15} {event.seq:>5}  {name_of(event):<20} {_short(about):<14} {who:<10} {said}"
    line = line.rstrip()
    return line if wide or len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def _said(data: Mapping[str, Json], about: str) -> Iterator[str]:
    for key, value in sorted(data.items()):
        is_told = value is None or value in ("", about) or isinstance(value, dict | list)
        if not is_told and key not in _DULL:
            yield f"{key}={_short(str(value))}"
    for key, value in sorted(data.items()):
        if isinstance(value, list) and value and key not in _DULL:
            yield f"{key}={', '.join(_short(str(each)) for each in value if isinstance(each, str))}"


def _short(text: str) -> str:
    """Return a digest by its first digits, anything else as it is."""
    return f"{text[:14]}…" if text.startswith("sha256:") else text
