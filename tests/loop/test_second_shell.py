"""`farmctl run` in one shell, people's words and git in another: each is a process of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from farmctl.ledger.state import State
from farmctl.model.states import Bed, OrderPhase, PlatePhase, Verdict
from tests.floor.small_farm import (
    add_order,
    commit_all,
    facts_in,
    git,
    make_farm,
    phases,
    wait_until,
)
from tests.loop.shell import Shell, Typed, run_until_idle, running, type_in

pytestmark = pytest.mark.slicer
ITEM = "ord-1/box"


def typed(folder: Path, *words: str) -> Typed:
    """Type a command that is not refused."""
    done = type_in(folder, *words)
    assert done.code == 0, done
    return done


def until(folder: Path, here: Shell, is_so: Callable[[State], bool]) -> State:
    """Wait for something that the running loop does."""
    state = wait_until(folder, is_so)
    assert here.process.poll() is None, "the loop still runs"
    return state


@contextmanager
def printing(ready: Path) -> Iterator[Shell]:
    """Keep the farm going in another shell; run-1 prints three boxes on `one`."""
    with running(ready) as here:
        until(ready, here, lambda state: phases(state) == {"run-1": "printing"})
        yield here


def order_says(folder: Path, old: str, new: str) -> None:
    path = folder / "orders/ord-1.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    commit_all(folder, new)


def to_the_end(folder: Path) -> Typed:
    """Let time fly at the printers, and the loop go on until nothing more happens by itself."""
    path = folder / "farm.yaml"
    path.write_text(path.read_text().replace("speedup: 1\n", "speedup: 600\n"))
    commit_all(folder, "time flies")
    return run_until_idle(folder)


def placed(state: State) -> list[int]:
    """How many parts lie on each plate that is not void."""
    return [
        len(each.composed.placed)
        for _, each in sorted(state.plates.items())
        if each.phase is not PlatePhase.VOID
    ]


def test_a_print_is_steered_judged_and_made_again(ready: Path) -> None:
    with printing(ready) as here:
        typed(ready, "pause", "one", "--reason", "look at layer 2")
        until(ready, here, lambda state: phases(state) == {"run-1": "paused"})
        typed(ready, "resume", "run-1")
        until(ready, here, lambda state: phases(state) == {"run-1": "printing"})
        typed(ready, "hold", "one", "--reason", "strings")
        typed(ready, "abort", "one", "--reason", "strings")
        typed(ready, "clear", "one", "--failed", "--reason", "no_extrusion")
        typed(ready, "outcome", "run-1", "P01", "success")
        typed(ready, "reprint", "run-1")
        state = until(ready, here, lambda state: len(state.plates) == 2)
        assert placed(state)[1] == 2, "the two that failed"
        assert state.printers["one"].bed is Bed.CLEAR
        assert phases(state) == {"run-1": "aborted"}, "nothing starts on a printer that is held"
        typed(ready, "unhold", "one")
        until(ready, here, lambda state: phases(state).get("run-2") == "printing")
    queued = facts_in(ready, "run.queued")[-1]
    assert queued["seq"] > facts_in(ready, "printer.unheld")[-1]["seq"]
    assert to_the_end(ready).code == 4
    assert facts_in(ready, "order.fulfilled")[-1]["data"]["good"] == 3
    assert len((ready / ".farmctl/virtual/one.starts").read_text().splitlines()) == 2


def test_what_is_loaded_and_cleared_starts(ready: Path) -> None:
    with printing(ready) as here:
        add_order(ready, "ord-2", color="red")
        until(ready, here, lambda state: any(p.sliced for p in _of(state, "ord-2")))
        done = typed(ready, "load", "two", "PLA/red")
        assert "two now PLA/red (was PETG/black)" in done.err
        typed(ready, "clear", "two")
        state = until(ready, here, lambda state: phases(state).get("run-2") == "printing")
        assert state.runs["run-2"].printer == "two"


def _of(state: State, order: str) -> list:
    return [
        each
        for each in state.plates.values()
        if each.composed.placed[0].instance.startswith(f"{order}/")
    ]


def says_yes(folder: Path, subject: str) -> None:
    """Read what a yes would bind, then say it about exactly that."""
    read = type_in(folder, "approve", subject)
    seen = re.search(r"--seen ([0-9a-f]{8})", read.err)
    assert (read.code, bool(seen)) == (2, True), read
    typed(folder, "approve", subject, "--seen", seen[1])


def test_a_person_approves_the_plan_and_then_the_start(tmp_path: Path) -> None:
    folder = make_farm(tmp_path / "farm", commit_plans=True)
    policy = folder / "policies/default.yaml"
    text = policy.read_text()
    for gate in ("approve_plan", "dispatch"):
        text = text.replace(f"{gate}: true", f"{gate}: false")
    policy.write_text(text)
    commit_all(folder)
    typed(folder, "clear", "one")
    with running(folder) as here:
        state = until(folder, here, lambda state: _needs(state, "approve-plan"))
        assert state.plates == {}
        says_yes(folder, "ord-1")
        state = until(folder, here, lambda state: _needs(state, "approve-plate"))
        assert state.counts.run == 0
        says_yes(folder, "plate-1")
        until(folder, here, lambda state: state.counts.run == 1)
    yes = facts_in(folder, "approval.given")
    assert [each["actor"]["kind"] for each in yes] == ["person"]
    assert facts_in(folder, "run.queued")[0]["seq"] > yes[0]["seq"]


def _needs(state: State, kind: str) -> bool:
    return any(each.kind == kind for each in state.attentions.values())


def test_a_quantity_raised_in_mid_print_is_made_besides(ready: Path) -> None:
    with printing(ready) as here:
        order_says(ready, "quantity: 3", "quantity: 5")
        state = until(ready, here, lambda state: len(state.plates) == 2)
        assert placed(state) == [3, 2]
        assert phases(state) == {"run-1": "printing"}


def test_a_raise_that_git_takes_back_is_not_made(ready: Path) -> None:
    with printing(ready) as here:
        order_says(ready, "quantity: 3", "quantity: 5")
        until(ready, here, lambda state: placed(state) == [3, 2])
        git(ready, "reset", "-q", "--hard", "HEAD~1")
        state = until(ready, here, lambda state: placed(state) == [3])
        assert state.items[ITEM].quantity == 3
        assert phases(state) == {"run-1": "printing"}
    assert to_the_end(ready).code == 4
    assert facts_in(ready, "order.fulfilled")[-1]["data"]["good"] == 3
    assert [each["data"]["run"] for each in facts_in(ready, "run.queued")] == ["run-1"]


def test_a_quantity_lowered_in_mid_print_stops_nothing_and_tells_of_parts_too_many(
    ready: Path,
) -> None:
    with printing(ready) as here:
        order_says(ready, "quantity: 3", "quantity: 2")
        state = until(ready, here, lambda state: state.items[ITEM].quantity == 2)
        assert phases(state) == {"run-1": "printing"}
    assert to_the_end(ready).code == 4
    assert facts_in(ready, "order.fulfilled")[-1]["data"]["good"] == 3
    assert len(facts_in(ready, "run.queued")) == 1


def test_an_order_canceled_in_mid_print_and_rolled_back(ready: Path) -> None:
    with printing(ready) as here:
        typed(ready, "order", "cancel", "ord-1", "--reason", "customer_request")
        phase = OrderPhase.CANCELED
        until(ready, here, lambda state: state.orders["ord-1"].phase is phase)
        git(ready, "revert", "--no-edit", "HEAD")
        phase = OrderPhase.OPEN
        state = until(ready, here, lambda state: state.orders["ord-1"].phase is phase)
        assert phases(state) == {"run-1": "printing"}, "what prints goes on"
        assert placed(state) == [3]
    assert to_the_end(ready).code == 4
    assert facts_in(ready, "order.fulfilled")[-1]["data"]["good"] == 3
    assert len((ready / ".farmctl/virtual/one.starts").read_text().splitlines()) == 1


def test_a_service_manager_stops_the_loop_as_ctrl_c_does(ready: Path) -> None:
    with printing(ready) as here:
        ended = here.terminate()
    assert ended.code == 0
    assert ended.err.splitlines()[-1].startswith("stopped; prints go on without me: run-1 on one;")
    assert facts_in(ready, "controller.stopped")
    assert facts_in(ready, "run.cancel_intended") == []


def test_ctrl_c_leaves_prints_running_and_says_so(ready: Path) -> None:
    with printing(ready) as here:
        ended = here.interrupt()
    said = ended.err.splitlines()[-1]
    assert ended.code == 130
    assert said.startswith("stopped; prints go on without me: run-1 on one;")
    assert said.endswith("nothing new starts until farmctl run")
    assert facts_in(ready, "run.cancel_intended") == []
    assert to_the_end(ready).code == 4
    assert facts_in(ready, "order.fulfilled")[-1]["data"]["good"] == 3
    verdicts = {each["data"]["verdicts"][0]["verdict"] for each in facts_in(ready, "item.judged")}
    assert verdicts == {Verdict.SUCCESS}
    assert len((ready / ".farmctl/virtual/one.starts").read_text().splitlines()) == 1
