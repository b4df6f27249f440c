"""Signatures of released versions: whose they are, and why one does not count."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.farmrepo.files import REGULAR, SYMLINK, Entry, blob_id
from farmctl.farmrepo.signatures import (
    NOT_CHECKED,
    Discounted,
    Signed,
    Unsigned,
    signature_path,
    signer,
    who_signed,
)
from farmctl.farmrepo.sshsig_file import read_signature
from farmctl.model.digest import digest_of
from farmctl.model.released import NAMESPACE, Released
from tests.farmrepo.ssh_keys import allowed_line, make_key

SETTINGS = digest_of(b"temperature = 235\n")
NEW = Released("petg", "1.9.0", SETTINGS)
OLD = Released("petg", "1.8.2", digest_of(b"temperature = 240\n"))


@dataclass
class Lying:
    """Files that lie in memory."""

    raws: Mapping[str, bytes]
    links: frozenset[str] = field(default_factory=frozenset)

    @property
    def entries(self) -> Mapping[str, Entry]:
        return {
            path: Entry(SYMLINK if path in self.links else REGULAR, blob_id(raw))
            for path, raw in self.raws.items()
        }

    def read(self, path: str) -> bytes:
        assert path not in self.links, "a link is not followed"
        return self.raws[path]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return make_key(tmp_path / "priya")


def signed(key: Path, of: Released = NEW) -> bytes:
    return signer().sign(of.statement, key)


def lying(signature: bytes | None, *allowed: str) -> Lying:
    raws = {"allowed_signers": "".join(allowed).encode()} if allowed else {}
    return Lying(raws if signature is None else {**raws, signature_path(NEW): signature})


def may(key: Path, name: str = "priya", namespace: str = NAMESPACE) -> str:
    return allowed_line(name, key, namespace)


def why_not(files: Lying) -> tuple[str, str]:
    found = who_signed(files, NEW, [OLD, NEW])
    assert isinstance(found, Discounted)
    return found.code, found.why


def test_the_statement_is_one_line_that_anybody_can_write_again() -> None:
    sha256 = SETTINGS.removeprefix("sha256:")
    line = f'{{"name":"petg","sha256":"{sha256}","version":"1.9.0"}}\n'
    assert NEW.statement == line.encode()


def test_who_signed_is_named_with_the_key(key: Path) -> None:
    shown = subprocess.run(
        ["ssh-keygen", "-lf", f"{key}.pub"], check=True, capture_output=True, text=True
    )
    fingerprint = shown.stdout.split()[1]
    assert who_signed(lying(signed(key), may(key)), NEW) == Signed("priya", fingerprint)


def test_no_file_is_no_signature(key: Path) -> None:
    assert who_signed(lying(None, may(key)), NEW) == Unsigned()


def test_a_key_with_a_line_for_something_else_still_signs_by_its_own(key: Path) -> None:
    files = lying(signed(key), may(key, "garage", "farmctl-ledger@v1"), may(key))
    found = who_signed(files, NEW)
    assert isinstance(found, Signed)
    assert found.by == "priya"


def test_a_key_that_nobody_listed_is_named_with_the_line_that_lets_it_sign(
    key: Path, tmp_path: Path
) -> None:
    eve = make_key(tmp_path / "eve")
    found = who_signed(lying(signed(eve), may(key)), NEW)
    assert isinstance(found, Discounted)
    assert found.code == "signature-unknown-key"
    assert eve.with_suffix(".pub").read_text().split()[1] in found.mend
    assert found.key in found.why


def test_a_signer_that_was_taken_off_the_list_does_not_count(key: Path, tmp_path: Path) -> None:
    signature, other = signed(key), make_key(tmp_path / "bob")
    assert isinstance(who_signed(lying(signature, may(key), may(other)), NEW), Signed)
    assert why_not(lying(signature, may(other)))[0] == "signature-unknown-key"
    assert why_not(lying(signature))[0] == "signature-unknown-key"
    commented = f"# {may(key)}"
    assert why_not(lying(signature, may(other), commented))[0] == "signature-unknown-key"


def test_a_key_that_may_sign_the_ledger_alone_does_not_count(key: Path) -> None:
    files = lying(signed(key), may(key, namespace="farmctl-ledger@v1"))
    assert why_not(files)[0] == "signature-unknown-key"


def test_a_key_whose_time_is_over_is_told(key: Path) -> None:
    line = may(key).replace(" namespaces", ' valid-before="20200101",namespaces')
    code, why = why_not(lying(signed(key), line))
    assert code == "signature-wrong"
    assert "whose dates in allowed_signers are over" in why


def test_a_signature_from_another_namespace_is_told(key: Path) -> None:
    other = replace(signer(), namespace="git").sign(NEW.statement, key)
    code, why = why_not(lying(other, may(key, namespace="*")))
    assert code == "signature-other-namespace"
    assert "`git`" in why


def test_another_namespace_that_is_written_over_is_no_signature(key: Path) -> None:
    other = replace(signer(), namespace="farmctl-profile@v2").sign(NEW.statement, key)
    assert read_signature(other).namespace == "farmctl-profile@v2"
    forged = rewritten(other, b"farmctl-profile@v2", NAMESPACE.encode())
    assert why_not(lying(forged, may(key)))[0] == "signature-wrong"


def opened(signature: bytes) -> bytes:
    """Return what is in a signature's armour."""
    return base64.b64decode("".join(signature.decode().splitlines()[1:-1]))


def armoured(blob: bytes) -> bytes:
    """Return a signature's bytes in their armour."""
    first, last = ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----")
    return f"{first}\n{base64.b64encode(blob).decode()}\n{last}\n".encode()


def rewritten(signature: bytes, old: bytes, new: bytes) -> bytes:
    """Return a signature with other bytes of the same length inside."""
    return armoured(opened(signature).replace(old, new))


def test_the_signature_of_another_version_is_named(key: Path) -> None:
    found = why_not(lying(signed(key, OLD), may(key)))
    assert found == ("signature-other-version", "it is the signature of petg@1.8.2")


def test_other_settings_than_those_that_were_signed_are_told(key: Path) -> None:
    other = replace(NEW, settings=digest_of(b"temperature = 300\n"))
    assert why_not(lying(signed(key, other), may(key)))[0] == "signature-wrong"


@pytest.mark.parametrize("place", [0, 9, 40, 70, 90, 120, -70, -1])
def test_a_changed_bit_of_a_signature_counts_for_nothing(key: Path, place: int) -> None:
    blob = bytearray(opened(signed(key)))
    blob[place] ^= 1
    found = who_signed(lying(armoured(bytes(blob)), may(key)), NEW)
    assert isinstance(found, Discounted)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"rubbish",
        b"\xff\xfe\x00",
        b"-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n",
        b"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n",
        b"-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQAAAP8=\n-----END SSH SIGNATURE-----\n",
        b"-----BEGIN SSH SIGNATURE-----\n*\n-----END SSH SIGNATURE-----\n",
        b"-----BEGIN SSH SIGNATURE-----\n" + b"A" * 100_000 + b"\n-----END SSH SIGNATURE-----\n",
    ],
)
def test_what_is_no_signature_is_told(key: Path, raw: bytes) -> None:
    assert why_not(lying(raw, may(key)))[0] == "signature-broken"


def test_a_link_in_the_place_of_a_signature_is_not_followed(key: Path) -> None:
    files = lying(b"/etc/passwd", may(key))
    files.links = frozenset({signature_path(NEW)})
    assert why_not(files)[0] == "signature-broken"


def test_a_link_in_the_place_of_the_signers_is_not_followed(key: Path) -> None:
    files = lying(signed(key), may(key))
    files.links = frozenset({"allowed_signers"})
    assert why_not(files)[0] == "signature-unknown-key"


def test_without_ssh_keygen_nothing_is_claimed(
    key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = lying(signed(key), may(key, "without"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert why_not(files) == (NOT_CHECKED, "ssh-keygen is not installed")
