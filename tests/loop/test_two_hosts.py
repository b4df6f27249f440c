"""Two hosts, two clones and a bare remote: one takes over, the other stops before its next start."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from farmctl.control.actions import Act, Record
from farmctl.control.recorder import Recorder
from farmctl.errors import LedgerDamaged, Refused
from farmctl.farm.acting.session import session
from farmctl.farm.acting.tenure import ASK_EVERY_S, FRESH_S, GitClaims, Tenure
from farmctl.farm.care.doubting import WHY
from farmctl.farm.care.keeping import restored, verified
from farmctl.farm.care.taking_over import taken_over, to_take_over
from farmctl.ledger.locks import hold_control
from farmctl.model.events.printers import BedCleared
from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName, RunId
from farmctl.model.states import Bed
from farmctl.system.jobs import InlineJobs
from tests.cli.terminal import on_a_terminal
from tests.floor.small_farm import facts_in, farm_at, git, state_of, turn_until
from tests.loop.anchored_farm import ADA, OURS, Anchored, begin, farm_in, twin
from tests.loop.shell import type_in
from tests.planning.made import declared

START = Act(Effect.START, RunId("run-1"), PrinterName("one"))
OTHER_START = Act(Effect.START, RunId("run-2"), PrinterName("two"))
UPLOAD = Act(Effect.UPLOAD, RunId("run-1"), PrinterName("one"))
NOTE = Record("observe", "printer/one", ())


@pytest.fixture
def old(tmp_path: Path) -> Anchored:
    """The host that acts, and a bare remote that knows it."""
    made = begin(tmp_path, remote=True)
    made.note(made.ledger(), 3)
    return made


@pytest.fixture
def new(old: Anchored) -> Anchored:
    """Another host with a copy of the ledger."""
    return twin(old, "new")


def tenure_of(made: Anchored) -> Tenure:
    return Tenure(GitClaims(made.farm), OURS, made.clock, InlineJobs())


def ask(tenure: Tenure) -> None:
    asyncio.run(tenure.ask())


def take_over(made: Anchored) -> None:
    taken_over(made.farm, to_take_over(made.farm))


def test_a_start_waits_for_an_answer_of_its_own(old: Anchored) -> None:
    tenure = tenure_of(old)
    assert tenure.lets(UPLOAD)
    assert tenure.lets(NOTE)
    assert not tenure.lets(START)
    ask(tenure)
    assert not tenure.lets(OTHER_START), "nobody asked for that one"
    assert tenure.lets(START)
    assert not tenure.lets(START), "one answer, one start"
    ask(tenure)
    old.clock.move(FRESH_S + 1)
    assert not tenure.lets(START), "the answer is too old"


def test_who_was_taken_over_does_nothing_more(old: Anchored, new: Anchored) -> None:
    tenure = tenure_of(old)
    assert not tenure.lets(START)
    take_over(new)
    ask(tenure)
    for action in (START, UPLOAD, NOTE):
        with pytest.raises(Refused, match=r"another host has taken over: .* as epoch 2") as caught:
            tenure.lets(action)
    assert caught.value.exit == 4
    assert "on the host that has the ledger" in caught.value.mend


def test_a_farm_without_a_remote_asks_nobody(tmp_path: Path) -> None:
    tenure = tenure_of(begin(tmp_path))
    assert tenure.lets(START)
    assert tenure.lets(START)


def test_a_farm_without_a_network_goes_on_and_asks_again_in_a_minute(
    old: Anchored, new: Anchored, tmp_path: Path
) -> None:
    tenure = tenure_of(old)
    hub = tmp_path / "hub"
    hub.rename(tmp_path / "away")
    assert not tenure.lets(START)
    ask(tenure)
    assert tenure.lets(START)
    assert tenure.lets(OTHER_START)
    (tmp_path / "away").rename(hub)
    take_over(new)
    old.clock.move(ASK_EVERY_S + 1)
    assert not tenure.lets(START)
    ask(tenure)
    with pytest.raises(Refused, match="has taken over"):
        tenure.lets(START)


def test_beside_the_loop_it_asks_when_a_start_waits(old: Anchored) -> None:
    tenure = tenure_of(old)

    async def act() -> None:
        woken = asyncio.Event()
        tenure.begin(woken.set)
        assert not tenure.lets(START)
        await asyncio.wait_for(woken.wait(), 20)
        assert tenure.lets(START)
        await tenure.end()

    asyncio.run(act())


def test_a_takeover_raises_the_epoch_here_and_at_the_remote(
    old: Anchored, new: Anchored, tmp_path: Path
) -> None:
    before = verified(old.farm).place
    take_over(new)
    assert verified(new.farm).place.seq == before.seq
    assert new.ledger().identity.epoch == 2
    hub = git(tmp_path / "hub", "show", "refs/farmctl/ledger:ledger.json")
    assert '"epoch":2' in hub
    with pytest.raises(Refused, match="as epoch 2; this copy is of epoch 1"):
        old.farm.ledger()
    assert new.farm.ledger().place.seq == before.seq


def test_a_copy_in_a_clone_that_was_made_anew_can_take_over(old: Anchored, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(tmp_path / "hub"), str(tmp_path / "fresh"))
    shutil.copytree(old.farm.state_folder, tmp_path / "fresh/.farmctl")
    fresh = farm_in(tmp_path / "fresh")
    take_over(fresh)
    assert fresh.farm.ledger().identity.epoch == 2


def test_a_backup_can_be_restored_in_a_clone_that_was_made_anew(
    old: Anchored, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", str(tmp_path / "hub"), str(tmp_path / "fresh"))
    fresh = farm_in(tmp_path / "fresh")
    restored(fresh.farm, old.farm.state_folder)
    assert fresh.farm.ledger().identity.epoch == 2


def test_a_stale_copy_says_what_it_lacks_and_does_not_contradict_afterwards(
    old: Anchored, new: Anchored
) -> None:
    ledger = old.ledger()
    old.note(ledger)
    asyncio.run(old.anchoring(ledger).make_if_due())
    found = to_take_over(new.farm)
    assert found.missing is not None
    assert "ends at event 3, before event 4, which git anchored" in found.missing.message
    taken_over(new.farm, found)
    again = new.ledger()
    new.note(again)
    anchoring = new.anchoring(again)
    asyncio.run(anchoring.make_if_due())
    assert anchoring.trouble == ""
    assert [(each.epoch, each.seq) for each in new.checkpoints()] == [(2, 4), (1, 4)]


def test_of_two_hosts_that_take_over_at_once_one_is_refused(old: Anchored, new: Anchored) -> None:
    third = twin(old, "third")
    one, two = to_take_over(new.farm), to_take_over(third.farm)
    third.clock.move(1)
    taken_over(new.farm, one)
    with pytest.raises(Refused, match="another claim"):
        taken_over(third.farm, two)


def test_who_heard_of_it_in_between_is_refused_too(old: Anchored, new: Anchored) -> None:
    third = twin(old, "third")
    before = to_take_over(third.farm)
    take_over(new)
    to_take_over(third.farm)  # fetches the claim
    with pytest.raises(Refused, match="at epoch 2 already"):
        taken_over(third.farm, before)


def test_there_must_be_a_sound_ledger_that_nobody_acts_on(
    old: Anchored, new: Anchored, tmp_path: Path
) -> None:
    with hold_control(new.farm.ledger_folder), pytest.raises(Refused, match="acts on this farm"):
        to_take_over(new.farm)
    path = new.farm.ledger_folder.segment(1)
    path.write_bytes(path.read_bytes().replace(b"nozzle", b"nozzlf", 1))
    with pytest.raises(LedgerDamaged):
        to_take_over(new.farm)
    shutil.rmtree(new.farm.state_folder)
    with pytest.raises(Refused, match="no ledger lies here") as caught:
        to_take_over(new.farm)
    assert "farmctl ledger restore BACKUP" in caught.value.mend


@pytest.fixture
def with_hub(ready: Path, tmp_path: Path) -> Path:
    """A farm that is ready to print, with a remote that knows it."""
    git(tmp_path, "clone", "-q", "--bare", str(ready), str(tmp_path / "hub"))
    git(ready, "remote", "add", "origin", str(tmp_path / "hub"))
    git(ready, "push", "-q", "origin", "refs/farmctl/ledger", "refs/farmctl/checkpoints")
    return ready


@pytest.mark.slicer
def test_a_takeover_must_be_meant(with_hub: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(with_hub, tmp_path / "other"))
    done = type_in(other, "takeover")
    assert done.code == 2
    assert "mend: farmctl takeover --yes" in done.err
    assert state_of(other) == state_of(with_hub)
    done = type_in(other, "takeover", "--yes")
    assert done.code == 0
    assert "so far " in done.err
    assert "this host acts on the farm now: ledger " in done.err
    assert type_in(with_hub, "apply", "--yes").code == 4
    assert type_in(with_hub, "clear", "one").code == 4
    assert type_in(with_hub, "status").code == 0, "reading works"
    assert type_in(other, "clear", "one").code == 0, "no bed is known to be clear any more"
    assert type_in(other, "apply", "--yes").code == 0
    assert len(facts_in(other, "run.started")) == 1
    assert not facts_in(with_hub, "run.start_intended")


@pytest.mark.slicer
def test_at_a_terminal_it_asks(with_hub: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(with_hub, tmp_path / "other"))
    shown = on_a_terminal(other, ["takeover"], "n\n")
    assert (shown.code, "nothing is done" in shown.text) == (0, True)
    assert farm_at(other).ledger().identity.epoch == 1
    assert on_a_terminal(other, ["takeover"], "y\n").code == 0
    assert farm_at(other).ledger().identity.epoch == 2


@pytest.mark.slicer
def test_the_old_controller_stops_before_its_next_start(with_hub: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(with_hub, tmp_path / "other"))

    async def goes_on() -> None:
        async with session(farm_at(with_hub), "run") as here:
            assert type_in(other, "takeover", "--yes").code == 0
            while True:
                await here.loop.settle()
                await here.loop.wait(1.0)

    with pytest.raises(Refused, match="another host has taken over"):
        asyncio.run(asyncio.wait_for(goes_on(), 60))
    assert facts_in(with_hub, "run.queued"), "it wanted to print"
    assert not facts_in(with_hub, "run.start_intended")
    assert facts_in(with_hub, "controller.stopped")


@pytest.mark.slicer
def test_with_a_remote_that_agrees_prints_start(with_hub: Path) -> None:
    turn_until(with_hub, lambda state: any(run.start_at for run in state.runs.values()))
    assert len(facts_in(with_hub, "run.start_intended")) == 1


@pytest.mark.slicer
def test_a_remote_that_is_gone_is_told_and_stops_nothing(with_hub: Path, tmp_path: Path) -> None:
    git(with_hub, "update-ref", "-d", "refs/farmctl/checkpoints")  # so that one is due at once
    (tmp_path / "hub").rename(tmp_path / "away")
    done = type_in(with_hub, "run", "--until-idle", "--timeout", "4")
    assert "! checkpoints are not pushed to origin: " in done.err
    assert done.err.count("! checkpoints") == 1
    assert len(facts_in(with_hub, "run.started")) == 1


def test_who_is_told_to_stop_just_as_it_was_to_ask_stops(old: Anchored) -> None:
    tenure = tenure_of(old)

    async def act() -> None:
        tenure.begin(lambda: None)
        await asyncio.sleep(0)
        assert not tenure.lets(START), "now it is to ask"
        await asyncio.wait_for(tenure.end(), 20)

    asyncio.run(act())


def test_after_a_takeover_no_bed_is_known_to_be_clear(old: Anchored) -> None:
    recorder = Recorder(old.ledger(), ADA)
    recorder.append(declared("one"), BedCleared(PrinterName("one"), "person", None))
    recorder.append(declared("two"))
    new = twin(old, "new")
    take_over(new)
    beds = {name: each.bed for name, each in new.ledger().state.printers.items()}
    assert beds == {"one": Bed.UNKNOWN, "two": Bed.UNKNOWN}
    assert new.ledger().state.printers[PrinterName("one")].bed_why == WHY
