"""HTTP digest (RFC 7616): what proves that a password is known. Pure."""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_HASHES = {"MD5": "md5", "SHA-256": "sha256"}


class Login(Struct, frozen=True):
    """A user and a password; never shown.

    Args:
        user: The user.
        password: The password.
    """

    user: str
    password: str

    def __repr__(self) -> str:
        return "***"


class Challenge(Struct, frozen=True):
    """What a server asks to be proved.

    Args:
        realm: What the password is for.
        nonce: The server's random text.
        opaque: What it wants back unchanged.
        algorithm: `MD5` or `SHA-256`, with or without `-sess`.
        has_qop: Whether it counts nonces.
    """

    realm: str
    nonce: str
    opaque: str
    algorithm: str
    has_qop: bool


def challenge_in(header: str) -> Challenge | None:
    """Return what a `WWW-Authenticate` header asks for; None when that is no digest known here."""
    if not header.lower().startswith("digest "):
        return None
    said = {name.lower(): quoted or bare for name, quoted, bare in _FIELD.findall(header)}
    algorithm = said.get("algorithm", "MD5")
    if "nonce" not in said or algorithm.removesuffix("-sess") not in _HASHES:
        return None
    return Challenge(
        realm=said.get("realm", ""),
        nonce=said["nonce"],
        opaque=said.get("opaque", ""),
        algorithm=algorithm,
        has_qop="auth" in said.get("qop", "").split(","),
    )


def authorization(login: Login, asked: Challenge, method: str, path: str, cnonce: str) -> str:
    """Return the `Authorization` header of one request.

    Args:
        login: Who asks.
        asked: What the server wants proved.
        method: Of HTTP.
        path: With the query, as it is sent.
        cnonce: A random text of ours.
    """

    def hashed(*parts: str) -> str:
        name = _HASHES[asked.algorithm.removesuffix("-sess")]
        return hashlib.new(name, ":".join(parts).encode(), usedforsecurity=False).hexdigest()

    secret = hashed(login.user, asked.realm, login.password)
    if asked.algorithm.endswith("-sess"):
        secret = hashed(secret, asked.nonce, cnonce)
    counted = ("00000001", cnonce, "auth") if asked.has_qop else ()
    fields = {
        "username": login.user,
        "realm": asked.realm,
        "nonce": asked.nonce,
        "uri": path,
        "response": hashed(secret, asked.nonce, *counted, hashed(method, path)),
        "opaque": asked.opaque,
    }
    quoted = [f'{name}="{value}"' for name, value in fields.items()]
    said = [*quoted, f"algorithm={asked.algorithm}"]
    if counted:
        said += [f"nc={counted[0]}", f'cnonce="{cnonce}"', "qop=auth"]
    return "Digest " + ", ".join(said)
