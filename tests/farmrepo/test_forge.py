"""Pull requests on GitHub, GitLab and Gitea: opened once, found again, refused by name."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from farmctl.errors import UsageError
from farmctl.farmrepo.forge import ForgeFailed, open_request
from farmctl.farmrepo.forge_kinds import DIALECTS, Place, Wish, place_of
from farmctl.model.documents.git import Forge as ForgeDocument
from farmctl.system.secrets import Secret
from tests.farmrepo.forge_server import PROJECT, TOKEN, Forge, forge_on_loopback

KINDS = ("github", "gitlab", "gitea")
BRANCH = "farmctl/promote-petg-1.9.0"
WISH = Wish(BRANCH, "main", "profiles: petg production 1.8.2 → 1.9.0", "what changes\n")


@pytest.fixture(params=KINDS)
def forge(request: pytest.FixtureRequest) -> Iterator[Forge]:
    with forge_on_loopback(request.param) as made:
        yield made


@pytest.fixture
def github() -> Iterator[Forge]:
    with forge_on_loopback("github") as made:
        yield made


def place(forge: Forge, **changes: str) -> Place:
    return Place(**{"kind": forge.kind, "url": forge.url, "project": PROJECT, **changes})


def test_a_request_is_opened_and_the_second_time_found(forge: Forge) -> None:
    opened = open_request(place(forge), Secret(TOKEN), WISH)
    mark = "!" if forge.kind == "gitlab" else "#"
    assert (opened.name.endswith(f"{mark}88"), opened.is_new) == (True, True)
    assert opened.request.url.startswith(f"{forge.url}/{PROJECT}/")
    (body,) = forge.posted
    assert WISH.title in body.values()
    assert WISH.body in body.values()
    again = open_request(place(forge), Secret(TOKEN), WISH)
    assert (again.request, again.is_new) == (opened.request, False)
    assert len(forge.requests) == 1


def test_one_that_somebody_opens_in_between_is_found_and_not_doubled(forge: Forge) -> None:
    number = forge.add(BRANCH)
    forge.exists_unseen = True
    found = open_request(place(forge), Secret(TOKEN), WISH)
    assert (found.request.number, found.is_new, len(forge.requests)) == (number, False, 1)


def test_a_branch_of_the_same_name_elsewhere_is_another_one(forge: Forge) -> None:
    forge.add(BRANCH, project="mallory/farm")
    forge.add(BRANCH, base="testing")
    forge.requests[0]["base"] = "main"
    # only the listing is looked at: the server below refuses doubles by name alone
    forge.instead["POST"] = (422, b"{}")
    with pytest.raises(ForgeFailed):
        open_request(place(forge), Secret(TOKEN), WISH)


def test_a_token_that_is_not_known_is_refused_by_name(forge: Forge) -> None:
    with pytest.raises(ForgeFailed, match="does not know the token: Bad credentials") as error:
        open_request(place(forge), Secret("wrong"), WISH)
    assert "git.forge.token" in error.value.mend
    assert "wrong" not in str(error.value)
    assert forge.requests == []


def test_a_project_that_is_not_there(forge: Forge) -> None:
    with pytest.raises(ForgeFailed, match="has no acme/other, or hides it"):
        open_request(place(forge, project="acme/other"), Secret(TOKEN), WISH)


def refusal(text: str) -> bytes:
    return json.dumps({"message": text}).encode()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, refusal("Resource not accessible"), "does not let the token do that: Resource"),
        (404, b"", "has no acme/farm, or hides it from the token"),
        (422, refusal("No commits between"), "does not take the request: No commits between"),
        (429, b"", "was asked too often"),
        (301, b"", r"sends elsewhere \(301\): the token is not sent there"),
        (502, b"<html>bad gateway", r"is in trouble \(502\)"),
        (418, refusal("tea\x1b[31m"), "answers 418: tea"),
        (201, b"<html>", "does not answer as"),
        (200, b'{"number": "x"}', "does not answer as|answers 200"),
        (200, b'[{"number": 1}]', "does not answer as|answers 200"),
        (201, b"[" * 5000, "does not answer as|answers 201"),
        (201, b'{"number": 1, "html_url": "javascript:x"}', "does not answer as|answers 201"),
    ],
)
def test_what_a_forge_says_no_with_has_a_name_and_a_mend(
    github: Forge, method: str, status: int, body: bytes, said: str
) -> None:
    forge = github
    forge.instead[method] = (status, body)
    odd = f"{said}|answers {status}"
    with pytest.raises(ForgeFailed, match=odd) as error:
        open_request(place(forge), Secret(TOKEN), WISH)
    assert error.value.mend
    assert "\x1b" not in error.value.message
    assert TOKEN not in str(error.value)


def test_a_forge_that_never_answers_and_one_that_is_away(github: Forge) -> None:
    forge = github
    forge.silent = True
    with pytest.raises(ForgeFailed, match=r"did not answer in time"):
        open_request(place(forge), Secret(TOKEN), WISH, timeout_s=0.2)
    with pytest.raises(ForgeFailed, match="cannot be reached"):
        open_request(place(forge, url="http://127.0.0.1:9"), Secret(TOKEN), WISH)


def test_what_is_too_long_for_a_forge_is_cut(github: Forge) -> None:
    forge = github
    long = Wish(BRANCH, "main", "t" * 1000, "b" * 100_000)
    open_request(place(forge), Secret(TOKEN), long)
    (body,) = forge.posted
    assert max(len(each) for each in body.values()) < 61_000
    assert len(body["title"]) == 250


def words(**more: object) -> ForgeDocument:
    return ForgeDocument.model_validate({"token": {"env": "T"}, **more})


@pytest.mark.pure
@pytest.mark.parametrize(
    ("remote", "kind", "url", "project"),
    [
        ("git@github.com:acme/farm.git", "github", "https://api.github.com", "acme/farm"),
        ("https://github.com/acme/farm", "github", "https://api.github.com", "acme/farm"),
        (
            "ssh://git@github.acme.org:22/acme/farm.git",
            "github",
            "https://github.acme.org/api/v3",
            "acme/farm",
        ),
        (
            "https://user@gitlab.acme.org/print/group/farm.git",
            "gitlab",
            "https://gitlab.acme.org",
            "print/group/farm",
        ),
        ("git@codeberg.org:acme/farm.git", "gitea", "https://codeberg.org", "acme/farm"),
        ("https://forgejo.acme.org/acme/farm", "gitea", "https://forgejo.acme.org", "acme/farm"),
    ],
)
def test_kind_and_project_are_told_from_the_remote(
    remote: str, kind: str, url: str, project: str
) -> None:
    assert place_of(words(), remote) == Place(kind, url, project)


@pytest.mark.pure
def test_what_farm_yaml_says_goes_before_the_remote() -> None:
    said = words(kind="gitea", url="https://git.example.org/", project="a/b")
    assert place_of(said, "/srv/farm.git") == Place("gitea", "https://git.example.org", "a/b")


@pytest.mark.pure
@pytest.mark.parametrize(
    ("remote", "said", "message"),
    [
        ("https://git.example.org/a/b", {}, "what kind of forge git.example.org is"),
        ("/srv/farm.git", {"kind": "gitea"}, "/srv/farm.git names no project"),
        ("/srv/farm.git", {"kind": "gitea", "project": "a/b"}, "where the forge of"),
        ("https://gitlab.com/farm.git", {}, "names no project"),
    ],
)
def test_what_a_remote_does_not_tell_is_asked_for(
    remote: str, said: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as error:
        place_of(words(**said), remote)
    assert "git: {forge:" in error.value.mend


@pytest.mark.pure
def test_every_kind_that_a_document_may_name_is_spoken() -> None:
    assert sorted(DIALECTS) == sorted(KINDS)
