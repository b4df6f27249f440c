"""The change set as people read it: what git gets, what metal does, what comes later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from farmctl.cli.output import WIDTH
from farmctl.control.actions import Action, Dispatch, SlicePlate, WritePlan
from farmctl.control.foresee import Foreseen
from farmctl.control.glance import Moment
from farmctl.control.guessing import GUESSED
from farmctl.control.triage import orders_of, parts_of
from farmctl.farm.acting.forecast import Forecast
from farmctl.ledger.state import State
from farmctl.model.events.plates import PlateSliced
from farmctl.model.ids import order_of
from farmctl.model.recorded import AttentionRecord, PlateRecord
from farmctl.model.states import OrderPhase, PlanStatus

MOST_REASONS = 3
_SHOWN = (WritePlan, SlicePlate, Dispatch)


def plan_lines(forecast: Forecast, now: datetime) -> list[str]:
    """Return the change set in at most 100 columns, or one line when there is none."""
    shown = [line for line in forecast.lines if is_shown(line.action)]
    needs = _needs(forecast)
    if not shown:
        return [_nothing(forecast, len(needs)), *_not_read(forecast)]
    moment = Moment(now, ZoneInfo(forecast.desired.farm.timezone))
    starts = [line for line in shown if isinstance(line.action, Dispatch)]
    farm, commit = forecast.desired.farm.name, forecast.desired.commit[:7]
    return [
        f"Changes for {farm} at {commit} · {counted(len(forecast.looks), 'printer')} seen just now",
        *_section("BUILD PLANS", _plans(shown)),
        *_section("SLICE", _slices(shown)),
        *_section(
            "START NOW (cannot be undone)",
            _starts([line for line in starts if line.is_now], moment),
        ),
        *_section("THEN (expected)", _later([line for line in starts if not line.is_now], moment)),
        *_too_far_ahead(forecast),
        *_section(f"NEEDS YOU ({len(needs)})", needs),
        "",
        *_not_read(forecast),
        f"{sums(shown)}.   Do it: farmctl apply",
    ]


def _too_far_ahead(forecast: Forecast) -> list[str]:
    """Say that not everything is shown, and what shows the rest."""
    after = forecast.lines[-1].after if forecast.lines else forecast.before
    count = sum(each.phase is OrderPhase.OPEN for each in after.orders.values())
    if forecast.is_whole or not count:
        return []
    undone = "1 more order is" if count == 1 else f"{count} more orders are"
    return [f"   … and so on, until {undone} closed: farmctl get orders --state open"]


def _not_read(forecast: Forecast) -> list[str]:
    """Name what is changed and not committed, and so does not count."""
    names = forecast.not_read
    if not names:
        return []
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return [f"Not read: {', '.join(names[:3])}{more} (not committed).   Commit it: farmctl commit"]


def is_shown(action: Action) -> bool:
    """Return whether a person wants to read of it: plans, slices and starts."""
    return isinstance(action, _SHOWN)


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *lines] if lines else []


def _nothing(forecast: Forecast, needs: int) -> str:
    printing = sum(run.phase.may_be_printing for run in forecast.before.runs.values())
    you = f", {needs} wait for you (farmctl status)" if needs else ""
    return f"No changes. {printing} printing{you}."


def _plans(shown: list[Foreseen]) -> list[str]:
    rows = [_plan(line) for line in shown if isinstance(line.action, WritePlan)]
    return [cut(f" {row}") for row in aligned(rows)]


def _plan(line: Foreseen) -> tuple[str, ...]:
    assert isinstance(line.action, WritePlan)  # noqa: S101 - chosen by kind above
    draft = line.action.draft
    quantity = line.after.items[draft.item].quantity
    mark = "+" if draft.revision == 1 else "~"
    profiles = " and ".join(sorted({each.profile for each in draft.variants}))
    classes = " and ".join(sorted({each.printer_class.split("@")[0] for each in draft.variants}))
    name = f"{mark} {draft.item}@{draft.revision}"
    what = f"{quantity} × {draft.item.split('/')[1]}, {' + '.join(draft.filaments)}"
    status = "" if draft.status is PlanStatus.APPROVED else f", {draft.status}"
    return name, f"{what}, {profiles}, {classes}{status}"


def cut(line: str) -> str:
    """Return a line in at most 100 columns."""
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def _slices(shown: list[Foreseen]) -> list[str]:
    slices = [line for line in shown if isinstance(line.action, SlicePlate)]
    if not slices:
        return []
    return [
        cut(f"   {parts_of(line.after.plates[line.action.plate])}")
        for line in slices
        if isinstance(line.action, SlicePlate)
    ]


def _starts(starts: list[Foreseen], moment: Moment) -> list[str]:
    rows, reasons = [], []
    for line in starts:
        assert isinstance(line.action, Dispatch)  # noqa: S101 - chosen by kind above
        plate = line.after.plates[line.action.plate]
        ready = moment.now + timedelta(milliseconds=_slice_of(plate).summary.time_ms)
        due = _due(line.after, plate)
        until = f", due {moment.said(due)}" if due else ""
        when = f"ready {moment.said(ready)}{until}"
        printer = line.action.printer
        rows.append((printer, parts_of(plate), orders_of(plate), _figures(plate), when))
        why = [f"{name}: {reason}" for name, reason in line.action.not_chosen[:MOST_REASONS]]
        reasons.append([cut(f"             not {' · '.join(why)}")] if why else [])
    pairs = zip(aligned(rows), reasons, strict=True)
    return [each for row, why in pairs for each in (cut(f" > {row}"), *why)]


def _due(state: State, plate: PlateRecord) -> datetime | None:
    orders = {order_of(each.instance) for each in plate.composed.placed}
    dues = [state.orders[each].text.due for each in orders if each in state.orders]
    return min((each for each in dues if each is not None), default=None)


def aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows as lines whose cells stand under each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _later(starts: list[Foreseen], moment: Moment) -> list[str]:
    rows = []
    for line in starts:
        assert isinstance(line.action, Dispatch)  # noqa: S101 - chosen by kind above
        plate = line.after.plates[line.action.plate]
        when = moment.said(line.at)
        once = "once its bed is cleared" if line.needs_clearing else ""
        rows.append((when, line.action.printer, parts_of(plate), orders_of(plate), once))
    return [cut(f"   {row}") for row in aligned(rows)]


def _slice_of(plate: PlateRecord) -> PlateSliced:
    assert plate.sliced is not None  # noqa: S101 - only sliced plates are dispatched
    return plate.sliced


def _figures(plate: PlateRecord) -> str:
    sliced = _slice_of(plate)
    about = "≈" if sliced.key == GUESSED else ""
    minutes = max(1, round(sliced.summary.time_ms / 60_000))
    grams = sliced.summary.filament_mg
    weight = f" {about}{grams / 1000:.1f} g" if grams is not None else ""
    return f"{about}{duration(minutes)}{weight} {' + '.join(plate.composed.filaments)}"


def duration(minutes: int) -> str:
    """Return `1 h 34 min`."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d} min" if hours else f"{rest} min"


def _needs(forecast: Forecast) -> list[str]:
    state = forecast.lines[-1].after if forecast.lines else forecast.before
    now = {
        (each.kind, each.about)
        for line in forecast.lines
        if line.is_now
        for each in line.after.attentions.values()
    }
    known = {(each.kind, each.about) for each in forecast.before.attentions.values()}
    return [
        _need(each) for each in state.attentions.values() if (each.kind, each.about) in now | known
    ]


def _need(need: AttentionRecord) -> str:
    """Return a line whose command is whole, whatever becomes of the evidence."""
    command = f"farmctl {need.command}"
    head = f" ! {need.about:<16} "
    room = max(12, WIDTH - len(head) - 2 - len(command))
    why = need.evidence if len(need.evidence) <= room else f"{need.evidence[: room - 1]}…"
    return f"{head}{why:<{min(room, 44)}}  {command}"


def sums(lines: Iterable[Foreseen]) -> str:
    """Return `2 build plans written, 1 slice, 2 starts`."""
    return ", ".join(_counts([each for each in lines if is_shown(each.action)]))


def question(lines: Iterable[Foreseen]) -> str:
    """Return what `apply` asks: `write 2 build plans, slice 2, start 2 prints: do it?`."""
    shown = list(lines)
    plans, slices, starts = (
        sum(isinstance(each.action, kind) for each in shown) for kind in _SHOWN
    )
    later = sum(isinstance(each.action, Dispatch) and not each.is_now for each in shown)
    asked = (
        (plans, f"write {counted(plans, 'build plan')}"),
        (slices, f"slice {slices}"),
        (starts - later, f"start {counted(starts - later, 'print')}"),
        (later, f"start {later} later"),
    )
    return f"{', '.join(text for count, text in asked if count)}: do it?"


def counted(count: int, thing: str) -> str:
    """Return `1 print`, `2 prints`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _counts(shown: list[Foreseen]) -> Iterator[str]:
    plans = sum(isinstance(line.action, WritePlan) for line in shown)
    slices = sum(isinstance(line.action, SlicePlate) for line in shown)
    starts = sum(isinstance(line.action, Dispatch) and line.is_now for line in shown)
    later = sum(isinstance(line.action, Dispatch) and not line.is_now for line in shown)
    for count, what in (
        (plans, ("build plan written", "build plans written")),
        (slices, ("slice", "slices")),
        (starts, ("start", "starts")),
        (later, ("start expected later", "starts expected later")),
    ):
        if count:
            yield f"{count} {what[count > 1]}"


def plan_items(forecast: Forecast) -> list[dict[str, Any]]:
    """Return the change set for programs: what equality of two change sets is made of."""
    return [item for line in forecast.lines for item in _item(line)]


def _item(line: Foreseen) -> Iterator[dict[str, Any]]:
    action = line.action
    if not is_shown(action):
        return
    common = {"subject": action.subject, "now": line.is_now, "at": line.at.isoformat()}
    if isinstance(action, WritePlan):
        pins = [each.digest for each in action.draft.variants]
        yield {"kind": "write-plan", **common, "pins": pins}
    elif isinstance(action, SlicePlate):
        composed = line.after.plates[action.plate].composed
        pins = [composed.settings, composed.slicer]
        yield {"kind": "slice", **common, "pins": pins, "class": composed.printer_class}
    elif isinstance(action, Dispatch):
        composed = line.after.plates[action.plate].composed
        parts = [each.instance for each in composed.placed]
        yield {
            "kind": "start",
            **common,
            "printer": action.printer,
            "pins": parts,
            "class": composed.printer_class,
        }
