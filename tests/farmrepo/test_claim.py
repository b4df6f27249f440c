"""One ledger for all clones of a farm."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from farmctl.errors import Exit, Refused
from farmctl.farmrepo.claim import (
    Claim,
    ClaimState,
    RemoteClaim,
    catch_up,
    claim_state,
    local_claim,
    push_claim,
    record,
    refusal,
)
from farmctl.farmrepo.identity import Signature
from farmctl.farmrepo.remotes import Unreachable
from farmctl.farmrepo.repository import GitFailed, Repository

OURS = Claim("7f3a9c2e", "led-1", 1, "farm-pi")
OTHERS = Claim("7f3a9c2e", "led-2", 1, "laptop")


def test_a_farm_without_any_ledger_may_begin_one(clones: list[Repository]) -> None:
    state = claim_state(clones[0])
    assert state == ClaimState(None, (RemoteClaim("origin", None),))
    assert refusal(state, None) is None


def test_a_second_clone_refuses_to_act_and_names_the_mends(
    clones: list[Repository], by: Signature
) -> None:
    assert record(clones[0], OURS, by) == ()
    state = claim_state(clones[1])
    assert state == ClaimState(None, (RemoteClaim("origin", OURS),))
    said = refusal(state, None)
    assert said is not None
    assert said.exit is Exit.REFUSED
    assert said.message == "the farm's ledger is led-1 on farm-pi; no ledger lies here"
    for mend in ("on the host that has", "ledger restore", "ledger new --discard-history"):
        assert mend in said.mend


def test_a_clone_of_a_farm_without_a_remote_finds_the_ledger_there(
    hub: Any, clones: list[Repository], opened: Any, by: Signature
) -> None:
    assert record(opened(hub), OURS, by) == ()
    assert claim_state(opened(hub)) == ClaimState(OURS)
    assert refusal(claim_state(clones[0]), None) is not None


def test_the_clone_that_has_the_ledger_may_act(clones: list[Repository], by: Signature) -> None:
    record(clones[0], OURS, by)
    state = claim_state(clones[0])
    assert state == ClaimState(OURS, (RemoteClaim("origin", OURS),))
    assert refusal(state, "led-1", 1) is None


def test_an_older_epoch_and_another_ledger_are_refused(
    clones: list[Repository], by: Signature
) -> None:
    record(clones[0], OURS, by)
    newer = Claim("7f3a9c2e", "led-1", 2, "farm-pi-2")
    record(clones[0], newer, by)
    state = claim_state(clones[1])
    assert state.claims == (newer,)
    said = refusal(state, "led-1", 1)
    assert said is not None
    assert said.message == (
        "the ledger was restored on farm-pi-2 as epoch 2; this copy is of epoch 1"
    )
    assert refusal(state, "led-1", 2) is None
    other = refusal(state, "led-9", 1)
    assert other is not None
    assert other.message == "the farm's ledger is led-1 on farm-pi-2; here lies led-9"


def test_a_clone_that_cannot_ask_refuses_unless_it_knows(
    hub: Any, clones: list[Repository], by: Signature
) -> None:
    record(clones[0], OURS, by)
    shutil.rmtree(hub.top)
    unknowing = claim_state(clones[1])
    assert isinstance(unknowing.remotes[0], Unreachable)
    said = refusal(unknowing, None)
    assert said is not None
    assert said.message.startswith("origin cannot be asked whether the farm has a ledger")
    assert "git ls-remote origin" in said.mend
    assert refusal(claim_state(clones[0]), "led-1", 1) is None


def test_of_two_clones_that_claim_at_once_one_is_refused_and_claims_nothing(
    clones: list[Repository], by: Signature
) -> None:
    record(clones[0], OURS, by)
    with pytest.raises(Refused, match="another claim"):
        record(clones[1], OTHERS, by)
    assert local_claim(clones[1]) is None
    assert refusal(claim_state(clones[1]), "led-2", 1) is not None


def test_a_claim_that_did_not_reach_a_remote_is_pushed_later(
    hub: Any, clones: list[Repository], by: Signature
) -> None:
    away = hub.top.with_name("away")
    hub.top.rename(away)
    missed = record(clones[0], OURS, by)
    assert [each.remote for each in missed] == ["origin"]
    assert local_claim(clones[0]) == OURS
    away.rename(hub.top)
    assert push_claim(clones[0]) == ()
    assert claim_state(clones[1]).claims == (OURS,)
    assert push_claim(clones[1]) == ()


def test_a_refused_rise_of_the_epoch_takes_the_old_claim_back(
    clones: list[Repository], by: Signature
) -> None:
    record(clones[0], OURS, by)
    clones[1].ask("fetch", "-q", "origin", "refs/farmctl/ledger:refs/farmctl/ledger")
    record(clones[0], Claim("7f3a9c2e", "led-1", 2, "farm-pi"), by)
    with pytest.raises(Refused):
        record(clones[1], Claim("7f3a9c2e", "led-1", 2, "laptop"), by)
    assert local_claim(clones[1]) == OURS


def test_what_is_no_claim_is_an_error_with_a_mend(hub: Any, opened: Any) -> None:
    hub.write("ledger.json", '{"farm": 1}\n')
    hub.commit()
    hub.git("update-ref", "refs/farmctl/ledger", "HEAD")
    with pytest.raises(GitFailed, match="is no claim of a ledger") as caught:
        local_claim(opened(hub))
    assert "ledger restore" in caught.value.mend


def test_a_clone_that_was_made_anew_records_after_what_the_remote_has(
    hub: Any, clones: list[Repository], by: Signature
) -> None:
    record(clones[0], OURS, by)
    assert claim_state(clones[1]).claims == (OURS,)
    catch_up(clones[1])
    assert local_claim(clones[1]) == OURS
    newer = Claim("7f3a9c2e", "led-1", 2, "laptop")
    assert record(clones[1], newer, by) == ()
    assert claim_state(clones[0]).claims == (OURS, newer)


def test_catching_up_takes_nothing_that_does_not_go_on_from_here(
    hub: Any, clones: list[Repository], opened: Any, by: Signature
) -> None:
    record(opened(hub), OTHERS, by)
    hub.git("update-ref", "refs/keep", "refs/farmctl/ledger")
    hub.git("update-ref", "-d", "refs/farmctl/ledger")
    record(clones[0], OURS, by)
    hub.git("update-ref", "refs/farmctl/ledger", "refs/keep")
    claim_state(clones[0])
    catch_up(clones[0])
    assert local_claim(clones[0]) == OURS
    hub.top.rename(hub.top.with_name("away"))
    catch_up(clones[0])
    assert local_claim(clones[0]) == OURS
