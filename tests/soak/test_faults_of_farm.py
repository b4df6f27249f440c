"""What goes wrong with ledger, hosts, git and through people's verbs: one kind after another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from farmctl.control.requests import Stop, hold
from farmctl.errors import InvalidDocuments, LedgerDamaged
from farmctl.ledger.opening import identity_of
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.soak import controller
from farmctl.soak.faults_of_git import FAULTS_OF_GIT
from farmctl.soak.faults_of_hosts import FAULTS_OF_HOSTS
from farmctl.soak.faults_of_ledger import FAULTS_OF_LEDGER
from farmctl.soak.faults_of_people import FAULTS_OF_PEOPLE
from farmctl.soak.host import Excuse
from farmctl.soak.play import as_it_is, play
from farmctl.soak.stage import Stage
from farmctl.soak.strike import Catalogue
from farmctl.system.disk import Busy
from farmctl.system.entropy import dice

ALL = {**FAULTS_OF_LEDGER, **FAULTS_OF_HOSTS, **FAULTS_OF_GIT, **FAULTS_OF_PEOPLE}
PRINTER = "moonraker-1"


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage(["moonraker"], dice(0), as_it_is)
    stage.commit_order(2)
    yield stage
    stage.timeline.close()


def strike(stage: Stage, faults: Catalogue, name: str, after_s: float = 60.0) -> None:
    """Let a controller begin, and strike."""

    async def act() -> None:
        if not stage.host.is_acting:
            stage.host.begin()
        await asyncio.sleep(after_s)
        await stage.person.come_by()
        await asyncio.sleep(after_s)
        await faults[name](stage, PRINTER)

    stage.timeline.run_until_complete(act())


def wait(stage: Stage, seconds: float) -> None:
    """Let time pass with all that goes on in it."""

    async def act() -> None:
        for _ in range(int(seconds // 10)):
            await asyncio.sleep(10.0)
            stage.pass_time()
            await stage.tend()
            stage.checker.check()

    stage.timeline.run_until_complete(act())


def end(stage: Stage) -> None:
    stage.timeline.run_until_complete(stage.end())


def visit(stage: Stage) -> None:
    stage.timeline.run_until_complete(stage.person.come_by())


@pytest.mark.parametrize("fault", sorted(ALL))
def test_whatever_happens_nothing_is_violated_and_the_work_gets_done(fault: str) -> None:
    outcome = play(3, (fault,), kinds=("moonraker",))
    assert outcome.violations == ()
    assert outcome.fulfilled == outcome.orders
    assert any(each.fault == fault for each in outcome.strikes)


@pytest.mark.parametrize("fault", ["head lost", "journal cut"])
def test_a_controller_does_not_begin_on_a_damaged_ledger_until_it_is_restored(
    stage: Stage, fault: str
) -> None:
    strike(stage, FAULTS_OF_LEDGER, fault)
    stage.timeline.run_until_complete(stage.new_life())
    wait(stage, 60.0)
    assert isinstance(stage.host.complaint, LedgerDamaged)
    sent = stage.host.around.witness.sent
    wait(stage, 600.0)
    assert stage.host.around.witness.sent == sent, "nothing is sent meanwhile"
    visit(stage)
    identity = identity_of(stage.host.folder)
    assert identity is not None
    assert identity.epoch == 2
    wait(stage, 600.0)
    assert stage.host.complaint is None
    assert stage.checker.violations == []
    end(stage)


def test_on_a_full_disk_it_ends_and_goes_on_when_there_is_room(stage: Stage) -> None:
    strike(stage, FAULTS_OF_LEDGER, "disk full")
    stage.commit_order(1)
    wait(stage, 120.0)
    assert stage.host.complaint is not None
    assert "cannot be written" in str(stage.host.complaint)
    wait(stage, 400.0)
    assert stage.host.is_acting
    assert stage.host.complaint is None
    end(stage)


@pytest.mark.parametrize("fault", ["journal cut", "journal flipped", "head flipped"])
def test_what_is_empty_can_be_harmed(stage: Stage, fault: str) -> None:
    """A power cut leaves a file of which nothing was written yet."""
    for path in (stage.host.folder.head, stage.host.folder.segment(1)):
        stage.host.disk.put(path, b"")
    stage.timeline.run_until_complete(FAULTS_OF_LEDGER[fault](stage, PRINTER))
    assert stage.host.disk.read(stage.host.folder.head) == b""


def test_a_second_controller_on_the_host_is_refused_also_beside_one_that_is_stopped(
    stage: Stage,
) -> None:
    strike(stage, FAULTS_OF_HOSTS, "controller stopped")
    (rival,) = stage.host._rivals
    sent = stage.host.around.witness.sent
    stage.timeline.run_until_complete(asyncio.sleep(30.0))
    assert isinstance(rival.ended_by(), Busy)
    assert stage.host.around.witness.sent == sent, "the one that is stopped does nothing"
    wait(stage, 60.0)
    assert stage.host.is_acting
    assert stage.checker.violations == []
    end(stage)


def test_a_second_controller_is_judged_when_it_has_tried(stage: Stage) -> None:
    strike(stage, FAULTS_OF_HOSTS, "controller killed")

    async def begun_this_moment() -> None:
        await asyncio.sleep(1.0)
        stage.host.begin_beside()
        await stage.tend()

    stage.timeline.run_until_complete(begun_this_moment())
    wait(stage, 60.0)
    assert stage.checker.violations == []
    end(stage)


def test_a_second_controller_that_is_not_refused_is_a_violation(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controller, "hold_control", lambda _folder: nullcontext())
    strike(stage, FAULTS_OF_HOSTS, "controller begun twice")
    wait(stage, 60.0)
    assert {each.invariant for each in stage.checker.violations} >= {"lock"}
    end(stage)


def test_a_second_controller_goes_on_where_the_first_ended_before_it_tried(stage: Stage) -> None:
    """The journal is cut where the first has read on: it ends, and the second begins in time."""
    strike(stage, FAULTS_OF_HOSTS, "controller killed")
    host = stage.host
    path = host.folder.segment(1)

    async def cut_and_begun_beside() -> None:
        await asyncio.sleep(60.0)
        await stage.tend()
        whole = len(host.disk.read(path))
        stage.person.tell(lambda now: hold(now, PRINTER, Stop("it sounds odd", "person")))
        host.life.wake()
        await asyncio.sleep(1.0)
        stage.checker.harm(cuts=True)
        host.excuses.add(Excuse.DAMAGE)
        host.disk.truncate(path, whole)
        host.life.wake()
        host.begin_beside()

    stage.timeline.run_until_complete(cut_and_begun_beside())
    first = host.life
    wait(stage, 60.0)
    assert isinstance(first.ended_by(), LedgerDamaged)
    assert host.life is not first
    assert (host.is_acting, host.complaint, stage.checker.violations) == (True, None, [])
    end(stage)


def test_who_was_taken_over_stops_and_sends_nothing_more(stage: Stage) -> None:
    strike(stage, FAULTS_OF_HOSTS, "taken over")
    older = stage.older
    assert older is not None
    stage.commit_order(3)
    sent = older.around.witness.sent
    wait(stage, 90.0)
    assert older.around.witness.sent == sent
    assert not older.is_acting
    assert stage.older is None
    assert stage.remote.claim is not None
    assert stage.remote.claim.epoch == 2
    end(stage)


def test_what_a_host_that_cannot_hear_of_it_starts_is_counted_and_seen(stage: Stage) -> None:
    """Two hosts act: the older one may start something, and the newer one sees it."""
    strays = seen = 0
    for seed in range(12):
        outcome = play(seed, ("taken over unseen",), kinds=("moonraker",))
        assert outcome.violations == ()
        strays, seen = strays + outcome.strays, seen + outcome.strays_seen
    assert seen == strays
    end(stage)


def test_a_hold_that_is_written_just_before_the_intent_stops_the_start(stage: Stage) -> None:
    name = PrinterName(PRINTER)
    strike(stage, FAULTS_OF_PEOPLE, "held at the last moment", after_s=0.0)
    wait(stage, 60.0)
    visit(stage)
    wait(stage, 300.0)
    assert [each.reason for each in stage.person.state.printers[name].holds] == ["it sounds odd"]
    assert stage.checker.starts == {}
    visit(stage)  # and the hold is lifted
    wait(stage, 300.0)
    assert sum(stage.checker.starts.values()) == 1
    assert stage.checker.violations == []
    end(stage)


def test_a_branch_that_was_rewritten_counts_when_somebody_accepted_it(stage: Stage) -> None:
    strike(stage, FAULTS_OF_GIT, "force-pushed")
    followed = stage.host.clone.followed
    assert followed != stage.remote.tip
    wait(stage, 60.0)
    assert stage.host.clone.followed == followed, "nobody takes it by itself"
    assert [each.kind for each in stage.person.state.attentions.values()] == ["revision-held"]
    visit(stage)
    wait(stage, 60.0)
    assert stage.host.clone.followed == stage.remote.tip
    assert stage.person.state.attentions == {}
    end(stage)


def test_what_is_half_saved_where_an_older_half_came_up_is_whole_in_the_end(stage: Stage) -> None:
    whole = stage.remote.files
    for size in (60, 50, 40):
        stage.remote.commit({path: raw[:size] for path, raw in whole.items()})
    stage.remote.commit(whole)
    strike(stage, FAULTS_OF_GIT, "rolled back")
    assert stage.remote.files != whole
    for _ in range(4):
        strike(stage, FAULTS_OF_GIT, "half saved")
    wait(stage, 1300.0)
    assert stage.remote.files == whole
    end(stage)


def test_half_a_farm_changes_nothing_for_who_runs_and_ends_who_begins(stage: Stage) -> None:
    strike(stage, FAULTS_OF_GIT, "branch deleted")
    stage.remote.is_gone = False
    whole = stage.remote.files["farm.yaml"]
    stage.remote.commit({"farm.yaml": whole[:60]})
    wait(stage, 60.0)
    assert stage.host.is_acting
    with pytest.raises(InvalidDocuments):
        stage.host.clone.desired(State())
    stage.remote.commit({"farm.yaml": whole})
    wait(stage, 60.0)
    assert stage.host.clone.desired(State()).faults == ()
    end(stage)
