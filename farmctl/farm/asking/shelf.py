"""The artifacts that the ledger knows of: what each is, and what it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from farmctl.artifacts.lineage import Edge, Step, Tool, ancestors, descendants
from farmctl.control.subjects import NoSuchThing, unknown
from farmctl.model.digest import Digest
from farmctl.model.envelope import Event
from farmctl.model.events import is_known, payload_of
from farmctl.model.events.plans import ArtifactDerived, ArtifactStored

_PREFIX = "sha256:"
_SHORTEST = 4


class Kept(Struct, frozen=True):
    """One artifact: what it is, how large, and since when it is kept."""

    digest: Digest
    kind: str
    size_b: int
    since: datetime


class Shelf(Struct, frozen=True):
    """All artifacts by digest, oldest first, and what was made from what."""

    kept: Mapping[Digest, Kept]
    edges: tuple[Edge, ...]

    def kind(self, digest: Digest) -> str:
        """Return what an artifact is; one that only lineage names has no kind."""
        return self.kept[digest].kind if digest in self.kept else "unknown"

    def made_from(self, digest: Digest) -> tuple[Step, ...]:
        """Return what an artifact was made from, back to what was uploaded."""
        return ancestors(self.edges, digest)

    def made_into(self, digest: Digest) -> tuple[Step, ...]:
        """Return what was made from an artifact, on to g-code."""
        return descendants(self.edges, digest)


def shelf(events: Iterable[Event]) -> Shelf:
    """Return what a history says of artifacts. Raises LedgerDamaged as the events do."""
    kept: dict[Digest, Kept] = {}
    edges: set[Edge] = set()
    for event in events:
        fact = payload_of(event.type, event.data) if is_known(event.type) else None
        match fact:
            case ArtifactStored(digest, kind, size_b):
                name = Digest(digest)
                kept.setdefault(name, Kept(name, kind, size_b, event.time))
            case ArtifactDerived(digest, parents, tool):
                made_by = Tool(*_split(tool))
                edges |= {Edge(Digest(digest), Digest(each), made_by) for each in parents}
            case _:
                pass  # the other facts are not about artifacts
    return Shelf(kept, tuple(sorted(edges)))


def named(known: Shelf, word: str) -> Digest:
    """Return the artifact whose digest begins so, with or without `sha256:`.

    Raises NoSuchThing for none, or for several.
    """
    digits = word.lower().removeprefix(_PREFIX)
    ends = {digest for edge in known.edges for digest in (edge.child, edge.parent)}
    found = sorted(each for each in {*known.kept, *ends} if each.startswith(f"{_PREFIX}{digits}"))
    if len(found) == 1 and len(digits) >= _SHORTEST:
        return found[0]
    if found:
        raise NoSuchThing(
            f"`{word}` is not enough to name one artifact", "write more of its digest"
        )
    raise unknown(word, "artifact", (each.removeprefix(_PREFIX)[:12] for each in known.kept))


def _split(tool: str) -> tuple[str, str]:
    name, _, version = tool.rpartition(" ")
    return name, version
