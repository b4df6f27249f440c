"""Whether what answers is the machine: its certificate names its serial number, and is pinned.

A Bambu's certificate is signed by its maker, for the serial number. Everything is checked by
OpenSSL: signature or pin, dates, and the name, for which the serial number is sent as the host
that is asked for. A pin may be the maker's certificate, or the digest of the machine's own, which
is then the only one that is trusted.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

from msgspec import Struct

_CONNECT_S = 4.0
_DIGEST = "sha256:"
_ANOTHER_NAME = 62  # X509_V_ERR_HOSTNAME_MISMATCH
_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED


class Strange(ssl.SSLError):
    """What answers shows a certificate that is not the machine's."""


class Trust(Struct, frozen=True):
    """Whose certificate is trusted.

    Args:
        serial: What it must name; None takes any name.
        pin: `sha256:…` of the machine's own, or the PEM of it or of who signs it; None, for a
            machine that nobody knows yet, trusts what it shows.
    """

    serial: str | None = None
    pin: str | None = None


def context_for(trust: Trust, shown: Callable[[], bytes]) -> ssl.SSLContext:
    """Return what connections to a machine are made with.

    Args:
        trust: Whose certificate is trusted.
        shown: Returns the certificate that the machine shows, as DER.

    Raises Strange for a certificate with another digest than the pinned one, and for a pin that is
    none; OSError when nobody answers.
    """
    context = _Named(ssl.PROTOCOL_TLS_CLIENT)
    context.serial = trust.serial
    context.check_hostname = trust.serial is not None
    # Above 1.2 some file servers cut off the end of an upload, and say that all is well.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    # One that is pinned need not be signed by anybody.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=_anchor(trust.pin, shown))
    except ssl.SSLError as error:
        if isinstance(error, Strange):
            raise
        raise Strange("the pinned certificate is none that can be read") from error
    return context


def certificate_at(host: str, port: int) -> bytes:
    """Return the certificate that is shown there, as DER, without trusting it. Raises OSError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((host, port), _CONNECT_S) as line,
        context.wrap_socket(line) as secure,
    ):
        return secure.getpeercert(binary_form=True) or b""


def digest_of(certificate: bytes) -> str:
    """Return what pins a certificate: `sha256:` and 64 hex digits."""
    return _DIGEST + hashlib.sha256(certificate).hexdigest()


def serial_of(connection: object) -> str:
    """Return what the certificate of a verified connection names; empty when nothing."""
    certificate: Any = connection.getpeercert() if isinstance(connection, ssl.SSLSocket) else None
    for part in (certificate or {}).get("subject", ()):
        for key, value in part:
            if key == "commonName":
                return str(value)
    return ""


def why_not(error: ssl.SSLError, trust: Trust) -> tuple[str, str]:
    """Return what is wrong with a certificate, and what to do about it."""
    again = "add the printer again with `farmctl printer add`"
    if isinstance(error, Strange):
        return str(error.args[0]), f"if the machine is the same, {again}"
    match getattr(error, "verify_code", 0):
        case 0:
            return f"no TLS that farmctl speaks: {error.reason or error}", "is it a Bambu?"
        case code if code == _ANOTHER_NAME:
            message = f"its certificate is another machine's, not {trust.serial}'s"
            return message, f"is the address right? If the machine was replaced, {again}"
        case code if code == _EXPIRED:
            return "its certificate has expired", f"are both clocks right? After an update, {again}"
    said = str(getattr(error, "verify_message", error))
    message = f"its certificate is not signed by who is pinned: {said}"
    return message, f"is the address right? If the machine is the same, {again}"


class _Named(ssl.SSLContext):
    """Asks for the serial number, whatever address leads to the machine."""

    serial: str | None = None

    def wrap_socket(
        self,
        sock: socket.socket,
        *_: object,
        session: ssl.SSLSession | None = None,
        **_said: object,
    ) -> ssl.SSLSocket:
        """Begin TLS: whatever the caller says of the host, and when to shake hands.

        That is done at once: then one that fails leaves no open connection behind.
        """
        return super().wrap_socket(sock, server_hostname=self.serial, session=session)


def _anchor(pin: str | None, shown: Callable[[], bytes]) -> str:
    """Return the PEM of what is trusted."""
    if pin is not None and not pin.startswith(_DIGEST):
        return pin
    certificate = shown()
    if pin not in (None, digest_of(certificate)):
        raise Strange(f"its certificate is not the pinned one, but {digest_of(certificate)}")
    return ssl.DER_cert_to_PEM_cert(certificate)
