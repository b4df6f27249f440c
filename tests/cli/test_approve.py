"""`farmctl approve`: a yes is for exactly what was printed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from farmctl.ledger.state import State
from farmctl.model.states import PlatePhase
from tests.cli.terminal import on_a_terminal
from tests.floor.small_farm import (
    add_order,
    commit_all,
    facts_in,
    farm_at,
    git,
    make_farm,
    state_of,
    turn_until,
    type_in,
)

FINGERPRINTS = {r"\b[0-9a-f]{12}\b": "FINGERPRINT", r"--seen [0-9a-f]{8}": "--seen CODE"}


def asking(folder: Path, *gates: str, commit_plans: bool = True) -> Path:
    """A farm whose policy asks a person at these gates."""
    make_farm(folder, commit_plans=commit_plans)
    policy = folder / "policies/default.yaml"
    text = policy.read_text()
    for gate in gates:
        text = text.replace(f"{gate}: true", f"{gate}: false")
    policy.write_text(text)
    commit_all(folder)
    return folder


def is_drafted(state: State) -> bool:
    return bool(state.attentions) and bool(state.plans)


@pytest.fixture(params=[True, False], ids=["committed", "kept"])
def drafted(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A farm with a draft of a build plan, in git or in the ledger."""
    folder = asking(tmp_path / "farm", "approve_plan", commit_plans=request.param)
    turn_until(folder, is_drafted)
    return folder


def code_in(text: str) -> str:
    found = re.search(r"--seen ([0-9a-f]{8})", text)
    assert found, text
    return found[1]


def status(folder: Path) -> tuple[str, str | None]:
    written = state_of(folder).plans["ord-1/box"].written
    return written.status, written.approved_by


def test_all_that_a_yes_binds_is_printed(drafted: Path, golden: Callable[..., None]) -> None:
    done = type_in(drafted, "approve", "ord-1")
    written = state_of(drafted).plans["ord-1/box"].written
    assert done.code == 2
    for pin in (written.model, written.variants[0].settings, written.variants[0].slicer):
        assert pin.removeprefix("sha256:")[:12] in done.out
    assert done.out.endswith("later changes make a new revision, which needs its own yes\n")
    golden("approve-plan.txt", done.out + done.err, FINGERPRINTS)


def test_what_was_read_is_approved(drafted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMCTL_ACTOR", "anna")
    code = code_in(type_in(drafted, "approve", "ord-1/box").err)
    done = type_in(drafted, "approve", "ord-1/box@1", "--seen", code)
    assert done.code == 0
    assert "approved: ord-1/box@1" in done.err
    assert "no loop is running; go on with: farmctl apply" in done.err
    state = turn_until(drafted, lambda state: bool(state.plates))
    assert status(drafted) == ("approved", "person/anna")
    assert not [each for each in state.attentions.values() if each.kind == "approve-plan"]
    assert type_in(drafted, "approve", "ord-1").err == "nothing of ord-1 waits for a yes\n"


def test_a_yes_to_a_plan_in_git_is_a_commit_in_the_persons_name(tmp_path: Path) -> None:
    folder = asking(tmp_path / "farm", "approve_plan")
    turn_until(folder, is_drafted)
    (folder / "own.txt").write_text("mine")
    git(folder, "add", "own.txt")
    code = code_in(type_in(folder, "approve", "ord-1").err)
    done = type_in(folder, "approve", "ord-1", "--seen", code)
    assert git(folder, "log", "-1", "--format=%an|%s") == "Ada|plans: ord-1/box@1 approved"
    assert f"(commit {git(folder, 'rev-parse', 'HEAD')[:7]})" in done.err
    document = YAML(typ="safe").load((folder / "plans/ord-1/box.yaml").read_text())
    assert (document["revision"], document["status"]) == (1, "approved")
    assert git(folder, "status", "--porcelain") == "A  own.txt"


def test_a_terminal_is_asked_and_enter_means_no(drafted: Path) -> None:
    done = on_a_terminal(drafted, ["approve", "ord-1"], "\n")
    assert (done.code, "nothing is approved" in done.text) == (0, True)
    assert status(drafted) == ("draft", None)
    done = on_a_terminal(drafted, ["approve", "ord-1"], "y\n")
    assert (done.code, "approved: ord-1/box@1" in done.text) == (0, True)
    turn_until(drafted, lambda state: bool(state.plates))


def test_a_plan_that_changed_since_it_was_read_is_not_approved(drafted: Path) -> None:
    code = code_in(type_in(drafted, "approve", "ord-1").err)
    text = (drafted / "orders/ord-1.yaml").read_text()
    (drafted / "orders/ord-1.yaml").write_text(text.replace("draft", "standard"))
    commit_all(drafted)
    turn_until(drafted, lambda state: state.plans["ord-1/box"].written.revision == 2)
    done = type_in(drafted, "approve", "ord-1", "--seen", code)
    assert done.code == 4
    assert done.err == (
        f"error: what was seen as {code} has changed: nothing is approved\n"
        "mend: farmctl approve ord-1\n"
    )
    assert status(drafted) == ("draft", None)
    done = type_in(drafted, "approve", "ord-1/box@1")
    assert (done.code, "that is ord-1/box@2" in done.err) == (4, True)


def test_a_plan_that_changes_between_print_and_yes_is_not_approved(tmp_path: Path) -> None:
    from farmctl.control.approvals import pending
    from farmctl.errors import Refused
    from farmctl.farm.acting.approving import approve

    for number, is_in_git in enumerate((True, False)):
        folder = asking(tmp_path / f"farm-{number}", "approve_plan", commit_plans=is_in_git)
        turn_until(folder, is_drafted)
        shown = pending(state_of(folder), ["ord-1"])
        text = (folder / "orders/ord-1.yaml").read_text()
        (folder / "orders/ord-1.yaml").write_text(text.replace("draft", "standard"))
        commit_all(folder)
        turn_until(folder, lambda state: state.plans["ord-1/box"].written.revision == 2)
        with pytest.raises(Refused, match="nothing is approved"):
            approve(farm_at(folder), shown, lambda each: each)
        assert status(folder) == ("draft", None)


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("ord-9", 1, "there is no order, build plan or print `ord-9`"),
        ("ord-1/lid", 1, "there is no item `ord-1/lid`"),
        ("one", 4, "one has no print"),
    ],
)
def test_what_does_not_wait_is_not_approved(drafted: Path, name: str, code: int, said: str) -> None:
    done = type_in(drafted, "approve", name)
    assert (done.code, said in done.err) == (code, True), done.err


def test_an_order_that_nobody_planned_yet_has_nothing_to_approve(tmp_path: Path) -> None:
    folder = asking(tmp_path / "farm", "approve_plan")
    for name in ("ord-1", "ord-1/box"):
        done = type_in(folder, "approve", name)
        assert done.code == 4
        assert done.err == (
            "error: ord-1 has no build plan yet\n"
            "mend: farmctl plan shows it, farmctl apply makes it\n"
        )


@pytest.mark.slicer
def test_a_yes_to_a_print_binds_its_gcode_and_class_and_an_equal_one_has_it(
    tmp_path: Path, golden: Callable[..., None]
) -> None:
    folder = asking(tmp_path / "farm", "dispatch")
    type_in(folder, "clear", "one")
    turn_until(
        folder,
        lambda state: any(each.kind == "approve-plate" for each in state.attentions.values()),
    )
    done = type_in(folder, "approve", "ord-1")
    golden(
        "approve-print.txt", done.out + done.err, {**FINGERPRINTS, r"\d+ min, \d+\.\d g": "FIGURES"}
    )
    assert type_in(folder, "approve", "plate-1", "--seen", code_in(done.err)).code == 0
    plate = state_of(folder).plates["plate-1"]
    assert facts_in(folder, "approval.given")[0]["data"]["binds"] == [
        plate.sliced.gcode,
        plate.composed.printer_class,
    ]
    turn_until(folder, lambda state: state.counts.run == 1)
    assert type_in(folder, "approve", "one").err == "nothing of one waits for a yes\n"
    add_order(folder, "ord-2", quantity=3)
    turn_until(folder, lambda state: "plate-2" in state.plates and state.plates["plate-2"].sliced)
    assert type_in(folder, "approve", "ord-2").err == "nothing of ord-2 waits for a yes\n"


@pytest.mark.slicer
def test_a_print_that_is_void_by_the_time_of_the_yes_is_not_approved(tmp_path: Path) -> None:
    from farmctl.control.approvals import pending
    from farmctl.errors import Refused
    from farmctl.farm.acting.approving import approve

    folder = asking(tmp_path / "farm", "slice")
    turn_until(
        folder,
        lambda state: any(each.kind == "approve-plate" for each in state.attentions.values()),
    )
    shown = pending(state_of(folder), ["plate-1"])
    type_in(folder, "order", "cancel", "ord-1", "--reason", "fraud")
    turn_until(
        folder,
        lambda state: (
            state.plates.get("plate-1") is None or state.plates["plate-1"].phase is PlatePhase.VOID
        ),
    )
    with pytest.raises(Refused, match="plate-1 has changed since it was shown"):
        approve(farm_at(folder), shown, lambda each: each)
    assert facts_in(folder, "approval.given") == []
