"""What facts about build plates put into the tables."""

from __future__ import annotations

from farmctl.insight.rows import Rows, json_text, projects, utc
from farmctl.model.envelope import Event
from farmctl.model.events import plates as said
from farmctl.model.ids import item_of, order_of
from farmctl.model.states import PlatePhase, Verdict


@projects(said.PlateComposed)
def plate_composed(rows: Rows, event: Event, fact: said.PlateComposed) -> None:
    """A plate and its parts."""
    rows.put(
        "plates",
        fact.plate,
        state=PlatePhase.COMPOSED.value,
        printer_class=fact.printer_class,
        profile=fact.profile,
        nozzle_um=fact.nozzle_um,
        filaments=list(fact.filaments),
        tags=list(fact.tags),
        instances=[each.instance for each in fact.placed],
        replaces=fact.replaces,
        approved=[],
        slicer=fact.slicer,
        settings=fact.settings,
        composed_at=utc(event.time),
    )
    for each in fact.placed:
        _put_part(rows, fact, each)


def _put_part(rows: Rows, plate: said.PlateComposed, placed: said.Placed) -> None:
    item = item_of(placed.instance)
    rows.put(
        "plate_items",
        plate.plate,
        placed.instance,
        item=item,
        order_id=order_of(item),
        label=placed.label,
        plan_revision=(rows.find("items", item) or {}).get("plan_revision"),
        variant=placed.variant,
        mesh=placed.mesh,
        x_um=placed.x_um,
        y_um=placed.y_um,
        verdict=Verdict.PENDING.value,
    )


@projects(said.PlateSliced)
def plate_sliced(rows: Rows, event: Event, fact: said.PlateSliced) -> None:
    """G-code, and what was measured from it."""
    rows.put(
        "plates",
        fact.plate,
        state=PlatePhase.SLICED.value,
        slice_key=fact.key,
        gcode=fact.gcode,
        model_3mf=fact.model_3mf,
        settings=fact.settings,
        slicer=fact.slicer,
        cached=fact.cached,
        estimated_ms=fact.summary.time_ms,
        filament_um=fact.summary.filament_um,
        filament_mg=fact.summary.filament_mg,
        layers=fact.summary.layers,
        height_um=fact.summary.height_um,
        objects=fact.summary.objects,
        warnings=list(fact.warnings),
        features=json_text(fact.features or {}),
        failed_code=None,
        failed_message=None,
        sliced_at=utc(event.time),
    )


@projects(said.PlateSliceFailed)
def plate_slice_failed(rows: Rows, event: Event, fact: said.PlateSliceFailed) -> None:
    """Why there is none."""
    rows.put("plates", fact.plate, failed_code=fact.code, failed_message=fact.message)


@projects(said.PlateVoided)
def plate_voided(rows: Rows, event: Event, fact: said.PlateVoided) -> None:
    """Its parts go on other plates."""
    state = PlatePhase.VOID.value
    rows.put("plates", fact.plate, state=state, reason=fact.reason, why=fact.why)
    for instance in rows.read("plates", fact.plate)["instances"]:
        rows.put("plate_items", fact.plate, instance, verdict=state)
