"""Signatures where policy asks for them: validate, verify, promote, plan; and a hostile farm."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.farmrepo.signatures import signer
from farmctl.model.digest import digest_of, hexdigits
from farmctl.model.released import NAMESPACE, Released
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
from tests.farmrepo.ssh_keys import allowed_line, make_key
from tests.floor.small_farm import commit_all, git, turn_until, type_in

__all__ = ["farm", "farm_once", "key"]


def codes(farm: Path) -> dict[str, str]:
    """Return what `validate` says, as code → severity, by file."""
    found = json.loads(type_in(farm, "validate", "-o", "json").out)["items"]
    return {f"{each['file']} {each['code']}": each["severity"] for each in found}


def errors(farm: Path) -> list[str]:
    return sorted(each for each, level in codes(farm).items() if level == "error")


def verdict(farm: Path) -> str:
    """Return what `verify` says of the one version that tests change."""
    done = type_in(farm, "profile", "verify", f"{NAME}@1.0.0", "-o", "json")
    (item,) = json.loads(done.out)["items"]
    assert done.code == (0 if item["signature"] in ("valid", "none") else 3)
    return str(item["signature"])


def need(farm: Path) -> str:
    """Return why the farm's one order is not made."""
    commit_all(farm)
    state = turn_until(farm, lambda state: bool(state.attentions or state.plans))
    return " ".join(each.evidence for each in state.attentions.values())


def test_where_everything_is_signed_nothing_is_wrong_and_everything_is_made(farm: Path) -> None:
    assert errors(farm) == []
    assert verdict(farm) == "valid"
    table = type_in(farm, "profile", "verify").out
    assert f"{NAME}@1.0.0 " in table
    assert "priya" in table
    assert max(map(len, table.splitlines())) <= 100
    git(farm, "commit", "-q", "--allow-empty", "-m", "x")
    state = turn_until(farm, lambda state: bool(state.plans))
    assert {each.kind for each in state.attentions.values()} <= {"bed-not-clear"}


def test_an_unsigned_version_in_production_stops_its_orders_and_nothing_else(farm: Path) -> None:
    (farm / FOLDER / SIGNED).unlink()
    assert errors(farm) == [f"{FOLDER}/profile.yaml unsigned"]
    assert "farmctl profile sign" in type_in(farm, "validate").out
    assert verdict(farm) == "none"
    assert f"{NAME}@1.0.0 is not signed, and policy asks for it" in need(farm)


def test_without_that_policy_an_unsigned_version_is_fine(farm: Path) -> None:
    policy = farm / "policies/default.yaml"
    policy.write_text(policy.read_text().replace("require_signature: true", "first_articles: 3"))
    (farm / FOLDER / SIGNED).unlink()
    assert errors(farm) == []


def test_a_promotion_of_an_unsigned_version_is_not_committed(farm: Path) -> None:
    new_version(farm, "--unsigned")
    document = farm / FOLDER / "profile.yaml"
    document.write_text(document.read_text().replace("{version: 1.0.0}", "{version: 1.1.0}"))
    before = git(farm, "rev-parse", "HEAD")
    done = type_in(farm, "commit", "-m", "promoted")
    assert done.code == 3
    assert "channel `production` points to 1.1.0, which is not signed" in done.out
    assert git(farm, "rev-parse", "HEAD") == before


def forge_key(farm: Path, key: Path) -> None:
    signed(farm / FOLDER / "1.0.0.ini", make_key(farm.parent / "keys/eve"))


def forge_settings(farm: Path, key: Path) -> None:
    released = Released(NAME, "1.0.0", digest_of(b"other settings\n"))
    (farm / FOLDER / SIGNED).write_bytes(signer().sign(released.statement, key))


def forge_namespace(farm: Path, key: Path) -> None:
    raw = (farm / FOLDER / "1.0.0.ini").read_bytes()
    statement = Released(NAME, "1.0.0", digest_of(raw)).statement
    other = replace(signer(), namespace="git").sign(statement, key)
    (farm / FOLDER / SIGNED).write_bytes(other)


def forge_profile(farm: Path, key: Path) -> None:
    shutil.copy(farm / f"profiles/petg-0.4-standard/{SIGNED}", farm / FOLDER / SIGNED)


def forge_version(farm: Path, key: Path) -> None:
    """A second version, with the first one's signature."""
    raw = (farm / FOLDER / "1.0.0.ini").read_bytes() + b"wipe = 0\n"
    (farm / FOLDER / "1.1.0.ini").write_bytes(raw)
    shutil.copy(farm / FOLDER / SIGNED, farm / FOLDER / "1.1.0.ini.sig")
    document = farm / FOLDER / "profile.yaml"
    line = f'  1.1.0: {{sha256: "{hexdigits(digest_of(raw))}", state: released}}\nchannels'
    document.write_text(document.read_text().replace("channels", line))


def remove_signer(farm: Path, key: Path) -> None:
    other = make_key(farm.parent / "keys/bob")
    (farm / "allowed_signers").write_text(allowed_line("bob", other, NAMESPACE))


def break_file(farm: Path, key: Path) -> None:
    (farm / FOLDER / SIGNED).write_bytes(b"\xff rubbish")


@pytest.mark.parametrize(
    ("forge", "code", "version"),
    [
        (forge_key, "signature-unknown-key", "1.0.0"),
        (forge_settings, "signature-wrong", "1.0.0"),
        (forge_namespace, "signature-other-namespace", "1.0.0"),
        (forge_profile, "signature-wrong", "1.0.0"),
        (forge_version, "signature-other-version", "1.1.0"),
        (remove_signer, "signature-unknown-key", "1.0.0"),
        (break_file, "signature-broken", "1.0.0"),
    ],
)
def test_a_signature_that_does_not_count_is_named(
    farm: Path, key: Path, forge: object, code: str, version: str
) -> None:
    assert callable(forge)
    forge(farm, key)
    assert f"{FOLDER}/{version}.ini.sig {code}" in errors(farm)
    assert type_in(farm, "validate").code == 3
    if version == "1.0.0":
        assert verdict(farm) == code
        assert f"{NAME}@1.0.0 does not count as signed" in need(farm)


def test_where_nothing_can_be_verified_nothing_is_made(
    farm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "git").symlink_to(shutil.which("git") or "git")
    with (farm / "allowed_signers").open("a") as file:
        file.write("# nobody asked with these bytes before\n")
    commit_all(farm)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tools))
        assert verdict(farm) == "signature-not-checked"
        found = codes(farm)
        assert found[f"{FOLDER}/{SIGNED} signature-not-checked"] == "error"
        state = turn_until(farm, lambda state: bool(state.attentions or state.plans))
    (told,) = state.attentions.values()
    assert "ssh-keygen is not installed" in told.evidence


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nope"], 1, "there is no profile `nope`"),
        ([f"{NAME}@"], 2, "names no version"),
        ([f"{NAME}@9.9.9"], 1, f"there is no profile version `{NAME}@9.9.9`"),
        (["--rev", "nope"], 1, "names no commit"),
    ],
)
def test_what_is_not_there_is_named(farm: Path, words: list[str], code: int, said: str) -> None:
    done = type_in(farm, "profile", "verify", *words)
    assert (done.code, said in done.err) == (code, True), done.err
