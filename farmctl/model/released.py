"""A released version of a profile or class, and the statement that a signature of it is of."""

from __future__ import annotations

from msgspec import Struct

from farmctl.model import canonical
from farmctl.model.digest import Digest, hexdigits

NAMESPACE = "farmctl-profile@v1"
"""What releases are signed for: no signature of anything else counts as one."""


class Released(Struct, frozen=True):
    """One version as it was released.

    Args:
        name: The profile, `petg-0.4-standard`; a class with its folder, `classes/voron-350`.
        version: `1.9.0`.
        settings: Digest of `<version>.ini`.
    """

    name: str
    version: str
    settings: Digest

    @property
    def pin(self) -> str:
        """Return `petg-0.4-standard@1.9.0`."""
        return f"{self.name}@{self.version}"

    @property
    def statement(self) -> bytes:
        """Return the bytes that are signed: one line of canonical JSON."""
        said = {
            "name": self.name,
            "sha256": hexdigits(self.settings),
            "version": self.version,
        }
        return canonical.encode(said) + b"\n"
