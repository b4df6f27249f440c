"""A glance at the farm: a sheet of the ledger, the last looks and the present moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from farmctl.model.observation import Observation
from farmctl.model.sheet import NeedRow, PrinterRow, PrintRow, Sheet

STALE = timedelta(seconds=60)
"""A look that is older tells no percentage any more."""
ON_THE_WAY = frozenset({"queued", "uploading", "staged", "starting"})
"""The phases of a print that no printer has shown yet."""


class Seen(Struct, frozen=True):
    """The last look at a printer, as it is kept for `status`.

    What a printer showed last stays when it shows nothing, or does not answer any more.

    Args:
        at: When it was looked at.
        progress_permille: How far the print was that it showed last, or None.
        message: What the machine said.
        answered_at: When it answered last, or None where it never did.
        job: The file of the print that it showed last.
        job_at: When it showed that.
    """

    at: datetime
    progress_permille: int | None = None
    message: str = ""
    answered_at: datetime | None = None
    job: str | None = None
    job_at: datetime | None = None


def seen_after(before: Seen | None, look: Observation) -> Seen:
    """Return what is kept of a printer after one more look."""
    kept = before or Seen(look.seen_at)
    seen = replace(kept, at=look.seen_at, message=look.message)
    if look.is_reachable:
        seen = replace(seen, answered_at=look.seen_at)
    if look.job is None:
        return seen
    job = look.job
    return replace(seen, job=job.file, job_at=look.seen_at, progress_permille=job.progress_permille)


class Moment(Struct, frozen=True):
    """Now, and where the farm is."""

    now: datetime
    zone: tzinfo

    def said(self, at: datetime) -> str:
        """Return `09:31` for today, `Wed 17:00` within six days, else `27 Nov 17:00`."""
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone).date()
        days = abs((local.date() - today).days)
        if days == 0:
            return local.strftime("%H:%M")
        return local.strftime("%a %H:%M" if days < 6 else "%-d %b %H:%M")


class Shown(Struct, frozen=True):
    """When a printer showed a print last, and how far it was: thousandths."""

    at: datetime
    permille: int


class Line(Struct, frozen=True):
    """One line of a glance.

    Args:
        kind: printer, needs-you, take-off, late, printing, waiting or held.
        subject: A printer, an order, a profile.
        state: A word.
        text: What people read.
        since: When it became so, or None.
        command: What to type after `farmctl`, or an empty string.
        mark: `!` act, `?` look, `·` watch, or a space.
        when: When it ends or passes, or None.
    """

    kind: str
    subject: str
    state: str
    text: str
    since: datetime | None = None
    command: str = ""
    mark: str = " "
    when: datetime | None = None


class Glance(Struct, frozen=True, dict=True):
    """What the lines are made from."""

    sheet: Sheet
    seen: Mapping[str, Seen]
    moment: Moment

    def row_of(self, printer: str) -> PrinterRow | None:
        """Return what the ledger knows of a printer."""
        return self._printers.get(printer)

    def print_on(self, printer: str) -> PrintRow | None:
        """Return the print that is under way on a printer."""
        return self._prints.get(printer)

    def needs_of(self, name: str) -> Sequence[NeedRow]:
        """Return what people must do about a printer, or what else has that name."""
        return self._needs.get(name, ())

    @cached_property
    def _printers(self) -> Mapping[str, PrinterRow]:
        return {each.name: each for each in self.sheet.printers}

    @cached_property
    def _prints(self) -> Mapping[str, PrintRow]:
        return {each.printer: each for each in reversed(self.sheet.prints)}

    @cached_property
    def _needs(self) -> Mapping[str, Sequence[NeedRow]]:
        found: defaultdict[str, list[NeedRow]] = defaultdict(list)
        for each in self.sheet.needs:
            found[each.about.partition(" ")[0]].append(each)
        return found

    def done_at(self, row: PrintRow) -> datetime | None:
        """Return when a print should be done: by its estimate, and how far it was when seen."""
        if row.start_at is None or not row.time_ms or row.phase not in ("printing", "starting"):
            return None
        whole, shown = timedelta(milliseconds=row.time_ms), self.shown(row)
        if shown is None or not shown.permille or shown.at < row.start_at:
            return row.start_at + whole
        gone, passed = shown.permille / 1000, shown.at - row.start_at
        is_telling = gone >= 0.1  # before that most of the time was heating
        return shown.at + (passed / gone if is_telling else whole) * (1 - gone)

    def done(self, when: datetime) -> str:
        """Return `done 09:31`, or that it should be."""
        return f"done {self.moment.said(when)}" if when > self.moment.now else "should be done"

    def shown(self, row: PrintRow) -> Shown | None:
        """Return when its printer showed this print last, and how far it was; None if it never did.

        What the printer showed before, of another print, says nothing of this one.
        """
        seen = self.seen.get(row.printer)
        if seen is None or seen.job != row.file:
            return None
        return Shown(seen.job_at or seen.at, seen.progress_permille or 0)

    def progress(self, row: PrintRow) -> str:
        """Return `34 %`; `last seen 14 min ago` where that is too long ago to tell.

        Of a print out of sight it is told how far it was: there will be no newer figure.
        """
        if row.phase in ON_THE_WAY:
            return "starts"
        shown = self.shown(row)
        if shown is None:
            return "out of sight" if row.phase == "unknown" else "not seen yet"
        if row.phase == "unknown":
            return f"{self.last_seen(shown.at)}, at {shown.permille // 10} %"
        if self.moment.now - shown.at > STALE:
            return self.last_seen(shown.at)
        return f"{shown.permille // 10} %"

    def last_seen(self, at: datetime) -> str:
        """Return `last seen 14 min ago`."""
        return f"last seen {ago(self.moment.now - at)} ago"


def ago(span: timedelta) -> str:
    """Return `3 s`, `14 min`, `2 h 10 min` or `3 days`."""
    seconds = max(0, int(span.total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    if seconds < 60:
        return f"{seconds} s"
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
