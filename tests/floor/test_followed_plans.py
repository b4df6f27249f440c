"""Build plans of a farm whose main branch is protected: proposed, and where asked for, waited for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.promoting import follow, merge
from tests.farmrepo.forge_server import PROJECT, TOKEN, forge_on_loopback
from tests.floor.small_farm import add_order, git, make_farm, state_of, type_in

pytestmark = pytest.mark.slicer
OWN = "farmctl/plans"


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    return make_farm(tmp_path / "farm", commit_plans=True)


def only_merged(farm: Path) -> None:
    text = (farm / "farm.yaml").read_text()
    (farm / "farm.yaml").write_text(
        text.replace("policy: default", "policy: default, require_merged_plans: true")
    )


def test_farm_yaml_says_what_run_apply_and_plan_follow(farm: Path) -> None:
    bare = follow(farm)
    head = git(farm, "rev-parse", "HEAD")
    assert "ord-1/box@1" in type_in(farm, "plan").out
    done = type_in(farm, "apply", "--yes")
    assert done.code == 0, done.err
    assert git(farm, "rev-parse", "HEAD") == head
    assert git(bare, "ls-tree", "-r", "--name-only", OWN, "plans") == "plans/ord-1/box.yaml"
    add_order(farm, "ord-2")
    assert type_in(farm, "run", "--once").code == 0
    assert set(state_of(farm).plans) == {"ord-1/box"}, "what is not pushed there does not count"


def test_plans_wait_until_they_are_merged(farm: Path) -> None:
    only_merged(farm)
    bare = follow(farm)
    done = type_in(farm, "run", "--once")
    assert done.code == 0, done.err
    assert f"1 build plan to be merged from {OWN} into main" in done.err
    assert (state_of(farm).plans, state_of(farm).plates) == ({}, {})
    tip = git(bare, "rev-parse", OWN)
    assert git(bare, "diff", "--name-only", "main", OWN) == "plans/ord-1/box.yaml"
    type_in(farm, "run", "--once")
    assert git(bare, "rev-parse", OWN) == tip, "the same plans are not written again"
    merge(farm, bare, OWN)
    type_in(farm, "run", "--once")
    assert [each.written.status for each in state_of(farm).plans.values()] == ["approved"]
    assert len(state_of(farm).plates) == 1


def test_a_forge_is_asked_to_merge_them_once(farm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_merged(farm)
    monkeypatch.setenv("FORGE_TOKEN", TOKEN)
    with forge_on_loopback("gitea") as forge:
        follow(
            farm,
            f"{{kind: gitea, url: '{forge.url}', project: {PROJECT}, token: {{env: FORGE_TOKEN}}}}",
        )
        done = type_in(farm, "run", "--once")
        assert f"1 build plan to be merged: PR #88 {forge.url}/" in done.err
        type_in(farm, "run", "--once")
        assert [each["branch"] for each in forge.requests] == [OWN]
        monkeypatch.setenv("FORGE_TOKEN", "wrong")
        told = type_in(farm, "run", "--once")
        assert told.code == 0
        assert (
            f"no pull request for {OWN}: Gitea at {forge.url} does not know the token" in told.err
        )


def test_a_farm_that_follows_nothing_cannot_wait_for_merges(farm: Path) -> None:
    only_merged(farm)
    done = type_in(farm, "validate")
    assert (done.code, "only be merged into a branch that is followed" in done.out + done.err) == (
        3,
        True,
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{follow: main}", "a branch of a remote"),
        ("{follow: -x/main}", "a branch of a remote"),
        ("{follow: origin/main, plans: a..b}", "a branch"),
        ("{follow: origin/main, forge: {token: secret}}", "a secret does not stand in a document"),
        ("{follow: origin/main, forge: {kind: svn, token: {env: T}}}", "svn"),
        (
            "{follow: origin/main, forge: {url: 'http://git.example.org', token: {env: T}}}",
            "address",
        ),
        ("{follow: origin/main, forge: {project: farm, token: {env: T}}}", "a project"),
        ("{follow: origin/main, forge: {kind: github}}", "token"),
    ],
)
def test_what_git_cannot_say_is_found_by_validate(farm: Path, words: str, said: str) -> None:
    text = (farm / "farm.yaml").read_text()
    (farm / "farm.yaml").write_text(text.replace("automation:", f"git: {words}\nautomation:"))
    done = type_in(farm, "validate")
    assert (done.code, said in done.out + done.err) == (3, True), done.out + done.err
    assert "farm.yaml:" in done.out + done.err
