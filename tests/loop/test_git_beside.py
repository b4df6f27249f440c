"""Other clones, and a person's own work in git: farmctl refuses the one and keeps the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.floor.small_farm import commit_all, facts_in, git, make_farm
from tests.loop.shell import type_in

pytestmark = pytest.mark.slicer
ACTING = (
    ["apply", "--yes"],
    ["run", "--once"],
    ["clear", "one"],
    ["hold", "one", "--reason", "nozzle"],
)


def test_a_second_clone_refuses_to_act_and_says_how_to_mend(sliced: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(sliced), str(other))
    for words in ACTING:
        done = type_in(other, *words)
        assert done.code == 4, (words, done)
        said, mend = done.err.splitlines()[-2:]
        assert said.startswith("error: the farm's ledger is ")
        assert said.endswith("; no ledger lies here")
        assert mend.startswith("mend: act on the host that has the ledger, or bring it here with")
        assert not (other / ".farmctl/journal").exists()
        assert not (other / ".farmctl/virtual").exists()
    assert type_in(other, "plan").code == 0, "reading works"
    assert type_in(sliced, "apply", "--yes").code == 0
    assert len(facts_in(sliced, "run.started")) == 1


@pytest.fixture
def at_work(tmp_path: Path) -> Path:
    """A person's half-done work in a farm that commits its build plans."""
    folder = make_farm(tmp_path / "farm", commit_plans=True)
    for name in ("staged", "both", "changed"):
        (folder / f"{name}.txt").write_text("one\n")
    commit_all(folder)
    for name in ("staged", "both"):
        (folder / f"{name}.txt").write_text("two\n")
    git(folder, "add", "staged.txt", "both.txt")
    for name in ("both", "changed", "untracked"):
        (folder / f"{name}.txt").write_text("three\n")
    return folder


def test_a_persons_work_stays_as_it_is_and_their_next_commit_keeps_the_plans(at_work: Path) -> None:
    before, tip = git(at_work, "status", "--porcelain"), git(at_work, "rev-parse", "HEAD")
    assert before.splitlines() == [
        "MM both.txt",
        " M changed.txt",
        "M  staged.txt",
        "?? untracked.txt",
    ]
    assert type_in(at_work, "apply", "--yes").code == 0
    plan = "plans/ord-1/box.yaml"
    assert git(at_work, "diff", "--name-only", tip, "HEAD") == plan
    assert git(at_work, "status", "--porcelain") == before

    git(at_work, "commit", "-q", "-m", "mine")
    assert git(at_work, "diff", "--name-only", "HEAD~1", "HEAD").split() == [
        "both.txt",
        "staged.txt",
    ]
    assert git(at_work, "show", "HEAD:both.txt") == "two"
    assert git(at_work, "show", f"HEAD:{plan}") == (at_work / plan).read_text().strip()
    assert git(at_work, "status", "--porcelain").splitlines() == [
        "M both.txt",
        " M changed.txt",
        "?? untracked.txt",
    ]
