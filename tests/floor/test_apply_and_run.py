"""`plan`, `apply` and `run`: what is shown is what is done, and a person is asked first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farmctl.model.states import Bed
from tests.cli.terminal import on_a_terminal, watch_a_terminal
from tests.floor.small_farm import (
    add_order,
    commit_all,
    facts_in,
    git,
    phases,
    state_of,
    type_in,
)

pytestmark = pytest.mark.slicer


def starts(folder: Path) -> int:
    return len(facts_in(folder, "run.start_intended"))


# -- plan -----------------------------------------------------------------------------------------


def test_what_is_not_committed_is_named_and_not_read(fresh: Path) -> None:
    path = fresh / "orders/ord-1.yaml"
    path.write_text(path.read_text().replace("quantity: 3", "quantity: 5"))
    (fresh / "orders/ord-2.yaml").write_text("schema: order/v1\n")
    done = type_in(fresh, "plan")
    assert "3 × box" in done.out
    assert (
        "Not read: orders/ord-1.yaml, orders/ord-2.yaml (not committed).   "
        "Commit it: farmctl commit"
    ) in done.out
    document = json.loads(type_in(fresh, "plan", "-o", "json").out)
    assert document["not_read"] == ["orders/ord-1.yaml", "orders/ord-2.yaml"]


def test_another_commit_can_be_planned(fresh: Path) -> None:
    add_order(fresh, "ord-2")
    assert "ord-2/box@1" in type_in(fresh, "plan").out
    assert "ord-2/box@1" not in type_in(fresh, "plan", "--rev", "HEAD~1").out
    done = type_in(fresh, "plan", "--rev", "nowhere")
    assert (done.code, "nowhere" in done.err) == (1, True)


def test_the_work_tree_can_be_planned_and_not_saved(fresh: Path) -> None:
    path = fresh / "orders/ord-1.yaml"
    path.write_text(path.read_text().replace("quantity: 3", "quantity: 5"))
    assert "5 × box" in type_in(fresh, "plan", "--worktree").out
    for more in (["--rev", "HEAD~1"], ["--save", str(fresh / "changes.json")]):
        done = type_in(fresh, "plan", "--worktree", *more)
        assert (done.code, "only looked at" in done.err) == (2, True)


def test_a_model_of_another_commit_is_read_there(fresh: Path) -> None:
    git(fresh, "rm", "-q", "-r", "models", "orders")
    git(fresh, "commit", "-q", "-m", "all gone")
    assert "ord-1/box@1" in type_in(fresh, "plan", "--rev", "HEAD~1").out


def test_a_terminal_is_offered_to_commit_what_is_not_read(fresh: Path) -> None:
    path = fresh / "orders/ord-1.yaml"
    path.write_text(path.read_text().replace("quantity: 3", "quantity: 5"))
    done = on_a_terminal(fresh, ["plan"], "n\n")
    assert "orders/ord-1.yaml is changed and not committed: commit now? [Y/n]" in done.text
    assert "3 × box" in done.text
    done = on_a_terminal(fresh, ["plan"], "\n")
    assert "5 × box" in done.text
    assert git(fresh, "status", "--porcelain") == ""
    path.write_text("schema: order/v1\n")
    done = on_a_terminal(fresh, ["plan"], "\n")
    assert "not committed: mend that first" in done.text
    assert git(fresh, "status", "--porcelain") == "M orders/ord-1.yaml"


# -- apply ----------------------------------------------------------------------------------------


def test_a_terminal_is_asked_about_unknown_beds_and_before_the_first_start(fresh: Path) -> None:
    done = on_a_terminal(fresh, ["apply"], "y\nn\n")
    assert "is the bed of one empty right now? [y/N]" in done.text
    assert "write 1 build plan, slice 1, start 1 print: do it? [y/N]" in done.text
    assert done.code == 0
    assert done.text.endswith("nothing is done\n")
    assert state_of(fresh).printers["one"].bed is Bed.CLEAR
    assert (starts(fresh), state_of(fresh).plans) == (0, {})
    done = on_a_terminal(fresh, ["apply"], "y\n")
    assert "is the bed of" not in done.text
    assert starts(fresh) == 1
    assert done.text.splitlines()[-1].startswith("printing: run-1 on one.   Go on with them:")


def test_a_bed_that_is_not_said_to_be_empty_is_not_printed_on(fresh: Path) -> None:
    done = on_a_terminal(fresh, ["apply", "--yes"], "\n")
    assert done.code == 0
    assert state_of(fresh).printers["one"].bed is Bed.UNKNOWN
    assert starts(fresh) == 0


def test_yes_answers_the_question_and_approves_nothing(fresh: Path) -> None:
    policy = fresh / "policies/default.yaml"
    policy.write_text(policy.read_text().replace("approve_plan: true", "approve_plan: false"))
    commit_all(fresh)
    type_in(fresh, "clear", "one")
    done = type_in(fresh, "apply", "--yes")
    assert done.code == 0
    assert state_of(fresh).plans["ord-1/box"].written.status == "draft"
    assert "farmctl approve ord-1/box" in done.err
    assert (starts(fresh), facts_in(fresh, "approval.given")) == (0, [])


def test_what_was_saved_is_applied_unless_the_farm_changed(fresh: Path, tmp_path: Path) -> None:
    type_in(fresh, "clear", "one")
    saved = tmp_path / "changes.json"
    assert type_in(fresh, "plan", "--save", str(saved)).err == f"saved {saved}\n"
    text = saved.read_text()
    add_order(fresh, "ord-2")
    done = type_in(fresh, "apply", str(saved), "--yes")
    assert (done.code, f"the farm has changed since {saved} was saved" in done.err) == (4, True)
    assert starts(fresh) == 0
    for wrong in ("", "[]", "{}", '{"items": [1]}', "no json"):
        saved.write_text(wrong)
        assert type_in(fresh, "apply", str(saved), "--yes").code == 3
    assert type_in(fresh, "apply", str(tmp_path / "none.json"), "--yes").code == 2
    saved.write_text(text)
    git(fresh, "reset", "-q", "--hard", "HEAD~1")
    assert type_in(fresh, "apply", str(saved), "--yes").code == 0
    assert starts(fresh) == 1


def test_another_commit_can_be_applied(fresh: Path) -> None:
    type_in(fresh, "clear", "one")
    add_order(fresh, "ord-2")
    assert type_in(fresh, "apply", "--yes", "--rev", "HEAD~1").code == 0
    assert list(state_of(fresh).orders) == ["ord-1"]


# -- run ------------------------------------------------------------------------------------------


def test_once_starts_what_can_be_started_and_ends(fresh: Path) -> None:
    type_in(fresh, "clear", "one")
    done = type_in(fresh, "run", "--once", "--max-time", "60")
    assert done.code == 0
    assert starts(fresh) == 1


def test_until_idle_ends_with_4_and_says_what_waits(fresh: Path) -> None:
    done = type_in(fresh, "run", "--until-idle", "--timeout", "60")
    assert done.code == 4
    assert done.err.splitlines()[-1] == "! one: never said to be clear   farmctl clear one"


def test_a_bed_that_is_said_to_be_clear_as_it_begins_is_used(fresh: Path) -> None:
    done = type_in(fresh, "run", "--until-idle", "--timeout", "60", "--clear", "one")
    assert done.err.splitlines()[:2] == [
        "one is empty",
        "keeping the farm going; Ctrl-C stops that, prints go on",
    ]
    assert done.err.splitlines()[-1] == "! one: run-1 is done   farmctl clear one"
    assert starts(fresh) == 1
    (cleared,) = facts_in(fresh, "bed.cleared")
    assert cleared["actor"]["kind"] == "person"


def test_a_bed_that_is_printed_on_is_not_said_to_be_clear(printing: Path) -> None:
    done = type_in(printing, "run", "--until-idle", "--clear", "one")
    assert (done.code, "run-1 may be printing on one" in done.err) == (4, True), done.err


def test_a_printer_that_is_misspelt_is_named_before_anything_is_begun(fresh: Path) -> None:
    type_in(fresh, "clear", "one")
    done = type_in(fresh, "run", "--once", "--clear", "twoo")
    assert (done.code, starts(fresh)) == (1, 0)
    assert "there is no printer `twoo`" in done.err
    assert "did you mean two?" in done.err


def test_until_idle_ends_with_0_when_all_is_made(printed: Path) -> None:
    type_in(printed, "clear", "one", "--ok")
    assert type_in(printed, "run", "--until-idle", "--timeout", "60").code == 0


def test_until_idle_ends_with_1_when_the_time_is_up(printing: Path) -> None:
    done = type_in(printing, "run", "--until-idle", "--timeout", "0")
    assert (done.code, done.err.splitlines()[-1]) == (
        1,
        "the time is up; run-1 on one goes on",
    )


def test_ctrl_c_leaves_prints_running_and_says_so(printing: Path) -> None:
    for words in (["run"], ["apply", "--follow"]):
        done = watch_a_terminal(
            printing, words, "", lambda text: "Ctrl-C" in text or "going" in text
        )
        assert done.code == 130, done.text
        assert (
            "stopped; prints go on without me: run-1 on one; nothing new starts until farmctl run"
        ) in done.text
        assert phases(state_of(printing)) == {"run-1": "printing"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--once", "--until-idle"], "exclude each other"),
        (["--max-time", "5"], "--max-time is for --once"),
        (["--timeout", "5"], "--timeout is for --until-idle"),
        (["--once", "--max-time", "-1"], "'--max-time'"),
        (["--until-idle", "--timeout", "soon"], "'--timeout'"),
    ],
)
def test_what_run_cannot_mean_is_refused(fresh: Path, words: list[str], said: str) -> None:
    done = type_in(fresh, "run", *words)
    assert (done.code, said in done.err) == (2, True), done.err


def test_two_do_not_act_at_once(fresh: Path) -> None:
    from tests.floor.small_farm import loop_beside

    with loop_beside(fresh):
        for words in (["run", "--once"], ["apply", "--yes"]):
            done = type_in(fresh, *words)
            assert (done.code, "another farmctl acts on this farm already" in done.err) == (4, True)


def test_the_projects_own_farm_is_not_acted_on() -> None:
    root = Path(__file__).parents[2]
    for words in (["apply", "--yes"], ["run", "--once"]):
        done = type_in(root, *words)
        assert (done.code, "farmctl's own sample farm" in done.err) == (4, True)
