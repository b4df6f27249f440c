"""`profile promote` and `profile rollback`: one line on a branch, with all that follows from it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.promoting import NAME, NEW, PATH, PIN, farm, farm_once, follow, merge
from tests.farmrepo.forge_server import PROJECT, TOKEN, Forge, forge_on_loopback
from tests.floor.small_farm import Typed, git, type_in

__all__ = ["farm", "farm_once"]

pytestmark = pytest.mark.slicer

BRANCH = f"farmctl/promote-{NAME}-{NEW}"
BACK = f"farmctl/rollback-{NAME}-1.0.0"


@pytest.fixture
def planned(farm: Path) -> Path:
    """ord-1 has a build plan and a queued plate; its version is in production."""
    assert type_in(farm, "apply", "--yes").code == 0
    return farm


def promote(farm: Path, *more: str) -> Typed:
    return type_in(farm, "profile", "promote", PIN, *more)


def rollback(farm: Path, *more: str) -> Typed:
    return type_in(farm, "profile", "rollback", NAME, *more)


def test_a_promotion_is_a_commit_on_a_branch_of_its_own(planned: Path) -> None:
    before = git(planned, "rev-parse", "HEAD"), (planned / PATH).read_text()
    done = promote(planned)
    assert done.code == 0, done.err
    assert (git(planned, "rev-parse", "HEAD"), (planned / PATH).read_text()) == before
    assert git(planned, "status", "--porcelain") == ""
    changed = git(planned, "diff", "--unified=0", "HEAD", BRANCH).splitlines()
    assert [row for row in changed if row[0] in "+-" and row[:3] not in ("+++", "---")] == [
        "-channels: {production: {version: 1.0.0}}",
        "+channels: {production: {version: 1.1.0}}",
    ]
    assert f"{NAME} production 1.0.0 → 1.1.0" in done.err
    assert "1 build plan gets a new revision, 1 queued plate slices again" in done.err
    assert (
        f"branch {BRANCH} made; to merge it:\n  git switch main\n  git merge {BRANCH}" in done.err
    )


def test_the_message_says_what_changes_and_what_follows(planned: Path) -> None:
    promote(planned)
    message = git(planned, "log", "-1", "--format=%B", BRANCH)
    assert message.splitlines()[0] == f"profiles: {NAME} production 1.0.0 → 1.1.0"
    assert "1.1.0: cooler" in message
    assert "temperature   215 → 205" in message or "temperature   210 → 205" in message
    assert "Orders (1): ord-1" in message
    assert "Build plans with a new revision (1): ord-1/box@2" in message
    assert "Printers (2): one, two" in message
    assert "Queued plates that slice again (1): plate-1" in message
    assert "Prints: canary: 0 plates, 0 good" in message


def test_what_a_promotion_foretells_is_what_the_plan_then_shows(planned: Path) -> None:
    said = json.loads(promote(planned, "--direct", "-o", "json").out)
    assert (said["plans"], said["plates"]) == (["ord-1/box@2"], ["plate-1"])
    assert git(planned, "rev-parse", "HEAD") == said["commit"]
    assert "production: {version: 1.1.0}" in (planned / PATH).read_text()
    assert git(planned, "branch", "--list", "farmctl/*") == ""
    shown = type_in(planned, "plan").out
    assert "ord-1/box@2" in shown


def test_a_clone_without_a_ledger_says_that_nothing_is_counted(farm: Path) -> None:
    done = promote(farm)
    assert done.code == 0, done.err
    assert "this clone has no ledger" in done.err
    assert "this clone has no ledger" in git(farm, "log", "-1", "--format=%B", BRANCH)
    assert not (farm / ".farmctl/journal").exists()


def test_a_canary_names_its_printers_and_waits_for_a_verdict(farm: Path) -> None:
    done = promote(farm, "--channel", "canary", "--on", "one", "--plates", "2")
    assert done.code == 0, done.err
    text = git(farm, "show", f"{BRANCH}:{PATH}")
    assert "canary: {version: 1.1.0, printers: [one], plates: 2}}" in text
    assert "tried on one, for 2 plates: the first plate on each waits for a verdict" in done.err
    git(farm, "merge", "-q", BRANCH)
    assert type_in(farm, "validate").code == 0
    promote(farm)
    text = git(farm, "show", f"{BRANCH}:{PATH}")
    assert text.endswith("channels: {production: {version: 1.1.0}}")


def test_a_rollback_goes_to_what_git_says_was_there_before(planned: Path) -> None:
    promote(planned, "--direct")
    assert type_in(planned, "apply", "--yes").code == 0
    done = rollback(planned)
    assert done.code == 0, done.err
    assert f"{NAME} production 1.1.0 → 1.0.0" in done.err
    assert (
        "1 build plan gets a new revision, 1 queued plate slices again (1 from cache)" in done.err
    )
    assert f"farmctl get runs --profile {PIN}" in done.err
    assert f'stop it now: farmctl profile stop {PIN} --reason "…"\n' in done.err
    assert done.err.endswith(f"what it changes: farmctl plan --rev {BACK}\n")
    git(planned, "merge", "-q", BACK)
    assert "ord-1/box@3" in type_in(planned, "plan").out
    assert "production: {version: 1.0.0}" in (planned / PATH).read_text()
    again = rollback(planned)
    assert (again.code, "never had another version than 1.0.0" in again.err) == (4, True)


def test_a_rollback_of_a_stopped_version_says_that_it_stays_stopped(planned: Path) -> None:
    promote(planned, "--direct")
    type_in(planned, "profile", "stop", PIN, "--reason", "strings")
    done = rollback(planned)
    assert done.code == 0, done.err
    assert "until merged, 1.1.0 stays stopped\n" in done.err
    done = rollback(planned, "--direct")
    assert done.code == 0, done.err
    assert done.err.endswith("what it changes: farmctl plan\n")
    assert "until merged" not in done.err


def test_a_rollback_ends_the_trial_of_what_it_takes_back(farm: Path) -> None:
    promote(farm, "--direct")
    text = (farm / PATH).read_text()
    trial = text.replace("1.1.0}}\n", "1.1.0}, canary: {version: 1.1.0, plates: 1}}\n")
    (farm / PATH).write_text(trial)
    git(farm, "commit", "-qam", "still tried")
    assert rollback(farm, "--to", "1.0.0", "--direct").code == 0
    assert (farm / PATH).read_text().endswith("channels: {production: {version: 1.0.0}}\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["promote", NAME], 2, "names no version"),
        (["promote", "nothing@1.0.0"], 1, "there is no profile `nothing`"),
        (["promote", f"{NAME}@9.9.9"], 1, "has no version 9.9.9"),
        (["promote", f"{NAME}@1.0.0"], 4, "is in production already"),
        (["promote", PIN, "--channel", "nightly"], 2, "there is no channel `nightly`"),
        (["promote", PIN, "--channel", "canary"], 2, "--on PRINTER,PRINTER or --plates N"),
        (["promote", PIN, "--channel", "canary", "--on", "onne"], 2, "did you mean `one`?"),
        (["promote", PIN, "--plates", "3"], 2, "are for a canary"),
        (["rollback", PIN], 2, "a rollback is of a profile"),
        (["rollback", NAME], 4, "never had another version"),
        (["rollback", NAME, "--to", "1.0.0"], 4, "in production already"),
        (["rollback", NAME, "--to", "7.0.0"], 1, "has no version 7.0.0"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    farm: Path, words: list[str], code: int, said: str
) -> None:
    before = git(farm, "for-each-ref")
    done = type_in(farm, "profile", *words)
    assert (done.code, said in done.err) == (code, True), done.err
    assert git(farm, "for-each-ref") == before
    assert git(farm, "status", "--porcelain") == ""


@pytest.mark.parametrize("more", [[], ["--direct"]])
def test_uncommitted_changes_and_a_detached_head_are_refused(farm: Path, more: list[str]) -> None:
    (farm / PATH).write_text((farm / PATH).read_text() + "# mine\n")
    done = promote(farm, *more)
    assert (done.code, f"{PATH} has changes that are not committed" in done.err) == (4, True)
    git(farm, "checkout", "-q", "--", PATH)
    git(farm, "checkout", "-q", "--detach")
    done = promote(farm, *more)
    assert (done.code, "detached HEAD" in done.err, "git switch main" in done.err) == (
        4,
        True,
        True,
    )


def test_a_stopped_version_is_not_promoted(planned: Path) -> None:
    type_in(planned, "hold", PIN, "--reason", "strings")
    done = promote(planned)
    assert (done.code, f"{PIN} is stopped: strings" in done.err) == (4, True), done.err
    assert f"farmctl profile start {PIN}" in done.err


def test_with_a_followed_remote_the_branch_is_pushed_beside_a_protected_main(farm: Path) -> None:
    bare = follow(farm)
    done = promote(farm)
    assert done.code == 0, done.err
    assert git(bare, "rev-parse", BRANCH) == git(farm, "rev-parse", BRANCH)
    assert f"branch {BRANCH} pushed; to merge it:" in done.err
    assert f"git switch main && git merge {BRANCH}" in done.err
    merge(farm, bare, BRANCH)
    done = rollback(farm)
    assert done.code == 0, done.err
    assert "production 1.1.0 → 1.0.0" in done.err, "the remote counts, not the stale clone"
    assert git(bare, "rev-parse", BACK) == git(farm, "rev-parse", BACK)


def test_a_remote_that_refuses_keeps_the_branch_here_and_says_so(farm: Path) -> None:
    bare = follow(farm)
    hook = bare / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'nobody pushes here' >&2\nexit 1\n")
    done = promote(farm)
    assert done.code == 1
    assert f"branch {BRANCH} is made, and not pushed" in done.err
    assert "allow branches that begin with farmctl/" in done.err
    assert git(farm, "rev-parse", BRANCH)
    shutil.rmtree(bare)
    git(farm, "update-ref", "-d", f"refs/heads/{BRANCH}")
    done = promote(farm)
    assert (done.code, "origin/main cannot be asked" in done.err) == (1, True), done.err


@pytest.fixture
def forge() -> Iterator[Forge]:
    with forge_on_loopback("gitlab") as made:
        yield made


def at_forge(forge: Forge) -> str:
    token = "{env: FORGE_TOKEN}"
    return f"{{kind: gitlab, url: '{forge.url}', project: {PROJECT}, token: {token}}}"


def test_a_forge_gets_one_request_for_the_branch(
    farm: Path, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(farm, at_forge(forge))
    monkeypatch.setenv("FORGE_TOKEN", TOKEN)
    done = promote(farm)
    assert done.code == 0, done.err
    assert f"branch {BRANCH} pushed, MR !88 opened: {forge.url}/" in done.err
    (posted,) = forge.posted
    assert (posted["source_branch"], posted["target_branch"]) == (BRANCH, "main")
    assert posted["title"] == f"profiles: {NAME} production 1.0.0 → 1.1.0"
    assert "temperature" in posted["description"]
    again = promote(farm)
    assert "MR !88 was open already" in again.err
    assert len(forge.requests) == 1


def test_a_token_that_is_missing_or_refused_leaves_the_pushed_branch(
    farm: Path, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = follow(farm, at_forge(forge))
    monkeypatch.delenv("FORGE_TOKEN", raising=False)
    done = promote(farm)
    assert (done.code, "environment variable FORGE_TOKEN is not set" in done.err) == (1, True)
    assert f"branch {BRANCH} is pushed, and no pull request opened" in done.err
    assert git(bare, "rev-parse", BRANCH)
    monkeypatch.setenv("FORGE_TOKEN", "wrong")
    done = promote(farm)
    assert (done.code, "does not know the token" in done.err) == (1, True)
    assert "wrong" not in done.err + done.out
    monkeypatch.setenv("FORGE_TOKEN", TOKEN)
    assert "MR !88 opened" in promote(farm).err
