"""Every line of a glance, section by section, each in the order that a person wants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from farmctl.control.glance import Glance, Line, ago
from farmctl.control.machine_lines import need_lines, printer_line, take_off_lines
from farmctl.model.sheet import OrderRow, WaitRow

AT_RISK = timedelta(hours=2)
"""An order with less to spare is watched."""
_NOT_ABLE = frozenset(
    {"held", "offline", "other machine", "drifted", "to mend", "fault", "may still print", "paused"}
)


def screen(glance: Glance) -> list[Line]:
    """Return all lines."""
    return [
        *(printer_line(glance, each) for each in glance.sheet.printers),
        *need_lines(glance),
        *take_off_lines(glance),
        *_late(glance),
        *_printing(glance),
        *_waiting(glance),
        *_held(glance),
    ]


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
            text = f"printing {printer.job}: left alone"
            command = f"explain {printer.name}"
            yield Line("waiting", printer.name, "in use", text, command=command)


def _waits_for(glance: Glance, row: WaitRow) -> tuple[str, datetime | None]:
    wanted = " + ".join(row.filaments)
    if not row.is_sliced:
        return "to be sliced", None
    able = [
        each
        for each in glance.sheet.printers
        if each.printer_class == row.printer_class
        and each.loaded[: len(row.filaments)] == row.filaments
        and printer_line(glance, each).state not in _NOT_ABLE
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
