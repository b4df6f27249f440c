"""Signatures by ssh keys: of these bytes, for this namespace, by somebody who may."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.farmrepo.sshsig import NotSigned, NotVerified, Signer
from farmctl.model.checkpoint import NAMESPACE
from farmctl.system.disk import RealDisk
from farmctl.system.processes import RealProcesses
from tests.farmrepo.ssh_keys import allowed_line, make_key

SIGNER = Signer(NAMESPACE, RealProcesses(), RealDisk())
TEXT = b'{"seq":7}\n'


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return make_key(tmp_path / "ada")


def test_who_may_sign_is_named(key: Path, tmp_path: Path) -> None:
    other = make_key(tmp_path / "bob")
    allowed = (allowed_line("ada@pi", key) + allowed_line("bob", other)).encode()
    assert SIGNER.who_signed(TEXT, SIGNER.sign(TEXT, key), allowed) == "ada@pi"
    assert SIGNER.who_signed(TEXT, SIGNER.sign(TEXT, other), allowed) == "bob"


def test_the_key_and_its_folder_are_left_as_they_were(key: Path, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    SIGNER.sign(TEXT, key)
    assert sorted(path.name for path in tmp_path.iterdir()) == before == ["ada", "ada.pub"]


@pytest.mark.parametrize("place", [0, 4, len(TEXT) - 1])
def test_a_changed_bit_of_the_document_is_found(key: Path, place: int) -> None:
    signature, allowed = SIGNER.sign(TEXT, key), allowed_line("ada", key).encode()
    changed = TEXT[:place] + bytes([TEXT[place] ^ 1]) + TEXT[place + 1 :]
    with pytest.raises(NotVerified, match="its signature is not right"):
        SIGNER.who_signed(changed, signature, allowed)


def test_a_changed_signature_is_found(key: Path) -> None:
    signature, allowed = SIGNER.sign(TEXT, key), allowed_line("ada", key).encode()
    middle = len(signature) - 60
    changed = signature[:middle] + bytes([signature[middle] ^ 1]) + signature[middle + 1 :]
    with pytest.raises(NotVerified):
        SIGNER.who_signed(TEXT, changed, allowed)
    with pytest.raises(NotVerified):
        SIGNER.who_signed(TEXT, b"rubbish", allowed)


def test_a_stranger_may_not_sign(key: Path, tmp_path: Path) -> None:
    stranger = make_key(tmp_path / "eve")
    signature, allowed = SIGNER.sign(TEXT, stranger), allowed_line("ada", key).encode()
    with pytest.raises(NotVerified, match="by nobody who may sign") as caught:
        SIGNER.who_signed(TEXT, signature, allowed)
    assert "allowed_signers" in caught.value.mend
    with pytest.raises(NotVerified, match="by nobody who may sign"):
        SIGNER.who_signed(TEXT, signature, b"")


def test_a_signature_for_something_else_does_not_count(key: Path) -> None:
    other = replace(SIGNER, namespace="farmctl-profile@v1")
    signature = other.sign(TEXT, key)
    everything = allowed_line("ada", key, "*").encode()
    assert other.who_signed(TEXT, signature, everything) == "ada"
    with pytest.raises(NotVerified, match="its signature is not right"):
        SIGNER.who_signed(TEXT, signature, everything)


def test_a_key_that_may_sign_something_else_alone_does_not_count(key: Path) -> None:
    signature = SIGNER.sign(TEXT, key)
    with pytest.raises(NotVerified):
        SIGNER.who_signed(TEXT, signature, allowed_line("ada", key, "farmctl-profile@v1").encode())


def test_a_missing_key_and_one_with_a_passphrase_do_not_sign(tmp_path: Path) -> None:
    with pytest.raises(NotSigned, match="there is no key at"):
        SIGNER.sign(TEXT, tmp_path / "none")
    locked = make_key(tmp_path / "locked", passphrase="secret")
    with pytest.raises(NotSigned, match="does not sign") as caught:
        SIGNER.sign(TEXT, locked)
    assert "without a passphrase" in caught.value.mend


def test_without_ssh_keygen_it_says_so(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signature = SIGNER.sign(TEXT, key)
    monkeypatch.setenv("PATH", str(key.parent))
    with pytest.raises(NotSigned, match="ssh-keygen is not installed"):
        SIGNER.sign(TEXT, key)
    with pytest.raises(NotVerified):
        SIGNER.who_signed(TEXT, signature, allowed_line("ada", key).encode())
