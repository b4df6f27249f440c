"""What was read of files before, by the id of their bytes: the same bytes are not parsed again.

Only values of faultless documents are kept, and they are validated again when they are used. A
cache that is damaged, of another version or missing is an empty one.

On disk each of them is a line, so that what nobody asks for is not parsed.
"""

from __future__ import annotations

import json
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar, cast

from pydantic import ValidationError

from farmctl.farmrepo.load import validate
from farmctl.farmrepo.yaml import Value
from farmctl.model.digest import Digest, digest_of
from farmctl.model.documents.common import Document
from farmctl.system.disk import Disk

D = TypeVar("D", bound=Document)

_FIRST_LINE = "farmctl documents 2 "
LIMIT = 10_000
_NAME = "documents.cache"


class DocumentCache:
    """Documents and digests by blob id, in memory, and on disk from `open_cache` to `save`."""

    def __init__(self) -> None:
        self._documents: dict[tuple[type[Document], str], Document] = {}
        self._used: dict[str, str] = {}
        self._before: dict[str, str] = {}
        self._is_new = False

    def document(self, model: type[D], blob: str) -> D | None:
        """Return the document that a blob is known to be, or None when that must be read."""
        known = self._documents.get((model, blob))
        if known is not None:
            return cast("D", known)
        text = self._line(_value_of(blob))
        if text is None:
            return None
        try:
            document = validate(model, json.loads(text))
        except ValidationError:
            return None
        self._documents[model, blob] = document
        return document

    def remember(self, document: Document, blob: str, value: Value) -> None:
        """Keep a faultless document."""
        self._documents[type(document), blob] = document
        self._keep(_value_of(blob), json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def digest(self, blob: str) -> Digest | None:
        """Return the digest of a blob's bytes, or None when they must be read."""
        known = self._line(_digest_of(blob))
        return None if known is None else Digest(known)

    def remember_digest(self, blob: str, digest: Digest) -> None:
        """Keep the digest of a blob's bytes."""
        self._keep(_digest_of(blob), digest)

    def load(self, disk: Disk, folder: Path) -> None:
        """Take in what an earlier process kept."""
        try:
            first, _, rest = disk.read(folder / _NAME).partition(b"\n")
        except OSError:
            return
        if first.decode("utf-8", "replace") == _FIRST_LINE + digest_of(rest):
            rows = (row.partition("\t") for row in rest.decode().split("\n")[:-1])
            self._before = {key: text for key, _, text in rows}

    def save(self, disk: Disk, folder: Path) -> None:
        """Keep for later processes what was used last, when there is anything new."""
        if not self._is_new:
            return
        older = ((key, text) for key, text in self._before.items() if key not in self._used)
        kept = islice(chain(self._used.items(), older), LIMIT)
        rest = "".join(f"{key}\t{text}\n" for key, text in kept).encode()
        first = (_FIRST_LINE + digest_of(rest)).encode()
        disk.replace(folder / _NAME, first + b"\n" + rest, durable=False)
        self._is_new = False

    def _keep(self, key: str, text: str) -> None:
        self._used[key] = text
        self._is_new = True

    def _line(self, key: str) -> str | None:
        """Return what is kept under a key, and let it count as used."""
        text = self._used.get(key) or self._before.get(key)
        if text is not None:
            self._used[key] = text
        return text


def open_cache(disk: Disk, folder: Path) -> DocumentCache:
    """Return the cache of a state folder."""
    cache = DocumentCache()
    cache.load(disk, folder)
    return cache


def _value_of(blob: str) -> str:
    return f"value {blob}"


def _digest_of(blob: str) -> str:
    return f"digest {blob}"
