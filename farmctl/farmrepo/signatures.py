"""Who signed a released version: `<version>.ini.sig` beside its settings, and whether it counts.

Verified with `ssh-keygen -Y verify` against `allowed_signers` of the same files. What is found is
kept for the process by the bytes it was found of.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from farmctl.farmrepo.files import SUBMODULE, SYMLINK, Files
from farmctl.farmrepo.sshsig import (
    ALLOWED_SIGNERS,
    NoSshKeygen,
    NotVerified,
    Signer,
    lines_for,
)
from farmctl.farmrepo.sshsig_file import NoSignature, SignatureFile, read_signature
from farmctl.model.released import NAMESPACE, Released
from farmctl.system.disk import RealDisk
from farmctl.system.processes import RealProcesses

NOT_CHECKED = "signature-not-checked"


class Signed(Struct, frozen=True):
    """Somebody who may sign did: the name in `allowed_signers`, and the key's fingerprint."""

    by: str
    key: str


class Unsigned(Struct, frozen=True):
    """There is no signature."""


class Discounted(Struct, frozen=True):
    """There is a signature, and it does not count.

    Args:
        code: Of the diagnostic.
        why: What is wrong with it.
        mend: What to do.
        key: The fingerprint that it names; empty where it names none.
    """

    code: str
    why: str
    mend: str
    key: str = ""


SignedBy = Signed | Unsigned | Discounted


def signer() -> Signer:
    """Return what signs and verifies releases."""
    return Signer(NAMESPACE, RealProcesses(), RealDisk())


def signature_path(of: Released) -> str:
    """Return where the signature of a version lies."""
    return f"profiles/{of.name}/{of.version}.ini.sig"


def allowed_in(files: Files) -> bytes | None:
    """Return who may sign by these files; None where they do not say."""
    return _plain(files, ALLOWED_SIGNERS)


def who_signed(files: Files, of: Released, others: Iterable[Released] = ()) -> SignedBy:
    """Return who signed a version.

    Args:
        files: The farm's.
        of: The version.
        others: The profile's other versions: whose signature it may be instead.
    """
    path = signature_path(of)
    if path not in files.entries:
        return Unsigned()
    raw = _plain(files, path)
    try:
        said = read_signature(raw or b"")
    except NoSignature as error:
        return Discounted("signature-broken", error.message, error.mend)
    if said.namespace != NAMESPACE:
        why = f"it is a signature for `{said.namespace}`, not for `{NAMESPACE}`"
        return Discounted("signature-other-namespace", why, _AGAIN, said.key)
    return _judged(of, raw or b"", said, allowed_in(files), others)


_AGAIN = "remove the file, and release the settings as a new version"


def _judged(
    of: Released,
    raw: bytes,
    said: SignatureFile,
    allowed: bytes | None,
    others: Iterable[Released],
) -> Signed | Discounted:
    if allowed is None:
        why = f"there is no {ALLOWED_SIGNERS} that says who may sign"
        return Discounted("signature-unknown-key", why, mend_key(said), said.key)
    try:
        return Signed(_verified(of.statement, raw, allowed), said.key)
    except NoSshKeygen as error:
        return Discounted(NOT_CHECKED, error.message, error.mend, said.key)
    except NotVerified:
        pass
    if not is_known_key(said, allowed):
        why = f"the key {said.key} may not sign profiles"
        return Discounted("signature-unknown-key", why, mend_key(said), said.key)
    for other in others:
        if other != of and _counts(other.statement, raw, allowed):
            why = f"it is the signature of {other.pin}"
            return Discounted("signature-other-version", why, _AGAIN, said.key)
    why = "it is no signature of this version with these settings"
    if any("valid-" in each for each in _lines_of(said, allowed)):
        why = f"{why}, or made with a key whose dates in {ALLOWED_SIGNERS} are over"
    return Discounted("signature-wrong", why, _AGAIN, said.key)


def is_known_key(said: SignatureFile, allowed: bytes) -> bool:
    """Return whether a key stands in `allowed_signers` as one that may sign profiles."""
    return bool(_lines_of(said, allowed))


def _lines_of(said: SignatureFile, allowed: bytes) -> list[str]:
    encoded = said.public.partition(" ")[2]
    lines = lines_for(allowed, NAMESPACE).decode("utf-8", "replace").splitlines()
    return [each for each in lines if encoded in each.split() and not each.startswith("#")]


def mend_key(said: SignatureFile) -> str:
    """Return the line that lets a key sign."""
    return (
        f"if you know whose it is, add to {ALLOWED_SIGNERS}: "
        f'NAME namespaces="{NAMESPACE}" {said.public}'
    )


def _counts(statement: bytes, raw: bytes, allowed: bytes) -> bool:
    try:
        _verified(statement, raw, allowed)
    except NotVerified:
        return False
    return True


@lru_cache(maxsize=4096)
def _verified(statement: bytes, raw: bytes, allowed: bytes) -> str:
    return signer().who_signed(statement, raw, allowed)


def _plain(files: Files, path: str) -> bytes | None:
    """Return the bytes of a plain file, or None: a link is not followed."""
    entry = files.entries.get(path)
    if entry is None or entry.mode in (SYMLINK, SUBMODULE):
        return None
    return files.read(path)
