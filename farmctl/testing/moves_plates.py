"""What can happen next to plates before they are printed: legal moves, each a few facts."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from farmctl.ledger.state import State
from farmctl.model.events import plans
from farmctl.model.events import plates as plated
from farmctl.model.ids import InstanceId, ItemKey, PlateId, RunId, instance_id, item_of, order_of
from farmctl.model.recorded import PlateRecord
from farmctl.model.states import OrderPhase, PlanStatus, PlatePhase
from farmctl.testing.moves_orders import CLASS, PROFILE, SLICER, Move, digest

_ON_PLATE = 2


def plate_moves(state: State) -> Iterator[Move]:
    """Yield what can happen to plates before they are printed, what leads on first."""
    records = [record for _, record in sorted(state.plates.items())]
    for record in records:
        if record.phase is PlatePhase.COMPOSED:
            yield from _sliced(record)
    for group in _groups(state):
        plate = composed(PlateId(f"plate-{state.counts.plate + 1}"), group)
        yield (replace(plate, replaces=_tried(state, group)),)
    for record in records:
        yield from _moves_of_plate(record)


def _groups(state: State) -> Iterator[tuple[InstanceId, ...]]:
    """Yield parts that can share a plate: of one item, or one of each."""
    ready = [tuple(parts(state, item)) for item in _makeable(state)]
    ready = [each for each in ready if each]
    yield from ready
    if len(ready) > 1:
        yield tuple(each[0] for each in ready)


def _sliced(record: PlateRecord) -> Iterator[Move]:
    made = sliced(record.composed.plate, len(record.composed.placed))
    from_what = (made.model_3mf, made.settings)
    yield (
        plans.ArtifactStored(made.gcode, "gcode", 48_000),
        plans.ArtifactDerived(made.gcode, from_what, SLICER),
        made,
    )


def _tried(state: State, group: tuple[InstanceId, ...]) -> RunId | None:
    """Return the run whose failed parts are made again."""
    known = (state.items[item_of(each)].instances.get(each) for each in group)
    return next((each.run for each in known if each is not None), None)


def _makeable(state: State) -> list[ItemKey]:
    return [
        item
        for item, each in sorted(state.plans.items())
        if each.written.status == PlanStatus.APPROVED
        and state.orders[order_of(item)].phase is OrderPhase.OPEN
    ]


def parts(state: State, item: ItemKey) -> Iterator[InstanceId]:
    """Yield parts of an item that can be put on a plate: freed ones first, then new ones."""
    record = state.items[item]
    free = [name for name, each in sorted(record.instances.items()) if each.is_free]
    new = [instance_id(item, record.highest + more) for more in range(1, _ON_PLATE + 1)]
    yield from [*free, *new][: min(record.need, _ON_PLATE)]


def composed(plate: PlateId, instances: tuple[InstanceId, ...]) -> plated.PlateComposed:
    """Return a plate with these parts in a row."""
    placed = tuple(
        plated.Placed(
            label=f"P{number:02}",
            instance=each,
            variant=digest(f"{item_of(each)}@1"),
            mesh=digest(f"clean {item_of(each)}"),
            x_um=30_000 * number,
            y_um=125_000,
        )
        for number, each in enumerate(instances, start=1)
    )
    return plated.PlateComposed(
        plate=plate,
        printer_class=CLASS,
        profile=PROFILE,
        slicer=digest(SLICER),
        settings=digest(PROFILE),
        nozzle_um=400,
        filaments=("PLA/white",),
        tags=(),
        placed=placed,
    )


def _moves_of_plate(record: PlateRecord) -> Iterator[Move]:
    plate = record.composed.plate
    if record.sliced is not None and not record.approved:
        binds = (record.sliced.gcode, record.composed.printer_class)
        yield (plans.ApprovalGiven(f"plate/{plate}", binds, "ada@example.org"),)
    if record.phase is PlatePhase.COMPOSED and record.failed_code is None:
        yield (plated.PlateSliceFailed(plate, "slicer-timeout", "it took longer than 300 s"),)
    if record.phase in (PlatePhase.COMPOSED, PlatePhase.SLICED) and record.run is None:
        yield (plated.PlateVoided(plate, "withdrawn", "its build plan no longer holds"),)


def sliced(plate: PlateId, objects: int) -> plated.PlateSliced:
    """Return the slice of a plate: ten minutes and a metre for each part."""
    summary = plated.Sliced(
        time_ms=600_000 * objects,
        filament_um=1_000_000 * objects,
        filament_mg=3_000 * objects,
        layers=25,
        height_um=5_000,
        box_um=(20_000, 120_000, 100_000, 130_000),
        objects=objects,
    )
    return plated.PlateSliced(
        plate=plate,
        key=digest(f"key {plate}"),
        gcode=digest(f"gcode {plate}"),
        model_3mf=digest(f"3mf {plate}"),
        settings=digest(PROFILE),
        slicer=digest(SLICER),
        cached=False,
        summary=summary,
        warnings=("empty-layer",),
        features={
            "infill_permille": 150,
            "infill_speed_um_s": 80_000,
            "layer_height_um": 200,
            "perimeter_speed_um_s": 45_000,
            "travel_speed_um_s": 130_000,
        },
    )
