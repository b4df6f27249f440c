"""The artifact store: a folder of files that are named by what is in them.

`sha256:abcd…` lies at `ab/cd…`. A file is there whole or not at all, is never changed, and its
bytes are compared with its name each time it is read: a bad disk is a message, not a bad print.
"""

from __future__ import annotations

from pathlib import Path

from farmctl.errors import FarmctlError
from farmctl.model.digest import Digest, digest_of, hexdigits
from farmctl.system.disk import Disk


class MissingArtifact(FarmctlError):  # noqa: N818 - reads as what it says
    """The store has no such bytes."""


class DamagedArtifact(FarmctlError):  # noqa: N818 - reads as what it says
    """The bytes in a file are not those its name promises."""


class ArtifactStore:
    """Bytes by digest under one folder.

    Args:
        root: The folder; it is made when the first artifact is put.
        disk: Where files live.
    """

    def __init__(self, root: Path, disk: Disk) -> None:
        self._root = root
        self._disk = disk

    def put(self, raw: bytes) -> Digest:
        """Keep the bytes, durably, and return their name.

        Putting what is already there writes nothing; putting what is there but damaged mends it.
        """
        digest = digest_of(raw)
        if not self._is_intact(digest, len(raw)):
            self._disk.replace(self._place(digest), raw)
        return digest

    def get(self, digest: Digest) -> bytes:
        """Return the bytes. Raises MissingArtifact, DamagedArtifact."""
        place = self._place(digest)
        try:
            raw = self._disk.read(place)
        except (FileNotFoundError, NotADirectoryError):
            raise MissingArtifact(
                f"artifact {digest} is not in {self._root}",
                "give farmctl the file it was made from again, or copy it from a backup",
            ) from None
        if digest_of(raw) != digest:
            raise DamagedArtifact(
                f"{place} is damaged: its bytes are not those of {digest}",
                "delete the file and make it again, or copy it from a backup; check the disk",
            )
        return raw

    def has(self, digest: Digest) -> bool:
        """Say whether there is a file of that name; its bytes are checked when they are read."""
        return self._disk.has(self._place(digest))

    def path(self, digest: Digest) -> Path:
        """Return the file, verified now, to hand to a program that reads it.

        Raises MissingArtifact, DamagedArtifact.
        """
        self.get(digest)
        return self._place(digest)

    def _is_intact(self, digest: Digest, size_b: int) -> bool:
        place = self._place(digest)
        found = self._disk.stat(place)
        if found is None or found.size != size_b:
            return False
        return digest_of(self._disk.read(place)) == digest

    def _place(self, digest: Digest) -> Path:
        digits = hexdigits(digest)
        return self._root / digits[:2] / digits[2:]
