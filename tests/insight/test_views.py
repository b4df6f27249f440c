"""The questions that have names, on a small story whose answers can be counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farmctl.control.recorder import Recorder
from farmctl.insight.kinds import Filters
from farmctl.insight.query import Insight
from farmctl.insight.store import open_insight
from farmctl.model.envelope import Actor
from farmctl.model.events import orders as said
from farmctl.model.events import run_life as life
from farmctl.model.events.farm import AttentionOpened
from farmctl.model.events.orders import ItemsJudged, ItemVerdict
from farmctl.model.events.printers import BedCleared
from farmctl.model.events.runs import StartAccepted, StartIntended, UploadAccepted, UploadIntended
from farmctl.model.ids import (
    AttentionId,
    InstanceId,
    OrderId,
    PlateId,
    PrinterName,
    RunId,
    item_key,
)
from farmctl.model.states import PlanStatus
from farmctl.testing import moves_orders as told
from farmctl.testing import moves_plates
from farmctl.testing.moves_farm import declared
from farmctl.testing.moves_runs import queued
from tests.insight.recorded import begin

pytestmark = pytest.mark.pure

ONE, TWO = OrderId("ord-1"), OrderId("ord-2")
SIM = PrinterName("sim-1")
ABOUT = ("sim-1", "sim-1 PETG/black", "ord-1", "ord-1/bracket", "plate-2", "plate-3", "ord-11")


class Floor:
    """A ledger that is told what happened, a print at a time."""

    def __init__(self, root: Path) -> None:
        self.folder, ledger = begin(root)
        self.recorder = Recorder(ledger, Actor("person", "ada@example.org", "cli"))
        self.number = 0
        self.tell(declared(SIM, "person"))
        for order in (ONE, TWO):
            self.tell(said.OrderAccepted(order, told.order_text(order)), said.OrderOpened(order))
            self.tell(told.plan(item_key(order, "bracket"), 1, PlanStatus.APPROVED))

    def tell(self, *facts: object) -> None:
        for fact in facts:
            self.recorder.append(fact)

    def start(self, *parts: str) -> RunId:
        self.number += 1
        plate, run = PlateId(f"plate-{self.number}"), RunId(f"run-{self.number}")
        composed = moves_plates.composed(plate, tuple(InstanceId(each) for each in parts))
        file = f"farmctl-0a1b2c3d-1-{run}-1.gcode"
        self.tell(
            BedCleared(SIM, "person", None),
            composed,
            moves_plates.sliced(plate, len(parts)),
            *queued(self.recorder.state, plate, SIM),
            UploadIntended(run, SIM, file),
            UploadAccepted(run, SIM, file),
            StartIntended(run, SIM, file),
            StartAccepted(run, SIM, file),
            life.RunStarted(run, "000A", "seen"),
        )
        return run

    def judge(self, run: RunId, **verdicts: str) -> None:
        """Judge parts by label: `P01="failed"`."""
        plate = self.recorder.state.plates[PlateId(run.replace("run", "plate"))]
        by_label = {each.label: each.instance for each in plate.composed.placed}
        self.tell(
            ItemsJudged(
                run,
                tuple(
                    ItemVerdict(
                        by_label[label], verdict, "adhesion" if verdict == "failed" else None
                    )
                    for label, verdict in verdicts.items()
                ),
                "ada@example.org",
            )
        )


@pytest.fixture(scope="module")
def insight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Insight]:
    floor = Floor(tmp_path_factory.mktemp("farm") / ".farmctl")
    result = life.RunResult(print_s=1300, filament_um=2_100_000)
    both = floor.start("ord-1/bracket#1", "ord-2/bracket#1")
    floor.tell(life.RunFailed(both, "thermal", "history: klippy_shutdown", result))
    floor.judge(both, P01="success", P02="failed")
    done = floor.start("ord-1/bracket#2")
    floor.tell(life.RunCompleted(done, "history: completed", life.RunResult(print_s=570)))
    floor.judge(done, P01="failed")
    again = floor.start("ord-2/bracket#2")
    floor.tell(life.RunCompleted(again, "history: completed"))
    floor.judge(again, P01="success")
    floor.start("ord-2/bracket#3")
    for number, about in enumerate(ABOUT, 1):
        floor.tell(
            AttentionOpened(AttentionId(f"att-{number}"), "surplus", about, "seen", "status")
        )
    with open_insight(floor.folder) as found:
        yield found


def test_which_orders_were_on_a_failed_plate(insight: Insight) -> None:
    query = (
        "SELECT order_id, plate, run, printer, reason, parts, saved FROM orders_on_failed_plates"
    )
    assert insight.sql(f"{query} ORDER BY order_id").rows == (
        ("ord-1", "plate-1", "run-1", "sim-1", "thermal", 1, 1),
        ("ord-2", "plate-1", "run-1", "sim-1", "thermal", 1, 0),
    )


def test_a_plans_success_does_not_depend_on_what_else_was_on_its_plates(insight: Insight) -> None:
    query = (
        "SELECT item, revision, tried, good, failed, unknown, success_permille FROM plan_success"
    )
    assert insight.sql(f"{query} ORDER BY item").rows == (
        ("ord-1/bracket", 1, 2, 1, 1, 0, 500),
        ("ord-2/bracket", 1, 3, 1, 1, 1, 500),
    )


def test_plates_that_fail_are_told_from_parts_that_fail(insight: Insight) -> None:
    assert insight.sql("FROM plate_and_item_failures").rows == (
        (told.CLASS, told.PROFILE, 3, 1, 4, 1, 1),
    )


def test_which_printer_fails_for_which_reason(insight: Insight) -> None:
    query = "SELECT printer, reason, prints, parts FROM printer_reasons ORDER BY reason"
    assert insight.sql(query).rows == (("sim-1", "adhesion", 0, 2), ("sim-1", "thermal", 1, 0))


def test_estimates_are_held_against_what_prints_really_took(insight: Insight) -> None:
    ended = "SELECT run, outcome, reason, parts, parts_good, parts_failed, part_reasons"
    assert insight.sql(f"{ended} FROM training_record ORDER BY run").rows == (
        ("run-1", "failed", "thermal", 2, 1, 1, ["adhesion"]),
        ("run-2", "completed", None, 1, 0, 1, ["adhesion"]),
        ("run-3", "completed", None, 1, 1, 0, []),
    )
    time = "SELECT estimated_s, actual_s, time_permille"
    assert insight.sql(f"{time} FROM training_record ORDER BY run").rows == (
        (1200, 1300, 1083),
        (600, 570, 950),
        (600, 0, 0),
    )
    filament = "SELECT estimated_filament_um, actual_filament_um, actual_filament_mg"
    assert insight.sql(f"{filament} FROM training_record ORDER BY run").rows == (
        (2_000_000, 2_100_000, 6300),
        (1_000_000, None, None),
        (1_000_000, None, None),
    )
    made_with = "SELECT DISTINCT layer_height_um, infill_permille, perimeter_speed_um_s, material"
    assert insight.sql(f"{made_with} FROM training_record").rows == (
        (200, 150, 45_000, "PLA/white"),
    )


def test_how_far_each_item_is(insight: Insight) -> None:
    query = "SELECT item, state, quantity, good, in_flight, failed, tries FROM item_progress"
    assert insight.sql(f"{query} WHERE item LIKE '%bracket' ORDER BY item").rows == (
        ("ord-1/bracket", "waiting", 2, 1, 0, 1, 2),
        ("ord-2/bracket", "making", 2, 1, 1, 1, 3),
    )


def test_a_print_of_several_orders_names_them_all(insight: Insight) -> None:
    runs = {each["id"]: each for each in insight.get("runs")}
    both, done = runs["run-1"], runs["run-2"]
    assert (both["order"], both["item"]) == (None, None)
    assert both["orders"] == ["ord-1", "ord-2"]
    assert both["items"] == ["ord-1/bracket", "ord-2/bracket"]
    assert (done["order"], done["item"]) == ("ord-1", "ord-1/bracket")


def test_the_filament_of_a_print_is_the_devices_count_else_the_estimate(insight: Insight) -> None:
    runs = {each["id"]: each["filament_g"] for each in insight.get("runs")}
    assert runs == {"run-1": 6.3, "run-2": 3.0, "run-3": 3.0, "run-4": None}


def test_what_needs_a_person_is_found_by_printer_and_by_order(insight: Insight) -> None:
    def about(**filters: str) -> list[str]:
        return [each["about"] for each in insight.get("attentions", Filters(**filters))]

    assert about() == list(ABOUT)
    assert about(printer="sim-1") == ["sim-1", "sim-1 PETG/black"]
    assert about(order="ord-1") == ["ord-1", "ord-1/bracket", "plate-2"]
    assert about(order="ord-2") == ["plate-3"]


def test_decisions_are_found_by_order_and_by_printer(insight: Insight) -> None:
    def subjects(**filters: str) -> list[list[str]]:
        return [each["subjects"][:1] for each in insight.get("decisions", Filters(**filters))]

    assert subjects(order="ord-1") == [["plate-1"], ["plate-2"]]
    assert subjects(order="ord-2") == [["plate-1"], ["plate-3"], ["plate-4"]]
    assert len(subjects(printer="sim-1")) == 4
