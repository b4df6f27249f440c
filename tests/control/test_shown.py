"""`apply` does what was shown: another plan, another plate or another start is left for later."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.control.actions import Act, Action, CheckModel, Dispatch, Record, SlicePlate, WritePlan
from farmctl.control.shown import only_shown
from farmctl.model.events.plans import VariantPin
from farmctl.model.events.plates import Placed, PlateComposed
from farmctl.model.events.runs import Effect
from farmctl.model.ids import InstanceId, ItemKey, PlateId, PrinterName, RunId
from farmctl.planning.plan_text import Chosen, PlanDraft

pytestmark = pytest.mark.pure

ITEM = ItemKey("ord-1/box")
PIN = VariantPin(
    "sha256:a", "generic@1.0.0", "pla@1.0.0", "production", 400, "sha256:s", "sha256:e"
)
DRAFT = PlanDraft(ITEM, 1, "sha256:m", ("PLA/white",), (1, 1, 1), Chosen(), (PIN,), ())
PLACED = Placed("P01", InstanceId("ord-1/box#1"), "sha256:a", "sha256:mesh", 0, 0, (0, 0, 0))
PLATE = PlateComposed(
    PlateId("plate-1"), "generic@1.0.0", "pla@1.0.0", "sha256:s", "sha256:e", 400, (), (), (PLACED,)
)
SHOWN: tuple[Action, ...] = (
    WritePlan(DRAFT),
    Record("compose-plate", "plate/plate-1", (PLATE,)),
    SlicePlate(PlateId("plate-1")),
    Dispatch(PlateId("plate-1"), PrinterName("one"), RunId("run-1")),
)


@pytest.mark.parametrize("action", SHOWN)
def test_what_was_shown_is_done(action: Action) -> None:
    assert only_shown(SHOWN)(action)


def test_figures_and_the_printer_may_be_others() -> None:
    assert only_shown(SHOWN)(Dispatch(PlateId("plate-1"), PrinterName("two"), RunId("run-9")))


@pytest.mark.parametrize(
    "action",
    [
        WritePlan(replace(DRAFT, revision=2)),
        WritePlan(replace(DRAFT, item=ItemKey("ord-2/box"))),
        WritePlan(replace(DRAFT, variants=(replace(PIN, digest="sha256:b"),))),
        Record("compose-plate", "plate/plate-1", (replace(PLATE, printer_class="other@1.0.0"),)),
        Record("compose-plate", "plate/plate-1", (replace(PLATE, placed=(PLACED, PLACED)),)),
        Record("compose-plate", "plate/plate-2", (replace(PLATE, plate=PlateId("plate-2")),)),
        SlicePlate(PlateId("plate-2")),
        Dispatch(PlateId("plate-2"), PrinterName("one"), RunId("run-1")),
    ],
)
def test_what_was_not_shown_is_left_for_later(action: Action) -> None:
    assert not only_shown(SHOWN)(action)


@pytest.mark.parametrize(
    "action",
    [
        Record("accept-order", "order/ord-1", ()),
        CheckModel(ITEM, "sha256:m", None),
        Act(Effect.UPLOAD, RunId("run-1"), PrinterName("one")),
    ],
)
def test_facts_looks_and_the_way_of_a_print_are_always_allowed(action: Action) -> None:
    assert only_shown(())(action)
