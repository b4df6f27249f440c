"""What a print was made from, each by a digest that anybody can compute again from stored bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from farmctl.control.subjects import unknown
from farmctl.model import canonical
from farmctl.model.digest import digest_of
from farmctl.model.envelope import Event
from farmctl.model.events import is_known, payload_of
from farmctl.model.events.farm import ControllerStarted, RevisionAccepted
from farmctl.model.events.orders import OrderAccepted, OrderAmended, OrderText
from farmctl.model.events.plans import ModelChecked, PlanWritten, PolicyDecided
from farmctl.model.events.plates import PlateComposed, PlateSliced
from farmctl.model.events.runs import RunQueued, StartIntended
from farmctl.model.ids import item_of, order_of

BYTES = "sha256 of the stored bytes"
BLOB = "git's id of the order's file"
COMMIT = "git's id of the commit that was acted on"
SLICER = "sha256 of the program and the libraries it loads"
DATA = "sha256 of the event's data as canonical JSON"
SNAPSHOT = "sha256 of the snapshot in the event, as canonical JSON"


class Row(Struct, frozen=True):
    """One thing that a print was made from.

    Args:
        what: order, commit, plan, model, mesh, settings, slicer, plate, gcode, decision, printer.
        name: Which: `ord-1`, `ord-1/bracket@2`, `dec-7`, `voron-1`.
        digest: `sha256:…`, or git's object id.
        how: Of what it is the digest.
    """

    what: str
    name: str
    digest: str
    how: str


class _Known(Struct):
    """What the journal said until the print was decided."""

    commit: str = ""
    orders: dict[str, OrderText] = field(default_factory=dict)
    models: dict[str, ModelChecked] = field(default_factory=dict)
    plans: dict[str, list[PlanWritten]] = field(default_factory=dict)
    composed: dict[str, PlateComposed] = field(default_factory=dict)
    sliced: dict[str, PlateSliced] = field(default_factory=dict)
    decisions: dict[str, Event] = field(default_factory=dict)


def provenance(events: Iterable[Event], run: str) -> tuple[Row, ...]:
    """Return what a print was made from, as the journal had it when the print was decided.

    Raises NoSuchThing for a print that never was; LedgerDamaged as the events do.
    """
    known, runs = _Known(), set()
    queued: RunQueued | None = None
    rows: list[Row] = []
    for event in events:
        fact = payload_of(event.type, event.data) if is_known(event.type) else None
        if isinstance(fact, RunQueued):
            runs.add(fact.run)
            if fact.run == run:
                queued = fact
                rows = list(_rows(known, queued))
        elif isinstance(fact, StartIntended) and fact.run == run and fact.snapshot is not None:
            snapshot = digest_of(canonical.encode(event.data["snapshot"]))
            rows.append(Row("printer", fact.printer, snapshot, SNAPSHOT))
        elif queued is None:
            _learn(known, event, fact)
    if queued is None:
        raise unknown(run, "print", runs)
    return tuple(rows)


def _learn(known: _Known, event: Event, fact: object) -> None:
    match fact:
        case ControllerStarted(revision=str(commit)) | RevisionAccepted(commit=commit):
            known.commit = commit
        case OrderAccepted(text=text) | OrderAmended(text=text):
            known.orders[text.order] = text
        case ModelChecked():
            known.models[fact.model] = fact
        case PlanWritten():
            known.plans.setdefault(fact.item, []).append(fact)
        case PlateComposed():
            known.composed[fact.plate] = fact
        case PlateSliced():
            known.sliced[fact.plate] = fact
        case PolicyDecided():
            known.decisions[fact.decision] = event
        case _:
            pass


def _rows(known: _Known, queued: RunQueued) -> Iterator[Row]:
    composed, sliced = known.composed[queued.plate], known.sliced[queued.plate]
    items = sorted({item_of(each.instance) for each in composed.placed})
    for order in sorted({order_of(item) for item in items}):
        yield Row("order", order, known.orders[order].blob, BLOB)
    yield Row("commit", known.commit[:12], known.commit, COMMIT)
    for item in items:
        variants = {each.variant for each in composed.placed if item_of(each.instance) == item}
        plan = _plan_with(known.plans[item], variants)
        yield Row("plan", f"{item}@{plan.revision}", plan.sha256, BYTES)
        yield Row("model", item, plan.model, BYTES)
    for mesh in sorted({each.mesh for each in composed.placed}):
        labels = [each.label for each in composed.placed if each.mesh == mesh]
        yield Row("mesh", " ".join(labels), mesh, BYTES)
    yield Row("settings", composed.profile, sliced.settings, BYTES)
    yield Row("slicer", composed.printer_class, sliced.slicer, SLICER)
    yield Row("plate", queued.plate, sliced.model_3mf, BYTES)
    yield Row("gcode", queued.run, queued.gcode, BYTES)
    decision = known.decisions[queued.decision]
    yield Row("decision", queued.decision, digest_of(canonical.encode(decision.data)), DATA)


def _plan_with(plans: list[PlanWritten], variants: set[str]) -> PlanWritten:
    """Return the newest revision that has the variants which lie on the plate."""
    fits = (each for each in reversed(plans) if variants <= {pin.digest for pin in each.variants})
    return next(fits, plans[-1])
