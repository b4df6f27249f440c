"""A glance at the farm: a sheet of the ledger, the last looks and the present moment, as lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo

from msgspec import Struct

from farmctl.model.attention import ATTENTION_KINDS
from farmctl.model.sheet import NeedRow, OrderRow, PrinterRow, PrintRow, Sheet, WaitRow

STALE = timedelta(seconds=60)
"""A look that is older tells no percentage any more."""
AT_RISK = timedelta(hours=2)
"""An order with less to spare is watched."""
_TAKE_OFF = frozenset({"check-parts"})
_LOOK = frozenset({"print-out-of-sight", "printer-offline", "surplus"})
_ON_THE_WAY = frozenset({"queued", "uploading", "staged", "starting"})
_BY_LOOK = {"external": "in use", "paused": "in use", "offline": "offline", "unknown": "not seen"}


class Seen(Struct, frozen=True):
    """The last look at a printer, as it is kept for `status`.

    Args:
        at: When it was looked at.
        progress_permille: How far its print was; None when none was under way.
        message: What the machine said.
    """

    at: datetime
    progress_permille: int | None = None
    message: str = ""


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


class Glance(Struct, frozen=True):
    """What the lines are made from."""

    sheet: Sheet
    seen: Mapping[str, Seen]
    moment: Moment

    def lines(self) -> list[Line]:
        """Return all lines, section by section, each in the order a person wants it."""
        return [
            *(_printer(self, each) for each in self.sheet.printers),
            *(_need(each) for each in self.sheet.needs if each.kind not in _TAKE_OFF),
            *(_take_off(each) for each in self.sheet.needs if each.kind in _TAKE_OFF),
            *_late(self),
            *_printing(self),
            *_waiting(self),
            *_held(self),
        ]

    def print_on(self, printer: str) -> PrintRow | None:
        """Return the print that is under way on a printer."""
        return next((each for each in self.sheet.prints if each.printer == printer), None)

    def done_at(self, row: PrintRow) -> datetime | None:
        """Return when a print should be done: by its estimate, and how far it was when seen."""
        if row.start_at is None or not row.time_ms or row.phase not in ("printing", "starting"):
            return None
        whole, seen = timedelta(milliseconds=row.time_ms), self.seen.get(row.printer)
        if seen is None or not seen.progress_permille or seen.at < row.start_at:
            return row.start_at + whole
        gone, passed = seen.progress_permille / 1000, seen.at - row.start_at
        is_telling = gone >= 0.1  # before that most of the time was heating
        return seen.at + (passed / gone if is_telling else whole) * (1 - gone)

    def done(self, when: datetime) -> str:
        """Return `done 09:31`, or that it should be."""
        return f"done {self.moment.said(when)}" if when > self.moment.now else "should be done"

    def progress(self, row: PrintRow) -> str:
        """Return `34 %`; `last seen 14 min ago` where that is too long ago to tell."""
        seen = self.seen.get(row.printer)
        if row.phase in _ON_THE_WAY or seen is None:
            return "starts" if row.phase in _ON_THE_WAY else "not seen yet"
        if self.moment.now - seen.at > STALE:
            return f"last seen {ago(self.moment.now - seen.at)} ago"
        return f"{(seen.progress_permille or 0) // 10} %"


def ago(span: timedelta) -> str:
    """Return `3 s`, `14 min`, `2 h 10 min` or `3 days`."""
    seconds = max(0, int(span.total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    if seconds < 60:
        return f"{seconds} s"
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def _printer(glance: Glance, row: PrinterRow) -> Line:
    loaded = ", ".join(row.loaded) or "nothing loaded"
    print_row, seen = glance.print_on(row.name), glance.seen.get(row.name)
    at = seen.at if seen else row.seen_at
    if print_row is not None:
        when = glance.done_at(print_row)
        done = f"  {glance.done(when)}" if when else ""
        text = f"{print_row.parts}  {glance.progress(print_row)}{done}  {loaded}"
        word = {"unknown": "may still print", "paused": "paused"}.get(print_row.phase, "printing")
        return Line("printer", row.name, word, text, since=print_row.start_at, when=when)
    word = _word(glance, row)
    texts = {
        "in use": f"{row.job or 'a print'}, started at the printer: left alone",
        "held": row.held or "",
        "offline": f"last seen {ago(glance.moment.now - at)} ago" if at else "never seen",
        "not seen": "no look at it yet",
        "failed": f"{row.bed_why}  {loaded}",
        "to clear": f"{row.bed_why}  {loaded}",
    }
    return Line("printer", row.name, word, texts.get(word, loaded), since=at)


def _word(glance: Glance, row: PrinterRow) -> str:
    if row.held is not None:
        return "held"
    if row.phase in _BY_LOOK:
        return _BY_LOOK[row.phase]
    if row.bed != "clear":
        return "failed" if row.failed else "to clear"
    wanting = {each.about.split(" ")[0] for each in glance.sheet.needs if each.kind == _SPOOL}
    return "need filament" if row.name in wanting else "ready"


_SPOOL = "wrong-material"


def _need(row: NeedRow) -> Line:
    subject, _, wants = row.about.partition(" ")
    label = ATTENTION_KINDS[row.kind].label if row.kind in ATTENTION_KINDS else row.kind
    text = f"{label}: {row.evidence}" if row.evidence else label
    if row.kind == _SPOOL:
        text = f"{row.evidence.removesuffix(' it')} {wants}"
    mark = "?" if row.kind in _LOOK else "!"
    return Line("needs-you", subject, row.kind, text, row.since, row.command, mark)


def _take_off(row: NeedRow) -> Line:
    return Line("take-off", row.about, row.kind, row.evidence, row.since, row.command)


def _late(glance: Glance) -> Iterator[Line]:
    for row in glance.sheet.orders:
        line = _late_line(glance, row)
        if line is not None:
            yield line


def _late_line(glance: Glance, row: OrderRow) -> Line | None:
    if row.due is None:
        return None
    now, due = glance.moment.now, row.due
    ready, is_sure = _ready_at(glance, row)
    said = f"due {glance.moment.said(due)}"
    if ready is not None:
        least = "" if is_sure else "at the earliest "
        said += f", ready {least}{glance.moment.said(ready)}"
    if now > due or (ready is not None and ready > due):
        late = max(now, ready or now) - due
        return Line("late", row.order, "late", f"{said}: {ago(late)} late", mark="!", when=due)
    spare = due - (ready or now)
    if spare > AT_RISK:
        return None
    return Line("late", row.order, "at risk", f"{said}: {ago(spare)} spare", mark="·", when=due)


def _ready_at(glance: Glance, row: OrderRow) -> tuple[datetime | None, bool]:
    """Return when an order's parts are made, and whether that is all of them: else no earlier."""
    prints = [each for each in glance.sheet.prints if row.order in each.orders]
    waiting = [each for each in glance.sheet.waiting if row.order in each.orders]
    ends = [glance.done_at(each) for each in prints]
    ends += [glance.moment.now + timedelta(milliseconds=each.time_ms) for each in waiting]
    known = [each for each in ends if each is not None]
    return max(known, default=None), not waiting and not row.parts and len(known) == len(ends)


def _printing(glance: Glance) -> Iterator[Line]:
    lines = [
        Line(
            "printing",
            row.printer,
            row.phase,
            f"{row.run:<9} {' '.join(row.orders) + ' ' + row.parts:<28} {glance.progress(row)}",
            row.start_at,
            when=glance.done_at(row),
        )
        for row in glance.sheet.prints
        if row.phase in ("starting", "printing")
    ]
    yield from sorted(lines, key=_soonest)


def _soonest(line: Line) -> tuple[bool, float, str]:
    return line.when is None, line.when.timestamp() if line.when else 0.0, line.subject


def _waiting(glance: Glance) -> Iterator[Line]:
    for row in glance.sheet.waiting:
        text, when = _waits_for(glance, row)
        about = " ".join(row.orders)
        yield Line("waiting", about, "waiting", f"{row.parts}  {text}", row.since, when=when)
    for order in glance.sheet.orders:
        if order.parts and order.held is None:
            yield Line("waiting", order.order, "waiting", f"{order.parts}  to be planned")
    for printer in glance.sheet.printers:
        if printer.job is not None:
            text = f"printing {printer.job}, started at the printer: left alone"
            yield Line("waiting", printer.name, "in use", text)


def _waits_for(glance: Glance, row: WaitRow) -> tuple[str, datetime | None]:
    wanted = " + ".join(row.filaments)
    if not row.is_sliced:
        return "to be sliced", None
    able = [
        each
        for each in glance.sheet.printers
        if each.printer_class == row.printer_class
        and each.loaded[: len(row.filaments)] == row.filaments
        and each.held is None
        and each.phase != "offline"
    ]
    if not able:
        return f"for {wanted} in a {row.printer_class.split('@')[0]}", None
    ends = {each.name: _free_at(glance, each.name) for each in able}
    best = min(able, key=lambda each: (ends[each.name] or glance.moment.now, each.name))
    end = ends[best.name]
    at = f" at {glance.moment.said(end)}" if end and end > glance.moment.now else ""
    once = ", once cleared" if end or best.bed != "clear" else ""
    return f"for a {wanted} bed: {best.name}{at}{once}", end


def _free_at(glance: Glance, printer: str) -> datetime | None:
    row = glance.print_on(printer)
    return glance.done_at(row) if row else None


def _held(glance: Glance) -> Iterator[Line]:
    for row in glance.sheet.held:
        text = f"by {row.by}: {row.reason}"
        yield Line("held", row.subject, "held", text, row.since, row.command)
