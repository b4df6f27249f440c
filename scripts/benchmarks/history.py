"""What the ledger was told of an order that was made and closed, fact by fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from farmctl.model.envelope import Fact
from farmctl.model.events import data_of, plans, runs, subject_of, type_of
from farmctl.model.events import orders as said
from farmctl.model.events import run_life as life
from farmctl.model.events.printers import BedCleared
from farmctl.model.events.runs import ACCEPTED, INTENDED, Effect
from farmctl.model.ids import (
    DecisionId,
    InstanceId,
    ItemKey,
    PlateId,
    PrinterName,
    RunId,
    instance_id,
    item_key,
)
from farmctl.model.states import PlanStatus, Verdict
from farmctl.testing.moves_orders import digest, plan
from farmctl.testing.moves_plates import composed, sliced

_BEGINNING = datetime(2026, 1, 1, 8, tzinfo=UTC)
_EVERY = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Made:
    """One order of one item, made as one plate, the n-th of its farm."""

    number: int
    text: said.OrderText
    printer: PrinterName

    @property
    def plate(self) -> PlateId:
        """Return the plate that it was made as."""
        return PlateId(f"plate-{self.number}")

    @property
    def run(self) -> RunId:
        """Return the run that made it."""
        return RunId(f"run-{self.number}")

    @property
    def file(self) -> str:
        """Return what its file was called on the printer."""
        return f"farmctl-01234567-1-{self.run}-1.gcode"

    @property
    def item(self) -> ItemKey:
        """Return its only item."""
        return item_key(self.text.order, self.text.items[0].name)

    @property
    def instances(self) -> tuple[InstanceId, ...]:
        """Return its parts."""
        count = self.text.items[0].quantity
        return tuple(instance_id(self.item, number + 1) for number in range(count))


def facts(made: Made) -> Iterator[Fact]:
    """Yield all that the ledger was told of an order, in order."""
    at = _BEGINNING + _EVERY * made.number
    for payload in (*_planned(made), *_decided(made), *_printed(made), *_ended(made)):
        yield Fact(
            type=type_of(payload).full_name,
            subject=subject_of(payload),
            data=data_of(payload),
            time=at,
            correlation=made.text.order,
        )


def _planned(made: Made) -> Sequence[object]:
    order, model = made.text.order, made.text.items[0].model
    size_um = (6_000, 6_000, 1_000)
    return (
        said.OrderAccepted(order, made.text),
        said.OrderOpened(order),
        plans.ModelChecked(model, digest(f"clean {model}"), "pass", size_um, 36, 12, ()),
        plan(made.item, 1, PlanStatus.APPROVED),
        composed(made.plate, made.instances),
        sliced(made.plate, len(made.instances)),
    )


def _decided(made: Made) -> Sequence[object]:
    decision, gcode = DecisionId(f"dec-{made.number}"), digest(f"gcode {made.plate}")
    not_after = _BEGINNING + _EVERY * (made.number + 1)
    allowed = plans.PolicyDecided(
        decision=decision,
        policy=f"default@sha256:{digest('policy')}",
        gate="dispatch",
        transition="plate sliced → started",
        subjects=(f"plate/{made.plate}",),
        inputs={"plate": made.plate, "tries_24h": 0},
        outcome="allow",
        explanations=("nothing in the policy asks for a person",),
        printer=made.printer,
        gcode=gcode,
        run=made.run,
        not_after=not_after,
    )
    queued = runs.RunQueued(made.run, made.plate, made.printer, gcode, gcode, decision, not_after)
    return allowed, queued


def _printed(made: Made) -> Sequence[object]:
    snapshot = runs.PrinterSnapshot("generic-250@1.0.0", "", "v0.12", 400, ("PLA/white",))
    result = life.RunResult(print_s=630, filament_um=1_050_000)
    return (
        *_done(made, Effect.UPLOAD),
        runs.StartIntended(made.run, made.printer, made.file, 1, snapshot),
        ACCEPTED[Effect.START](made.run, made.printer, made.file),
        life.RunStarted(made.run, made.run, f"shows {made.file}"),
        life.RunCompleted(made.run, "history: completed", result),
    )


def _ended(made: Made) -> Sequence[object]:
    good = tuple(said.ItemVerdict(each, Verdict.SUCCESS.value) for each in made.instances)
    return (
        said.ItemsJudged(made.run, good, "policy/default"),
        said.OrderFulfilled(made.text.order, len(good)),
        BedCleared(made.printer, "ejector", made.run),
        *_done(made, Effect.DELETE),
    )


def _done(made: Made, effect: Effect) -> Sequence[object]:
    who = (made.run, made.printer, made.file)
    return INTENDED[effect](*who, 1), ACCEPTED[effect](*who)
