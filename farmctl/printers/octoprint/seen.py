"""One look at an OctoPrint, read into an observation. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Observation
from farmctl.printers.octoprint.said import Said, text, whole
from farmctl.printers.octoprint.status import Now


class Counts(Struct, frozen=True):
    """What OctoPrint's own plugin Achievements counts, and keeps over restarts.

    Args:
        since: When it began to count.
        starts: How often OctoPrint was started.
        prints: How often a print began, whatever became of it.
    """

    since: int
    starts: int
    prints: int

    @property
    def boot(self) -> str:
        """Return a text that changes when OctoPrint restarts, or begins to count anew."""
        return f"{self.since}/{self.starts}"


class Seen(Struct, frozen=True):
    """What OctoPrint answered.

    Args:
        now: What its printer does; None when it did not say.
        identity: The machine's id.
        counts: What it counted.
        why: What to tell a person about what is missing.
        is_silent: Whether something was not answered at all.
    """

    now: Now | None
    identity: str | None
    counts: Counts | None
    why: str = ""
    is_silent: bool = False

    @property
    def state(self) -> DeviceState:
        """Return the device's state: who cannot be told from another machine is not ready."""
        if self.is_silent:
            return DeviceState.OFFLINE
        if self.now is None:
            return DeviceState.FAULT
        if self.now.state is DeviceState.READY and self.why:
            return DeviceState.FAULT
        return self.now.state


def observation(
    printer: PrinterName, asked_at: datetime, seen: Seen, nozzle_um: int | None
) -> Observation:
    """Return the look as farmctl sees every printer, dated by when it was asked."""
    if seen.now is None or seen.is_silent:
        return Observation(printer, asked_at, seen.state, message=seen.why)
    return Observation(
        printer=printer,
        seen_at=asked_at,
        state=seen.state,
        identity=seen.identity,
        job=seen.now.job,
        jobs_total=seen.counts.prints if seen.counts else None,
        boot=seen.counts.boot if seen.counts else None,
        nozzle_um=nozzle_um,
        message=seen.why or seen.now.message,
    )


def identity_of(said: Said) -> str | None:
    """Read the machine's id in `/api/settings`: the one that Discovery made for it."""
    return text(said, "plugins", "discovery", "upnpUuid") or None


def counts_of(said: Said) -> Counts | None:
    """Read `/plugin/achievements/`."""
    since = whole(said, "stats", "created")
    starts = whole(said, "stats", "server_starts")
    prints = whole(said, "stats", "prints_started")
    if since is None or starts is None or prints is None:
        return None
    return Counts(since, starts, prints)
