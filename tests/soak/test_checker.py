"""The checker catches each thing that must never happen, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.control.recorder import Recorder
from farmctl.control.requests import ALL, Stop, hold
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.head import Head, write_head
from farmctl.ledger.ledger import open_ledger
from farmctl.ledger.snapshot import forget_snapshots
from farmctl.model.checkpoint import Checkpoint
from farmctl.model.envelope import Actor
from farmctl.model.events import run_life, runs
from farmctl.model.events.orders import ItemsJudged, ItemVerdict, ReprintAllowed
from farmctl.model.events.printers import BedCleared, PrinterSeen
from farmctl.model.ids import InstanceId, ItemKey, RunId
from farmctl.model.states import Verdict
from farmctl.soak.floor import Floor
from farmctl.soak.invariants import INVARIANTS
from farmctl.soak.patience import WITHIN_S
from farmctl.soak.wire import Carried
from tests.soak.checked_farm import GCODE, IDENTITY, NOW, ONE, CheckedFarm

pytestmark = pytest.mark.pure

RUN = RunId("run-1")
PART = InstanceId("ord-1/bracket#1")
BRACKETS = ItemKey("ord-1/bracket")


@pytest.fixture
def farm() -> CheckedFarm:
    return CheckedFarm()


def test_each_invariant_says_what_it_means_and_why_it_is_not_active() -> None:
    assert [name for name, each in INVARIANTS.items() if not each.is_active] == ["I9", "I10"]
    assert all(each.note for each in INVARIANTS.values() if not each.is_active)
    assert {f"I{number}" for number in range(1, 13)} <= INVARIANTS.keys()


def test_a_print_as_it_should_be_violates_nothing(farm: CheckedFarm) -> None:
    farm.print_it(1)
    assert farm.violated() == set()


def test_i1_a_second_start(farm: CheckedFarm) -> None:
    file = farm.print_it(1)
    farm.machine.clear_bed()
    farm.machine.start(file)
    assert "I1" in farm.violated()


def test_i2_a_start_without_an_intent(farm: CheckedFarm) -> None:
    farm.machine.start(farm.queue(1))
    assert farm.violated() == {"I2"}


@pytest.mark.parametrize(("outcome", "printer"), [("block", ONE), ("allow", "p-2")])
def test_i2_a_start_that_no_decision_allows(farm: CheckedFarm, outcome: str, printer: str) -> None:
    farm.machine.start(farm.intend(1, outcome, printer))
    assert farm.violated() == {"I2"}


def test_i2_a_start_of_other_bytes(farm: CheckedFarm) -> None:
    file = farm.intend(1)
    farm.machine.put(file, GCODE + b"G4 S60\n")
    farm.machine.start(file)
    assert farm.violated() == {"I2"}


@pytest.mark.parametrize(("sent_after_s", "found"), [(-1, set()), (1, {"I2"})])
def test_i2_of_a_file_that_is_overwritten_nobody_can_stop_a_start_on_its_way(
    farm: CheckedFarm, sent_after_s: int, found: set[str]
) -> None:
    file = farm.intend(1)
    farm.machine.overwrite(GCODE + b"G4 S60\n")
    farm.machine.carried = Carried(farm.clock.now() + timedelta(seconds=sent_after_s))
    farm.clock.move(3)
    farm.machine.start(file)
    assert farm.violated() == found


def test_i2_an_effect_that_is_sent_without_an_intent(farm: CheckedFarm) -> None:
    file = farm.queue(1)
    farm.look()
    farm.send(runs.Effect.START, file)
    assert farm.violated() == {"I2"}


def test_i2_an_effect_that_is_sent_twice(farm: CheckedFarm) -> None:
    file = farm.intend(1)
    farm.look()
    farm.send(runs.Effect.START, file)
    assert farm.violated() == set()
    farm.look(1)
    farm.send(runs.Effect.START, file, 1)
    assert farm.violated() == {"I2"}


def test_i3_more_than_is_wanted(farm: CheckedFarm) -> None:
    farm.plate(2, "ord-1/bracket#3")
    assert farm.violated() == {"I3"}


def test_i3_a_part_that_is_made_again_without_a_word(farm: CheckedFarm) -> None:
    farm.print_it(1)
    farm.machine.clear_bed()
    failed = (ItemVerdict(PART, Verdict.FAILED),)
    farm.tell(ItemsJudged(RUN, failed, "person"), BedCleared(ONE, "person", None))
    farm.plate(2, PART)
    assert farm.violated() == set()
    farm.machine.start(farm.intend(2))
    assert farm.violated() == {"I3"}


def test_i3_a_part_may_be_made_again_where_a_person_says_so(farm: CheckedFarm) -> None:
    farm.print_it(1)
    farm.machine.clear_bed()
    failed = (ItemVerdict(PART, Verdict.FAILED),)
    farm.tell(ItemsJudged(RUN, failed, "person"), BedCleared(ONE, "person", None))
    farm.tell(ReprintAllowed(BRACKETS, (PART,), "person", replaces=RUN))
    farm.plate(2, PART)
    farm.machine.start(farm.intend(2))
    assert farm.violated() == set()


def test_i3_a_policy_tries_no_more_than_it_may(farm: CheckedFarm) -> None:
    farm.print_it(1)
    allowed = ReprintAllowed(BRACKETS, (PART,), "policy/default", replaces=RUN)
    farm.tell(allowed)
    assert farm.violated() == set()
    farm.tell(allowed)
    assert farm.violated() == {"I3"}


def test_i5_a_start_onto_a_part(farm: CheckedFarm) -> None:
    farm.machine.on_bed = "theirs.gcode"
    farm.machine.start(farm.intend(1))
    assert farm.violated() == {"I5"}


@pytest.mark.parametrize(("sent_after_s", "found"), [(-1, set()), (1, {"I5"})])
def test_i5_of_a_print_begun_by_hand_nobody_can_stop_a_start_on_its_way(
    farm: CheckedFarm, sent_after_s: int, found: set[str]
) -> None:
    file = farm.intend(1)
    farm.machine.put("theirs.gcode", GCODE)
    farm.machine.start("theirs.gcode")
    farm.machine.carried = Carried(farm.clock.now() + timedelta(seconds=sent_after_s))
    farm.clock.move(120)
    farm.machine.start(file)
    assert farm.violated() == found


def test_i5_a_start_that_throws_a_paused_print_away(farm: CheckedFarm) -> None:
    file = farm.intend(1)
    farm.machine.put("theirs.gcode", b"G4 S600\n")
    farm.machine.start("theirs.gcode")
    farm.machine.pause()
    farm.machine.clear_bed()
    farm.machine.start(file)
    assert farm.violated() == {"I5"}


@pytest.mark.parametrize("subject", [ONE, "ord-1", "petg@1.0.0", ALL])
def test_i5_a_start_that_was_forbidden_before_it_was_intended(
    farm: CheckedFarm, subject: str
) -> None:
    file = farm.queue(1)
    said = Stop("it sounds odd", "ada@example.org")
    farm.recorder.append_from(lambda state: hold(state, subject, said, {"petg@1.0.0"}))
    farm.tell(runs.StartIntended(RUN, ONE, file))
    assert farm.violated() == {"I5"}


def test_i6_an_effect_after_a_look_that_is_too_old(farm: CheckedFarm) -> None:
    file = farm.intend(1)
    farm.look(0)
    farm.send(runs.Effect.START, file, after=1)
    assert farm.violated() == {"I6"}


def test_i6_a_new_controller_has_not_looked_yet(farm: CheckedFarm) -> None:
    file = farm.intend(1)
    farm.send(runs.Effect.START, file)
    assert farm.violated() == {"I6"}


def test_i6_a_cancel_may_overtake_a_start(farm: CheckedFarm) -> None:
    file = farm.intend(1)
    farm.tell(runs.CancelIntended(RUN, ONE, file))
    farm.look()
    farm.send(runs.Effect.START, file)
    farm.send(runs.Effect.CANCEL, file)
    farm.witness.notes[-1] = replace(farm.witness.notes[-1], beside=(runs.Effect.START,))
    assert farm.violated() == set()


@pytest.mark.parametrize(("before", "found"), [(0, set()), (1, {"I6"})])
def test_i6_a_cancel_may_be_sent_just_as_the_start_that_it_overtakes_has_ended(
    farm: CheckedFarm, before: int, found: set[str]
) -> None:
    file = farm.intend(1)
    farm.tell(runs.CancelIntended(RUN, ONE, file))
    farm.look(before)
    farm.send(runs.Effect.START, file, after=before)
    farm.send(runs.Effect.CANCEL, file, after=before * 2 + 1)
    assert farm.violated() == found


def test_i7_a_controller_that_knows_something_else(farm: CheckedFarm) -> None:
    farm.checker.opened(farm.ledger.state)
    assert farm.violated() == set()
    farm.checker.opened(replace(farm.ledger.state, farm="another"))
    assert farm.violated() == {"I7"}


def test_i7_the_journal_is_folded_once_more_in_the_end(farm: CheckedFarm) -> None:
    farm.print_it(1)
    farm.checker.end()
    assert farm.violated() == set()


def test_i8_a_head_that_is_not_the_journals(farm: CheckedFarm) -> None:
    write_head(farm.folder, Head(IDENTITY, farm.ledger.place.seq, "f" * 64))
    assert farm.violated() == {"I8"}


def test_i8_a_head_that_is_lost(farm: CheckedFarm) -> None:
    farm.folder.disk.remove(farm.folder.head)
    assert farm.violated() == {"I8"}


def test_i8_a_checkpoint_that_the_journal_does_not_hold(farm: CheckedFarm) -> None:
    place = farm.ledger.place
    held = Checkpoint(IDENTITY.farm, IDENTITY.ledger, 1, place.seq, place.hash, NOW)
    farm.checkpoints.append(held)
    assert farm.violated() == set()
    farm.checkpoints.append(replace(held, hash="f" * 64))
    assert farm.violated() == {"I8"}


def test_i8_a_journal_that_nobody_is_known_to_have_harmed(farm: CheckedFarm) -> None:
    assert farm.violated() == set()
    path = farm.folder.segment(1)
    farm.folder.disk.truncate(path, farm.ledger.place.offset - 40)
    assert farm.violated() == {"I8"}


@pytest.mark.parametrize("is_cut", [True, False], ids=["something was cut off", "nothing was"])
def test_what_was_cut_off_unseen_may_still_be_remembered(is_cut: bool, farm: CheckedFarm) -> None:
    disk, path = farm.folder.disk, farm.folder.segment(1)
    whole = disk.read(path)
    farm.checker.harm(cuts=True)
    if is_cut:
        disk.truncate(path, whole[:-1].rindex(b"\n") + 1)
        forget_snapshots(farm.folder)
        farm.folder.disk.remove(farm.folder.trust)
    ledger = open_ledger(farm.folder, REDUCER_OF_FARM, farm.clock, IDENTITY)
    farm.checker.opened(ledger.state)
    Recorder(ledger, Actor("controller", "farmctl", "run")).append(BedCleared(ONE, "person", None))
    assert farm.violated() == set()
    disk.replace(path, whole[:-300])  # a copy is put back
    assert farm.violated() == (set() if is_cut else {"I8"})


def test_whoever_runs_is_followed_where_the_journal_was_cut_and_cannot_be_read_again(
    farm: CheckedFarm,
) -> None:
    disk, path, at = farm.folder.disk, farm.folder.segment(1), farm.ledger.place.offset
    beside = open_ledger(farm.folder, REDUCER_OF_FARM, farm.clock, IDENTITY)
    Recorder(beside, Actor("person", "ada", "cli")).append(BedCleared(ONE, "person", None))
    assert farm.violated() == set()
    farm.checker.harm(cuts=True)
    disk.flip(path, 600, 1)
    disk.truncate(path, at)
    file = farm.intend(1)
    farm.look()
    farm.send(runs.Effect.START, file)
    assert farm.violated() == set()
    farm.look(1)
    farm.send(runs.Effect.DELETE, file, 1)
    assert farm.violated() == {"I2"}


def test_i8_whoever_begins_on_a_damaged_ledger(farm: CheckedFarm) -> None:
    farm.checker.harm(cuts=True)
    disk, path = farm.folder.disk, farm.folder.segment(1)
    raw = disk.read(path)
    disk.replace(Path(path), raw[:600] + b"x" + raw[601:])
    assert farm.violated() == set(), "what is known to be harmed is no false alarm"
    farm.checker.opened(farm.ledger.state)
    assert "I8" in farm.violated()


def test_i4_a_run_that_ends_twice() -> None:
    farm = CheckedFarm()
    file = farm.intend(1)
    farm.tell(runs.StartAccepted(RUN, ONE, file), run_life.RunStarted(RUN, None, "seen"))
    farm.tell(run_life.RunCompleted(RUN, "history"), run_life.RunCompleted(RUN, "history"))
    assert farm.violated() == {"I4"}


def test_i4_a_run_that_is_called_started_and_never_was(farm: CheckedFarm) -> None:
    file = farm.intend(1)
    farm.tell(runs.StartAccepted(RUN, ONE, file), run_life.RunStarted(RUN, None, "seen"))
    assert farm.violated() == {"I4"}


def test_i11_a_run_that_was_void_and_began(farm: CheckedFarm) -> None:
    file = farm.intend(1)
    farm.tell(runs.StartUnknown(RUN, ONE, file), run_life.RunVoided(RUN, "not_started", "fenced"))
    assert farm.violated() == set()
    farm.machine.start(file)
    assert farm.violated() == {"I11"}


def test_i11_a_run_that_began_and_is_called_void(farm: CheckedFarm) -> None:
    file = farm.intend(1)
    farm.machine.start(file)
    farm.tell(runs.StartUnknown(RUN, ONE, file), run_life.RunVoided(RUN, "not_started", "fenced"))
    assert farm.violated() == {"I11"}


def test_i12_a_run_that_stands_still_while_nobody_is_asked(farm: CheckedFarm) -> None:
    farm.intend(1)
    farm.checker.check()
    farm.checker.check_peace(0.0)
    farm.checker.check_peace(WITHIN_S)
    assert farm.violated() == set()
    farm.checker.check_peace(WITHIN_S + 10.0)
    assert farm.violated() == {"I12"}


@pytest.mark.parametrize(
    "look",
    [
        PrinterSeen(ONE, "printing", job_file="farmctl-5eed-0-9-1.gcode"),
        PrinterSeen(ONE, "fault", message="its heater failed"),
        PrinterSeen(ONE, "ready", boot="another"),
    ],
    ids=["its print", "the fault that ended it", "that it forgot all"],
)
def test_a_start_by_a_host_that_was_taken_over_is_counted_and_must_be_seen(
    look: PrinterSeen,
) -> None:
    farm = CheckedFarm()
    said: list[str] = []
    floor = Floor({ONE: farm.machine}, lambda invariant, _what: said.append(invariant))
    books = farm.checker.books
    farm.machine.put("farmctl-5eed-0-9-1.gcode", GCODE)
    farm.machine.start("farmctl-5eed-0-9-1.gcode")
    farm.checker.check()
    floor.look(books)
    assert (said, [each.is_seen for each in floor.strays]) == ([], [False])
    farm.tell(look)
    farm.checker.check()
    floor.look(books)
    assert [each.is_seen for each in floor.strays] == [True]
    farm.checker.end()
    assert farm.violated() == set()


@pytest.mark.parametrize(("is_shown", "violated"), [(False, set()), (True, {"I5"})])
def test_what_another_host_began_unseen_may_lie_under_our_start(
    is_shown: bool, violated: set[str], farm: CheckedFarm
) -> None:
    stray = "farmctl-5eed-0-9-1.gcode"
    farm.machine.put(stray, GCODE)
    farm.machine.start(stray)
    farm.checker.check()
    if is_shown:
        farm.tell(PrinterSeen(ONE, "printing", job_file=stray))
        farm.tell(BedCleared(ONE, "person", None))
    farm.clock.move(120)
    farm.checker.check()
    farm.machine.start(farm.intend(1))
    assert farm.violated() == violated


def test_a_stray_start_that_nobody_saw_is_a_violation(farm: CheckedFarm) -> None:
    farm.machine.put("farmctl-5eed-0-9-1.gcode", GCODE)
    farm.machine.start("farmctl-5eed-0-9-1.gcode")
    farm.checker.end()
    assert farm.violated() == {"hosts"}


@pytest.mark.parametrize(("counted", "found"), [(4, set()), (3, {"hosts"})])
def test_a_stray_start_that_has_ended_is_seen_where_the_machine_counts_its_prints(
    farm: CheckedFarm, counted: int, found: set[str]
) -> None:
    farm.tell(PrinterSeen(ONE, "ready", jobs_total=3))
    farm.checker.check()
    farm.machine.put("farmctl-5eed-0-9-1.gcode", GCODE)
    farm.machine.start("farmctl-5eed-0-9-1.gcode")
    farm.checker.check()
    farm.tell(PrinterSeen(ONE, "ready", jobs_total=counted, message="another look"))
    farm.checker.end()
    assert farm.violated() == found


def test_a_stray_start_may_have_been_seen_before_it_is_counted(farm: CheckedFarm) -> None:
    farm.checker.check()
    farm.machine.put("farmctl-5eed-0-9-1.gcode", GCODE)
    farm.machine.start("farmctl-5eed-0-9-1.gcode")
    farm.tell(PrinterSeen(ONE, "ready", boot="another"))
    farm.checker.end()
    assert farm.violated() == set()


def test_only_a_journal_that_was_struck_may_have_lost_events(farm: CheckedFarm) -> None:
    farm.checker.harm(cuts=False)
    assert not farm.checker.is_cut
    farm.checker.harm(cuts=True)
    farm.checker.harm(cuts=False)
    assert farm.checker.is_cut, "until it is mended"
    farm.checker.opened(farm.ledger.state)
    assert not farm.checker.is_cut
