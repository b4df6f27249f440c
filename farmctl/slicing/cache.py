"""Slices by their key: a hit starts no slicer and loads no mesh.

The index only points into the artifact store, so it can be thrown away at any time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from farmctl.artifacts.store import ArtifactStore
from farmctl.model.codec import Undecodable, decode, encode
from farmctl.model.digest import Digest, hexdigits
from farmctl.slicing.record import SliceRecord
from farmctl.system.disk import Disk

if TYPE_CHECKING:  # a hit by its key alone needs none of the geometry behind it
    from farmctl.slicing.request import PlateRequest


class SliceCache:
    """Remembers the record of each slice.

    Args:
        folder: Where the index lies, a small file for each slice.
        disk: Reads and writes it.
        store: Where the artifacts are.
    """

    def __init__(self, folder: Path, disk: Disk, store: ArtifactStore) -> None:
        self._folder = folder
        self._disk = disk
        self._store = store

    def get(self, key: Digest) -> SliceRecord | None:
        """Return the slice, or None when it has to be made: unknown, damaged, bytes gone."""
        try:
            record = decode(SliceRecord, json.loads(self._disk.read(self.place(key))))
        except (FileNotFoundError, NotADirectoryError, ValueError, Undecodable):
            return None
        whole = all(map(self._store.has, (record.gcode, record.plate, record.settings)))
        return record if whole and record.key == key else None

    def known(self, request: PlateRequest) -> SliceRecord | None:
        """Return the slice of a plate if it was checked for the same bed, height and heat."""
        record = self.get(request.key)
        return record if record and record.checked_for == request.checked_for else None

    def put(self, record: SliceRecord) -> None:
        """Remember a slice whose artifacts are in the store."""
        text = json.dumps(encode(record), sort_keys=True, separators=(",", ":"))
        self._disk.replace(self.place(record.key), text.encode(), durable=False)

    def place(self, key: Digest) -> Path:
        """Return the file of a slice, whether it is there or not."""
        return self._folder / f"{hexdigits(key)}.json"
