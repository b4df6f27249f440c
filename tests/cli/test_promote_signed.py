"""What is not as it was released and signed goes into no channel."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.farmrepo.signatures import signer
from farmctl.model.digest import digest_of, hexdigits
from farmctl.model.released import Released
from tests.cli.signed_farm import (
    FOLDER,
    NAME,
    SIGNED,
    farm,
    farm_once,
    key,
    new_version,
    signed,
)
from tests.farmrepo.ssh_keys import make_key
from tests.floor.small_farm import commit_all, git, type_in

__all__ = ["farm", "farm_once", "key"]

pytestmark = pytest.mark.slicer


def sign_as_eve(settings: Path, key: Path) -> None:
    signed(settings, make_key(settings.parents[3] / "keys/eve"), version="1.1.0")


def sign_other_settings(settings: Path, key: Path) -> None:
    released = Released(NAME, "1.1.0", digest_of(b"other settings\n"))
    settings.with_suffix(".ini.sig").write_bytes(signer().sign(released.statement, key))


def sign_for_git(settings: Path, key: Path) -> None:
    released = Released(NAME, "1.1.0", digest_of(settings.read_bytes()))
    other = replace(signer(), namespace="git").sign(released.statement, key)
    settings.with_suffix(".ini.sig").write_bytes(other)


def no_signature(settings: Path, key: Path) -> None:
    settings.with_suffix(".ini.sig").unlink(missing_ok=True)


def rewrite_settings(settings: Path, key: Path) -> None:
    settings.write_text(settings.read_text() + "xy_size_compensation = 1\n")
    signed(settings, key, version="1.1.0")


def rewrite_all(settings: Path, key: Path) -> None:
    """Change settings, their lock and their signature: only git's history tells."""
    before = hexdigits(digest_of(settings.read_bytes()))
    rewrite_settings(settings, key)
    document = settings.with_name("profile.yaml")
    after = hexdigits(digest_of(settings.read_bytes()))
    document.write_text(document.read_text().replace(before, after))


def link_settings(settings: Path, key: Path) -> None:
    settings.unlink()
    settings.symlink_to("1.0.0.ini")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (no_signature, ("is not signed, and policies/default.yaml asks", "profile sign")),
        (sign_as_eve, ("may not sign profiles", "if you know whose it is")),
        (sign_other_settings, ("no signature of this version", "release the settings")),
        (sign_for_git, ("a signature for `git`, not for", "release the settings")),
        (rewrite_settings, ("is not the file that was released as", "put the released file back")),
        (rewrite_all, ("says something else", "release the change as a new version")),
        (link_settings, ("is not the file that was released as", "put the released file back")),
    ],
)
@pytest.mark.parametrize("more", [[], ["--direct"], ["--channel", "canary", "--plates", "1"]])
def test_what_is_not_as_it_was_signed_and_released_is_not_promoted(
    farm: Path, key: Path, spoil: object, words: tuple[str, str], more: list[str]
) -> None:
    assert callable(spoil)
    settings = new_version(farm, "--key", str(key))
    spoil(settings, key)
    git(farm, "add", "-A")
    git(farm, "commit", "-qm", "spoilt")
    before = git(farm, "for-each-ref")
    done = type_in(farm, "profile", "promote", f"{NAME}@1.1.0", *more)
    first, second = done.err.splitlines()
    assert (done.code, words[0] in first, words[1] in second) == (4, True, True), done.err
    assert git(farm, "for-each-ref") == before
    assert git(farm, "status", "--porcelain") == ""


def test_a_signed_version_is_promoted_and_one_without_is_not_gone_back_to(
    farm: Path, key: Path
) -> None:
    new_version(farm, "--key", str(key))
    done = type_in(farm, "profile", "promote", f"{NAME}@1.1.0", "--direct")
    assert done.code == 0, done.err
    git(farm, "rm", "-q", f"{FOLDER}/{SIGNED}")
    git(farm, "commit", "-qm", "dropped")
    done = type_in(farm, "profile", "rollback", NAME)
    assert (done.code, f"{NAME}@1.0.0 is not signed" in done.err) == (4, True), done.err


def test_without_that_policy_an_unsigned_version_is_promoted(farm: Path) -> None:
    policy = farm / "policies/default.yaml"
    policy.write_text(policy.read_text().replace("require_signature: true", "first_articles: 3"))
    new_version(farm, "--unsigned")
    commit_all(farm)
    assert type_in(farm, "profile", "promote", f"{NAME}@1.1.0").code == 0
