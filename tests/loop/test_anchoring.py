"""Checkpoints are made beside the loop, pushed, signed; what contradicts them is not acted on."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from farmctl.errors import LedgerDamaged
from farmctl.farm.acting.anchoring import AGAIN_AFTER_S, Anchoring
from farmctl.farm.care.anchored import compared
from farmctl.farm.care.keeping import restored, verified
from farmctl.farm.care.taking_over import to_take_over
from farmctl.farmrepo.checkpoints import REF
from farmctl.ledger.ledger import Ledger
from farmctl.ledger.state import State
from tests.farmrepo.ssh_keys import allowed_line, make_key
from tests.floor.small_farm import git
from tests.loop.anchored_farm import Anchored, begin, farm_in, twin

DAY_S = 86_400


def make(anchoring: Anchoring) -> None:
    asyncio.run(anchoring.make_if_due())


def go_on(made: Anchored, count: int = 1) -> tuple[Ledger[State], Anchoring]:
    """Act for a while: some events, and a checkpoint a day later."""
    ledger = made.ledger()
    anchoring = made.anchoring(ledger)
    made.note(ledger, count)
    made.clock.move(DAY_S)
    make(anchoring)
    return ledger, anchoring


def test_the_first_event_is_anchored_and_then_each_15_minutes_or_256_events(
    tmp_path: Path,
) -> None:
    made = begin(tmp_path)
    ledger = made.ledger()
    anchoring = made.anchoring(ledger)
    make(anchoring)
    assert made.numbers() == []
    made.note(ledger)
    make(anchoring)
    made.note(ledger, 255)
    make(anchoring)
    assert made.numbers() == [1]
    made.note(ledger)
    make(anchoring)
    assert made.numbers() == [257, 1]
    made.note(ledger)
    made.clock.move(15 * 60 - 1)
    make(anchoring)
    assert made.numbers() == [257, 1]
    made.clock.move(1)
    make(anchoring)
    made.clock.move(DAY_S)
    make(anchoring)
    assert made.numbers() == [258, 257, 1]
    newest = made.checkpoints()[0]
    assert (newest.hash, newest.epoch) == (ledger.place.hash, 1)
    assert anchoring.trouble == ""


def test_it_goes_on_from_the_last_checkpoint_after_a_restart(tmp_path: Path) -> None:
    made = begin(tmp_path)
    ledger, _ = go_on(made)
    made.note(ledger)
    make(made.anchoring(made.ledger()))
    assert made.numbers() == [1]


def test_it_looks_by_itself_and_a_last_time_at_the_end(tmp_path: Path) -> None:
    made = begin(tmp_path)
    ledger = made.ledger()
    anchoring = made.anchoring(ledger)

    async def act() -> None:
        anchoring.begin()
        made.note(ledger)
        while not made.numbers():
            await made.clock.sleep(1)
        made.note(ledger, 256)
        await anchoring.end()

    asyncio.run(asyncio.wait_for(act(), 20))
    assert made.numbers() == [257, 1]


def test_it_is_pushed_and_a_push_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    made = begin(tmp_path, remote=True)
    hub = tmp_path / "hub"
    ledger, anchoring = go_on(made)
    assert made.numbers(hub) == [1]
    hub.rename(tmp_path / "away")
    made.note(ledger)
    made.clock.move(DAY_S)
    make(anchoring)
    assert anchoring.trouble.startswith("checkpoints are not pushed to origin: ")
    assert made.numbers() == [2, 1]
    (tmp_path / "away").rename(hub)
    made.note(ledger)
    made.clock.move(DAY_S)
    make(anchoring)
    assert anchoring.trouble == ""
    assert made.numbers(hub) == [3, 2, 1]


def test_a_git_that_takes_nothing_is_left_alone_for_a_while(tmp_path: Path) -> None:
    made = begin(tmp_path)
    ledger = made.ledger()
    anchoring = made.anchoring(ledger)
    made.note(ledger)
    lock = made.farm.folder / ".git" / f"{REF}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.touch()
    make(anchoring)
    assert anchoring.trouble.startswith("no checkpoint of the ledger could be made: git update-ref")
    lock.unlink()
    make(anchoring)
    assert made.numbers() == []
    made.clock.move(AGAIN_AFTER_S)
    make(anchoring)
    assert made.numbers() == [1]
    assert anchoring.trouble == ""


def test_a_rewritten_journal_is_not_acted_on(tmp_path: Path) -> None:
    made = begin(tmp_path)
    go_on(made, 3)
    shutil.rmtree(made.farm.state_folder)
    (tmp_path / "forged").mkdir()
    other = begin(tmp_path / "forged")
    ledger = other.ledger()
    other.clock.move(1)
    other.note(ledger, 4)
    ledger.save()
    shutil.copytree(other.farm.state_folder, made.farm.state_folder)
    with pytest.raises(LedgerDamaged, match="does not hold event 3, which git anchored"):
        made.anchoring()
    with pytest.raises(LedgerDamaged, match="does not hold event 3, which git anchored"):
        restored(made.farm, None)
    with pytest.raises(LedgerDamaged, match="does not hold event 3, which git anchored"):
        to_take_over(made.farm)


def test_yesterdays_copy_is_not_acted_on(tmp_path: Path) -> None:
    made = begin(tmp_path)
    go_on(made)
    shutil.copytree(made.farm.state_folder, tmp_path / "yesterday")
    go_on(made)
    shutil.rmtree(made.farm.state_folder)
    shutil.copytree(tmp_path / "yesterday", made.farm.state_folder)
    with pytest.raises(LedgerDamaged, match="ends at event 1, before event 2"):
        made.anchoring()
    restored(made.farm, None)  # there is no better copy: go on from this one
    made.anchoring()
    assert made.ledger().identity.epoch == 2


def test_yesterdays_copy_of_everything_is_found_by_the_remote(tmp_path: Path) -> None:
    made = begin(tmp_path, remote=True)
    go_on(made)
    yesterday = twin(made, "yesterday")
    go_on(made)
    with pytest.raises(LedgerDamaged, match="ends at event 1, before event 2"):
        yesterday.anchoring()


def test_of_two_copies_that_act_the_second_is_told_and_then_refused(tmp_path: Path) -> None:
    made = begin(tmp_path, remote=True)
    go_on(made)
    copy = twin(made, "copy")
    ledger = copy.ledger()
    beside = copy.anchoring(ledger)
    go_on(made)
    copy.clock.move(3 * DAY_S)
    copy.note(ledger)
    make(beside)
    assert beside.trouble.startswith("origin has other checkpoints (")
    assert made.numbers(tmp_path / "hub") == [2, 1], "never forced"
    copy.note(ledger)
    copy.clock.move(DAY_S)
    make(beside)
    assert beside.trouble.startswith("a remote's checkpoints contradict this ledger: the journal")
    assert copy.numbers() == [3, 2, 1]
    with pytest.raises(LedgerDamaged, match="another event stands there"):
        copy.anchoring()


def test_a_ledger_that_moved_to_a_new_clone_goes_on_with_the_remotes_chain(tmp_path: Path) -> None:
    made = begin(tmp_path, remote=True)
    go_on(made)
    git(tmp_path, "clone", "-q", str(tmp_path / "hub"), str(tmp_path / "new"))
    shutil.copytree(made.farm.state_folder, tmp_path / "new/.farmctl")
    new = farm_in(tmp_path / "new")
    new.clock.move(DAY_S)
    _, anchoring = go_on(new)
    assert anchoring.trouble == ""
    assert new.numbers() == new.numbers(tmp_path / "hub") == [2, 1]


def test_after_a_restore_the_chain_goes_on_and_what_was_left_behind_is_no_damage(
    tmp_path: Path,
) -> None:
    made = begin(tmp_path, remote=True)
    go_on(made)
    shutil.copytree(made.farm.state_folder, tmp_path / "backup")
    go_on(made, 3)
    shutil.rmtree(made.farm.state_folder)
    restored(made.farm, tmp_path / "backup")
    _, anchoring = go_on(made)
    assert anchoring.trouble == ""
    assert [(each.epoch, each.seq) for each in made.checkpoints()] == [(2, 2), (1, 4), (1, 1)]
    found = compared(made.farm, verified(made.farm))
    assert (found.count, found.left_behind, found.damage) == (3, 1, None)
    assert found.last == made.checkpoints()[0]


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_key(tmp_path / "keys/ada")
    monkeypatch.setenv("FARMCTL_LEDGER_KEY", str(made))
    return made


def allow(made: Anchored, text: str) -> None:
    (made.farm.folder / "allowed_signers").write_text(text)
    git(made.farm.folder, "add", "-A")
    git(made.farm.folder, "commit", "-q", "-m", "who may sign")


def test_with_a_key_they_are_signed(tmp_path: Path, key: Path) -> None:
    made = begin(tmp_path)
    go_on(made)
    signed = compared(made.farm, verified(made.farm)).signed
    assert signed is not None
    assert (signed.seq, signed.by, signed.wrong) == (1, None, None), "nobody says whose it is"
    allow(made, allowed_line("ada@pi", key))
    signed = compared(made.farm, verified(made.farm)).signed
    assert signed is not None
    assert (signed.seq, signed.by, signed.wrong) == (1, "ada@pi", None)


def test_who_may_sign_is_what_is_committed(tmp_path: Path, key: Path) -> None:
    made = begin(tmp_path)
    go_on(made)
    (made.farm.folder / "allowed_signers").write_text(allowed_line("eve", key))
    signed = compared(made.farm, verified(made.farm)).signed
    assert signed is not None
    assert signed.by is None


def test_a_strangers_signature_does_not_count(tmp_path: Path, key: Path) -> None:
    made = begin(tmp_path)
    go_on(made)
    allow(made, allowed_line("bob", make_key(tmp_path / "keys/bob")))
    signed = compared(made.farm, verified(made.farm)).signed
    assert signed is not None
    assert signed.wrong is not None
    assert signed.by is None


def test_the_newest_signature_vouches_for_all_before_it_and_for_nothing_after(
    tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = begin(tmp_path)
    allow(made, allowed_line("ada", key))
    go_on(made)
    go_on(made)
    monkeypatch.delenv("FARMCTL_LEDGER_KEY")
    ledger, _ = go_on(made)
    made.note(ledger, 2)
    found = compared(made.farm, verified(made.farm))
    assert found.signed is not None
    assert (found.signed.seq, found.signed.by) == (2, "ada")
    assert found.last is not None
    assert (found.count, found.last.seq, found.unanchored) == (3, 3, 2)


def test_a_key_that_does_not_sign_is_told_and_the_checkpoint_made_unsigned(
    tmp_path: Path, key: Path
) -> None:
    made = begin(tmp_path)
    key.unlink()
    _, anchoring = go_on(made)
    assert anchoring.trouble.startswith("checkpoints are not signed: there is no key at ")
    assert made.numbers() == [1]
    assert compared(made.farm, verified(made.farm)).signed is None


def test_remotes_that_lag_or_do_not_answer_are_named(tmp_path: Path) -> None:
    made = begin(tmp_path, remote=True)
    hub = tmp_path / "hub"
    go_on(made)
    found = compared(made.farm, verified(made.farm))
    assert (found.lagging, found.silent, found.has_remote) == ((), (), True)
    git(hub, "update-ref", "-d", REF)
    assert compared(made.farm, verified(made.farm)).lagging == ("origin",)
    hub.rename(tmp_path / "away")
    found = compared(made.farm, verified(made.farm))
    assert [each.remote for each in found.silent] == ["origin"]
    assert found.lagging == ()
