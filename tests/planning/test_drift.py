"""What a machine is, against what the farm says of it, and what may start on it then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from farmctl.control.actions import Act, Record
from farmctl.control.decide.attention import needs_of_printers
from farmctl.control.decide.decide import declared as declared_by
from farmctl.control.decide.gate import why_not_start
from farmctl.control.decide.runs import next_of_run
from farmctl.farm.asking.drifting import DriftRow, rows_of
from farmctl.ledger.state import State
from farmctl.model.documents.farm import DriftRules
from farmctl.model.events import printers, runs
from farmctl.model.ids import PlateId, PrinterName, RunId
from farmctl.model.look import Look
from farmctl.model.observation import DeviceState, Loaded
from farmctl.model.recorded import PrinterRecord
from farmctl.planning.drift import Standing, What, compared, in_slots
from farmctl.planning.reasons import Code
from tests.planning.assigning import PLATE, WHITE, assigned, story_of
from tests.planning.made import NOW, Story, desired, farm, look, printer_class, row, sha

pytestmark = pytest.mark.pure

ONE = PrinterName("p-1")
BLACK = (Loaded("PETG", "black"),)
SPACE = (200_000, 200_000, 200_000)
DECLARED: dict[str, Any] = {"space_um": SPACE, "firmware": "Klipper v0.12"}


def record(**changes: Any) -> PrinterRecord:
    return Story().printer("p-1", **{**DECLARED, **changes}).state.printers[ONE]


def standings(known: PrinterRecord, seen: Look) -> dict[What, Standing]:
    return {each.what: each.standing for each in compared(known, seen.observation)}


SEEN: dict[What, tuple[dict[str, Any], dict[str, Any]]] = {
    What.IDENTITY: ({"identity": "id-p-1"}, {"identity": "id-other"}),
    What.NOZZLE: ({"nozzle_um": 400}, {"nozzle_um": 600}),
    What.BED: (
        {"space_um": (250_000, 200_000, 200_000)},
        {"space_um": (200_000, 200_000, 180_000)},
    ),
    What.FIRMWARE: ({"firmware": "Klipper v0.12"}, {"firmware": "Klipper v0.13"}),
    What.LOADED: ({"loaded": BLACK}, {"loaded": WHITE}),
}


@pytest.mark.parametrize("what", list(What))
def test_each_thing_is_in_sync_drifted_or_unknown(what: What) -> None:
    same, other = SEEN[what]
    assert standings(record(), look("p-1", **same))[what] is Standing.IN_SYNC
    found = standings(record(), look("p-1", **other))
    assert found[what] is Standing.DRIFTED
    assert [each for each in found if found[each] is Standing.DRIFTED] == [what]
    nothing = dict.fromkeys(same)
    assert standings(record(), look("p-1", **nothing))[what] is Standing.UNKNOWN


@pytest.mark.parametrize("what", [each for each in What if each is not What.IDENTITY])
def test_a_rule_of_the_farm_lets_it_differ(what: What) -> None:
    known = record(ignores=(what.value,))
    assert standings(known, look("p-1", **SEEN[what][1]))[what] is Standing.IGNORED
    assert standings(known, look("p-1", **SEEN[what][0]))[what] is Standing.IN_SYNC


def test_of_what_the_farm_says_nothing_nothing_drifts() -> None:
    known = record(space_um=None, firmware=None, loaded=(), identity=None, nozzle_um=0)
    seen = {name: value for _, other in SEEN.values() for name, value in other.items()}
    assert set(standings(known, look("p-1", **seen)).values()) == {Standing.IN_SYNC}


def test_without_a_look_all_is_unknown() -> None:
    assert {each.standing for each in compared(record(), None)} == {Standing.UNKNOWN}


SLOTS = (Loaded("PETG", "black"), Loaded("PLA", "white", 2))


@pytest.mark.parametrize(
    ("seen", "standing"),
    [
        (SLOTS, Standing.IN_SYNC),
        ((*SLOTS, Loaded("TPU", "red", 3)), Standing.IN_SYNC),
        ((Loaded("PETG", ""), Loaded("PLA", "", 2)), Standing.IN_SYNC),
        (SLOTS[:1], Standing.DRIFTED),
        ((Loaded("PETG", "black", 1), Loaded("PLA", "white", 2)), Standing.DRIFTED),
        ((Loaded("PLA", ""), Loaded("PLA", "white", 2)), Standing.DRIFTED),
        ((), Standing.DRIFTED),
    ],
)
def test_slots_that_were_spoken_of_are_compared(
    seen: tuple[Loaded, ...], standing: Standing
) -> None:
    assert standings(record(loaded=SLOTS), look("p-1", loaded=seen))[What.LOADED] is standing


def test_what_counts_is_the_devices_word_with_the_color_that_was_said() -> None:
    known = record(loaded=SLOTS)
    assert known.slots == SLOTS
    assert known.slots_when((Loaded("PETG", ""), Loaded("TPU", "", 2))) == (
        Loaded("PETG", "black"),
        Loaded("TPU", "", 2),
    )
    assert record(loaded=SLOTS, ignores=("loaded",)).slots_when(()) == SLOTS


def test_slots_are_numbered_where_there_are_several() -> None:
    assert in_slots(BLACK) == "PETG/black"
    assert in_slots(SLOTS) == "0=PETG/black 2=PLA/white"
    assert in_slots(()) == "nothing"


HOLDING = {
    "nozzle_um": (600, "has a 0.6 mm nozzle, farm.yaml says 0.4 mm"),
    "space_um": (
        (200_000, 180_000, 200_000),
        "has room for 200 × 180 × 200 mm, its class needs 200 × 200 × 200 mm",
    ),
}


def sliced_plate(**changes: Any) -> Story:
    story = story_of().printer("p-1", **{**DECLARED, **changes})
    return story.plate(1, "ord-1/bracket#1").sliced(1)


@pytest.mark.parametrize("field", list(HOLDING))
def test_drift_holds_the_printer_and_says_why(field: str) -> None:
    value, text = HOLDING[field]
    seen = look("p-1", **{field: value})
    story = sliced_plate()
    assignment = assigned(story, **{"p-1": seen})
    assert assignment.chosen == {}
    (rejected,) = assignment.not_chosen(PLATE)
    assert (rejected.reason.code, rejected.reason.text) == (Code.DRIFT, text)
    needs = list(needs_of_printers(story.state, {ONE: seen}))
    assert [(each.kind, each.about, each.evidence) for each in needs] == [("drifted", "p-1", text)]
    ignored = sliced_plate(ignores=(field.removesuffix("_um").replace("space", "bed"),))
    assert assigned(ignored, **{"p-1": seen}).chosen == {PLATE: "p-1"}
    assert list(needs_of_printers(ignored.state, {ONE: seen})) == []


def test_other_firmware_is_told_and_holds_nothing() -> None:
    story, seen = sliced_plate(), look("p-1", firmware="Klipper v0.13")
    assert assigned(story, **{"p-1": seen}).chosen == {PLATE: "p-1"}
    assert list(needs_of_printers(story.state, {ONE: seen})) == []


def given() -> State:
    """A run that is staged on p-1 and due to start."""
    story, run, file = sliced_plate(), RunId("run-1"), "farmctl-1.gcode"
    digest = sha("gcode")
    story.tell(
        runs.RunQueued(
            run, PlateId("plate-1"), ONE, digest, digest, "dec-1", NOW + timedelta(hours=1)
        ),
        runs.UploadIntended(run, ONE, file),
        runs.UploadAccepted(run, ONE, file),
    )
    return story.state


REFUSED = {
    "nozzle": ({"nozzle_um": 600}, "p-1 has a 0.6 mm nozzle, farm.yaml says 0.4 mm"),
    "bed": (
        {"space_um": (100_000, 200_000, 200_000)},
        "p-1 has room for 100 × 200 × 200 mm, its class needs 200 × 200 × 200 mm",
    ),
    "spool": ({"loaded": WHITE}, "p-1 has PLA/white, the print wants PETG/black"),
    "no spool": ({"loaded": ()}, "p-1 has nothing, the print wants PETG/black"),
    "machine": ({"identity": "id-other"}, "another machine answers for p-1"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_the_last_gate_looks_at_the_machine_once_more(case: str) -> None:
    changes, text = REFUSED[case]
    state = given()
    run = state.runs[RunId("run-1")]
    assert isinstance(next_of_run(state, run, look("p-1"), NOW), Act)
    seen = look("p-1", **changes)
    refusal = why_not_start(state, run, seen, NOW)
    assert refusal is not None
    assert (refusal.text, refusal.is_final) == (text, True)
    assert isinstance(next_of_run(state, run, seen, NOW), Record)


def test_a_spool_that_people_changed_after_the_decision_ends_the_run() -> None:
    state = given()
    story = Story()
    story.state = state
    story.tell(printers.SpoolLoaded(ONE, WHITE))
    refusal = why_not_start(story.state, story.state.runs[RunId("run-1")], look("p-1"), NOW)
    assert refusal is not None
    assert refusal.text == "p-1 has PLA/white, the print wants PETG/black"


def test_another_spool_than_was_said_needs_a_person_until_somebody_says_so() -> None:
    story, seen = sliced_plate(), look("p-1", loaded=WHITE)
    (need,) = needs_of_printers(story.state, {ONE: seen})
    assert (need.kind, need.evidence) == ("other-spool", "has PLA/white, PETG/black was said")
    assert assigned(story, **{"p-1": seen}).chosen == {}
    story.tell(printers.SpoolLoaded(ONE, WHITE))
    assert list(needs_of_printers(story.state, {ONE: seen})) == []
    silent = sliced_plate(ignores=("loaded",))
    assert list(needs_of_printers(silent.state, {ONE: seen})) == []
    assert assigned(silent, **{"p-1": seen}).chosen == {PLATE: "p-1"}


def test_the_devices_word_is_kept_beside_the_persons() -> None:
    story = sliced_plate()
    story.tell(printers.PrinterSeen(ONE, DeviceState.READY, loaded=WHITE))
    assert (story.state.printers[ONE].loaded, story.state.printers[ONE].slots) == (BLACK, WHITE)
    story.tell(printers.SpoolLoaded(ONE, BLACK))
    assert story.state.printers[ONE].slots == WHITE
    story.tell(printers.PrinterSeen(ONE, DeviceState.READY))
    assert story.state.printers[ONE].slots == BLACK


def rules(*ignored: dict[str, str]) -> DriftRules:
    return DriftRules.model_validate({"ignore": list(ignored)})


def test_rules_are_of_one_printer_or_of_all() -> None:
    found = rules(
        {"what": "bed", "printer": "p-1", "reason": "a clip"},
        {"what": "nozzle", "reason": "none tells it right"},
    )
    assert (found.ignores("p-1"), found.ignores("p-2")) == (("bed", "nozzle"), ("nozzle",))
    assert found.reason("p-1", "bed") == "a clip"
    assert found.reason("p-2", "bed") is None


def test_what_the_farm_says_of_a_printer_carries_its_class_and_rules() -> None:
    document = farm(row("p-1", firmware="Klipper v0.12")).model_copy(
        update={"drift": rules({"what": "bed", "reason": "a clip"})}
    )
    fact = declared_by(replace(desired(), farm=document))[ONE]
    assert (fact.space_um, fact.firmware, fact.ignores) == (SPACE, "Klipper v0.12", ("bed",))
    oblong = {"bed_mm": [[-10.0, 0.0], [120.0, 0.0], [120.0, 90.0]], "height_mm": 80.5}
    wide = desired(farm=document, classes={"cube-200@1.0.0": printer_class(**oblong)})
    assert declared_by(wide)[ONE].space_um == (130_000, 90_000, 80_500)


def rows(known: PrinterRecord, seen: Look | None, **drift: Any) -> dict[str, DriftRow]:
    document = farm().model_copy(update={"drift": rules(*drift.get("rules", ()))})
    return {each.what: each for each in rows_of(replace(desired(), farm=document), known, seen)}


def test_a_row_says_since_when_and_why() -> None:
    known = record(ignores=("nozzle",))
    seen = look("p-1", nozzle_um=600, space_um=(1, 1, 1), firmware="Klipper v0.13")
    found = rows(known, seen, rules=[{"what": "nozzle", "reason": "hardened"}])
    assert (found["nozzle"].state, found["nozzle"].reason) == ("ignored", "hardened")
    bed = found["bed"]
    assert (bed.state, bed.since, bed.holds) == ("drifted", NOW, True)
    assert (found["firmware"].state, found["firmware"].holds) == ("drifted", False)
    loaded = found["loaded"]
    assert (loaded.state, loaded.reason) == ("unknown", "it does not say")


def test_a_printer_that_does_not_answer_is_unknown_since_then() -> None:
    story = Story().printer("p-1", **DECLARED)
    story.tell(printers.PrinterSeen(ONE, DeviceState.OFFLINE, message="no answer"))
    known = story.state.printers[ONE]
    seen = look("p-1", DeviceState.OFFLINE, identity=None, message="no answer")
    found = rows(known, seen)
    assert {(each.state, each.since) for each in found.values()} == {("unknown", known.seen_at)}
    assert found["nozzle"].reason == "it does not answer"
    assert {each.since for each in rows(record(), None).values()} == {None}
