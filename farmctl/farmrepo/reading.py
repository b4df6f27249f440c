"""One reading of a farm: documents through the cache, faults to diagnostics with their places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from farmctl.farmrepo.cache import DocumentCache
from farmctl.farmrepo.faults import Fault
from farmctl.farmrepo.files import REGULAR, Files
from farmctl.farmrepo.findings import WHOLE_FILE, Finding, Place
from farmctl.farmrepo.load import load
from farmctl.farmrepo.yaml import Parsed, parse
from farmctl.model.diagnostics import Diagnostic
from farmctl.model.digest import Digest, digest_of
from farmctl.model.documents.common import Document

D = TypeVar("D", bound=Document)
_MODES = frozenset({REGULAR, "100755", "100664"})


class Reading:
    """What is read of a farm's files, and what was found wrong so far.

    Args:
        files: The files.
        cache: What was read of the same bytes before.
    """

    def __init__(self, files: Files, cache: DocumentCache) -> None:
        self.files = files
        self._cache = cache
        self._parsed: dict[str, Parsed] = {}
        self._found: list[Diagnostic] = []

    def document(self, model: type[D], path: str) -> D | None:
        """Return the document at a path, or None when it says nothing that can be used."""
        entry = self.files.entries[path]
        if entry.mode not in _MODES:
            return None
        known = self._cache.document(model, entry.blob)
        if known is not None:
            return known
        raw = self.files.read(path)
        loaded = load(model, raw)
        self._parsed[path] = loaded.parsed
        self._found += [each.in_file(path) for each in loaded.findings]
        if loaded.document is not None:
            self._cache.remember(loaded.document, entry.blob, loaded.parsed.value)
            self._cache.remember_digest(entry.blob, digest_of(raw))
        return loaded.document

    def digest(self, path: str) -> Digest:
        """Return the digest of a file's bytes."""
        blob = self.files.entries[path].blob
        known = self._cache.digest(blob)
        if known is not None:
            return known
        digest = digest_of(self.files.read(path))
        self._cache.remember_digest(blob, digest)
        return digest

    def take(self, faults: Iterable[Fault]) -> None:
        """Note what does not fit, each at its place."""
        self._found += [self._diagnostic(fault) for fault in faults]

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return everything that was found wrong, sorted, nothing twice."""
        return tuple(sorted(set(self._found)))

    def _diagnostic(self, fault: Fault) -> Diagnostic:
        place = self._place(fault)
        finding = Finding(place, fault.code, fault.message, fault.mend, fault.severity)
        return finding.in_file(fault.file)

    def _place(self, fault: Fault) -> Place:
        if fault.path is None or fault.file not in self.files.entries:
            return WHOLE_FILE
        return self._parse(fault.file).at(fault.path)

    def _parse(self, path: str) -> Parsed:
        if path not in self._parsed:
            self._parsed[path] = parse(self.files.read(path))
        return self._parsed[path]
