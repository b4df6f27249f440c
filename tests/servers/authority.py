"""Who signs certificates of test machines, as their maker does: for a serial number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


class Pair(NamedTuple):
    """The files of a certificate and of its key, both PEM."""

    certificate: Path
    key: Path


class Authority:
    """A maker with a key of its own.

    Args:
        folder: Where certificates and keys are written.
    """

    def __init__(self, folder: Path, name: str = "Test Maker") -> None:
        self._folder = folder
        self._name = _named(name)
        self._key = _new_key()
        self._own = (
            _unsigned(self._name, self._name, self._key, datetime.now(UTC))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        """Return its own certificate."""
        return self._own.public_bytes(serialization.Encoding.PEM).decode()

    def issue(self, serial: str, *, expired: bool = False) -> Pair:
        """Return a certificate for a serial number, without an alternative name."""
        key = _new_key()
        now = datetime.now(UTC) - (30 * _DAY if expired else timedelta())
        unsigned = _unsigned(_named(serial), self._name, key, now)
        signed = unsigned.sign(self._key, hashes.SHA256())
        name = f"{serial}-{signed.serial_number:x}"
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        pair.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        pair.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return pair


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 7 * _DAY)
    )
