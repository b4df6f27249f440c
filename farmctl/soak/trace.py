"""A play as people read it: what was recorded and what struck, in the order in which it came."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from farmctl.model.envelope import Event
from farmctl.soak.outcome import Outcome, Struck


def trace_lines(outcome: Outcome, said: Callable[[Event], str]) -> Iterator[str]:
    """Yield a line for each event and each fault, each fault after what was known when it struck.

    Args:
        outcome: Of a play that kept its journal.
        said: Puts an event into words.
    """
    strikes = list(outcome.strikes)
    for event in outcome.journal:
        while strikes and strikes[0].seq < event.seq:
            yield struck_line(strikes.pop(0))
        yield said(event)
    yield from map(struck_line, strikes)


def struck_line(struck: Struck) -> str:
    """Return `── 2225.6 s  moonraker-1  reply lost, at start`."""
    return f"── {struck.at_s:.1f} s  {struck.printer}  {struck.fault}, at {struck.step}"
