"""What a yes would be for, in full: pins, estimate, preflight, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from farmctl.cli.views.plan import duration
from farmctl.control.approvals import Pending, PlanPending, PlatePending
from farmctl.control.guessing import guess
from farmctl.control.triage import orders_of, parts_of
from farmctl.ledger.state import State
from farmctl.model.events.plans import ModelChecked
from farmctl.model.events.plates import Sliced
from farmctl.model.ids import item_of

LATER = "later changes make a new revision, which needs its own yes"


def pending_lines(state: State, shown: Sequence[Pending]) -> Iterator[str]:
    """Yield everything that a yes binds, and why it is asked for."""
    for each in shown:
        if isinstance(each, PlanPending):
            yield from _plan(state, each)
        else:
            yield from _plate(state, each)
        yield from (f"  asked because  {why}" for why in each.why)
    yield LATER


def _plan(state: State, shown: PlanPending) -> Iterator[str]:
    written = shown.written
    part, quantity = written.item.split("/")[1], state.items[written.item].quantity
    yield f"{shown.name}  build plan of {quantity} × {part}"
    yield f"  of             {' + '.join(written.filaments)}"
    yield f"  model          {_short(written.model)}, {_size(written.size_um)}"
    yield from _preflight(state.models.get(written.model))
    for pin in written.variants:
        yield f"  on             {pin.printer_class}, nozzle {pin.nozzle_um / 1000:g} mm"
        yield f"    with         {pin.profile} ({pin.channel})"
        yield f"    pinned       settings {_short(pin.settings)}, slicer {_short(pin.slicer)}"
    checked = state.models.get(written.model)
    if checked is not None:
        yield f"  estimate       ≈ {_figures(guess(checked.volume_mm3))} each, not sliced yet"


def _plate(state: State, shown: PlatePending) -> Iterator[str]:
    composed = shown.plate.composed
    yield f"{shown.name}  print of {parts_of(shown.plate)}  {orders_of(shown.plate)}"
    yield f"  of             {' + '.join(composed.filaments)}"
    yield f"  on             {composed.printer_class}"
    yield f"  with           {composed.profile}"
    yield f"  pinned         settings {_short(composed.settings)}, slicer {_short(composed.slicer)}"
    items = sorted({item_of(each.instance) for each in composed.placed})
    plans = [state.plans[each].written for each in items if each in state.plans]
    for model in sorted({each.model for each in plans}):
        yield from _preflight(state.models.get(model))
    sliced = shown.plate.sliced
    if sliced is None:
        volume = sum(_volume(state, item_of(each.instance)) for each in composed.placed)
        yield f"  estimate       ≈ {_figures(guess(volume))}, not sliced yet"
        return
    warned = ", ".join(sliced.warnings) or "nothing"
    yield f"  g-code         {_short(sliced.gcode)}, {_figures(sliced.summary)}"
    yield f"  slicer warned  of {warned}"


def _preflight(checked: ModelChecked | None) -> Iterator[str]:
    if checked is None:
        return
    yield f"  preflight      {checked.verdict}"
    for each in checked.findings:
        if each.level != "pass":
            yield f"    {each.level:<12} {each.message}"


def _volume(state: State, item: str) -> int:
    plan = next((each.written for key, each in state.plans.items() if key == item), None)
    checked = state.models.get(plan.model) if plan else None
    return checked.volume_mm3 if checked else 0


def _figures(figures: Sliced) -> str:
    minutes = max(1, round(figures.time_ms / 60_000))
    grams = "" if figures.filament_mg is None else f", {figures.filament_mg / 1000:.1f} g"
    return f"{duration(minutes)}{grams}"


def _size(size_um: Sequence[int]) -> str:
    return " × ".join(f"{length / 1000:.4g}" for length in size_um) + " mm"


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
