"""What was read of files before, by the id of their bytes: the same bytes are not parsed again.

Only values of faultless documents are kept, and they are validated again when they are used. A
cache that is damaged, of another version or missing is an empty one.
"""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from farmctl.farmrepo.load import validate
from farmctl.farmrepo.yaml import Value
from farmctl.model.digest import Digest, digest_of
from farmctl.model.documents.common import Document
from farmctl.system.disk import Disk

D = TypeVar("D", bound=Document)

_FIRST_LINE = "farmctl documents 1 "
LIMIT = 5_000
_NAME = "documents.cache"


class DocumentCache:
    """Documents and digests by blob id, in memory, and on disk from `open_cache` to `save`."""

    def __init__(self) -> None:
        self._documents: dict[tuple[type[Document], str], Document] = {}
        self._values: dict[str, Value] = {}
        self._digests: dict[str, str] = {}
        self._before: dict[str, dict[str, Any]] = {"values": {}, "digests": {}}
        self._is_new = False

    def document(self, model: type[D], blob: str) -> D | None:
        """Return the document that a blob is known to be, or None when that must be read."""
        known = self._documents.get((model, blob))
        if known is not None:
            return cast("D", known)
        value = self._values.get(blob, self._before["values"].get(blob))
        if value is None:
            return None
        try:
            document = validate(model, value)
        except ValidationError:
            return None
        self._keep(document, blob, value)
        return document

    def remember(self, document: Document, blob: str, value: Value) -> None:
        """Keep a faultless document."""
        self._keep(document, blob, value)
        self._is_new = True

    def _keep(self, document: Document, blob: str, value: Value) -> None:
        self._documents[type(document), blob] = document
        self._values[blob] = value

    def digest(self, blob: str) -> Digest | None:
        """Return the digest of a blob's bytes, or None when they must be read."""
        known = self._digests.get(blob) or self._before["digests"].get(blob)
        if known is None:
            return None
        self._digests[blob] = known
        return Digest(known)

    def remember_digest(self, blob: str, digest: Digest) -> None:
        """Keep the digest of a blob's bytes."""
        self._digests[blob] = digest
        self._is_new = True

    def load(self, disk: Disk, folder: Path) -> None:
        """Take in what an earlier process kept."""
        try:
            first, _, rest = disk.read(folder / _NAME).partition(b"\n")
        except OSError:
            return
        if first.decode("utf-8", "replace") == _FIRST_LINE + digest_of(rest):
            self._before = json.loads(rest)

    def save(self, disk: Disk, folder: Path) -> None:
        """Keep for later processes what was used last, when there is anything new."""
        if not self._is_new:
            return
        kept = {
            "values": _latest(self._values, self._before["values"]),
            "digests": _latest(self._digests, self._before["digests"]),
        }
        rest = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
        first = (_FIRST_LINE + digest_of(rest)).encode()
        disk.replace(folder / _NAME, first + b"\n" + rest, durable=False)
        self._is_new = False


def open_cache(disk: Disk, folder: Path) -> DocumentCache:
    """Return the cache of a state folder."""
    cache = DocumentCache()
    cache.load(disk, folder)
    return cache


def _latest(used: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return what was used now, and of what was used before as much as there is room for."""
    return dict(islice((used | {k: v for k, v in before.items() if k not in used}).items(), LIMIT))
