"""What an ssh signature says of itself: by which key it was made, and for what.

That it says so proves nothing; it tells people why one does not count.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct

from msgspec import Struct

from farmctl.errors import FarmctlError

LIMIT_B = 64 * 1024
_ARMOUR = re.compile(
    rb"\s*-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+?)-----END SSH SIGNATURE-----\s*"
)
_MAGIC = b"SSHSIG"
_VERSION = 1


class NoSignature(FarmctlError):  # noqa: N818 - reads as what it says
    """A file is no ssh signature."""


class SignatureFile(Struct, frozen=True):
    """What a signature says.

    Args:
        key: The key's fingerprint, as `ssh-keygen -l` shows it.
        public: The public key, as `allowed_signers` holds it: `ssh-ed25519 AAAA…`.
        namespace: What it is for.
    """

    key: str
    public: str
    namespace: str


def read_signature(raw: bytes) -> SignatureFile:
    """Return what a signature says of itself. Raises NoSignature."""
    found = _ARMOUR.fullmatch(raw) if len(raw) <= LIMIT_B else None
    try:
        blob = base64.b64decode(b"".join(found[1].split()), validate=True) if found else b""
        return _read(blob)
    except (binascii.Error, struct.error, UnicodeDecodeError, ValueError) as error:
        raise NoSignature("it is no ssh signature", "sign the version again") from error


def _read(blob: bytes) -> SignatureFile:
    start = len(_MAGIC) + 4
    if blob[:start] != _MAGIC + _VERSION.to_bytes(4, "big"):
        raise ValueError
    public, rest = _string(blob[start:])
    namespace, _ = _string(rest)
    algorithm, _ = _string(public)
    encoded = base64.b64encode(public).decode()
    return SignatureFile(fingerprint(public), f"{algorithm.decode()} {encoded}", namespace.decode())


def fingerprint(public: bytes) -> str:
    """Return a public key's fingerprint: `SHA256:…`."""
    digest = base64.b64encode(hashlib.sha256(public).digest()).decode()
    return f"SHA256:{digest.rstrip('=')}"


def _string(blob: bytes) -> tuple[bytes, bytes]:
    (length,) = struct.unpack_from(">I", blob)
    if len(blob) < 4 + length:
        raise ValueError
    return blob[4 : 4 + length], blob[4 + length :]
