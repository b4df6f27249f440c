"""Artifacts and what they were made from, as people and programs read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo

from farmctl.artifacts.lineage import Step
from farmctl.artifacts.store import ArtifactStore, DamagedArtifact, MissingArtifact
from farmctl.farm.asking.shelf import Kept, Shelf
from farmctl.model.codec import time_text
from farmctl.model.digest import Digest

_SHORT = 12


def short(digest: str) -> str:
    """Return the digits that people type."""
    return digest.removeprefix("sha256:")[:_SHORT]


def size_words(size_b: int) -> str:
    """Return `512 B`, `84 kB` or `1.6 MB`."""
    if size_b < 1_000:
        return f"{size_b} B"
    return f"{size_b / 1_000:.0f} kB" if size_b < 1_000_000 else f"{size_b / 1e6:.1f} MB"


def list_rows(known: Shelf, zone: tzinfo) -> list[tuple[str, str, str, str, str]]:
    """Return digest, kind, size, when, and by what it was made, the newest last."""
    made_by = {edge.child: f"{edge.tool.name} {edge.tool.version}" for edge in known.edges}
    return [
        (
            short(each.digest),
            each.kind,
            size_words(each.size_b),
            each.since.astimezone(zone).strftime("%a %-d %b %H:%M"),
            made_by.get(each.digest, "-"),
        )
        for each in known.kept.values()
    ]


def item_of(each: Kept, known: Shelf) -> dict[str, object]:
    """Return an artifact as an item of a JSON list."""
    return {
        "id": each.digest,
        "kind": each.kind,
        "size_b": each.size_b,
        "stored": time_text(each.since),
        "made_from": sorted(edge.parent for edge in known.edges if edge.child == each.digest),
    }


def show_lines(digest: Digest, known: Shelf, store: ArtifactStore, zone: tzinfo) -> Iterator[str]:
    """Yield everything about one artifact; its bytes are compared with its name."""
    each = known.kept.get(digest)
    yield f"{known.kind(digest)} {digest}"
    if each is not None:
        when = each.since.astimezone(zone).strftime("%a %-d %b %H:%M")
        yield f"  {size_words(each.size_b)}, kept since {when}"
    yield f"  {_where(digest, store)}"
    for title, steps in (
        ("made from", known.made_from(digest)),
        ("made into", known.made_into(digest)),
    ):
        for step in (each for each in steps if each.depth == 1):
            yield f"  {title} {_step_words(step, known)}"


def _where(digest: Digest, store: ArtifactStore) -> str:
    try:
        return str(store.path(digest))
    except (MissingArtifact, DamagedArtifact) as error:
        return f"{error.message}. {error.mend}"


def lineage_lines(digest: Digest, known: Shelf) -> Iterator[str]:
    """Yield the walk back to the upload, and the walk on to g-code."""
    yield f"{known.kind(digest)} {short(digest)}"
    yield from _walk_lines("was made from", known.made_from(digest), known)
    yield from _walk_lines("was made into", known.made_into(digest), known)


def _walk_lines(title: str, steps: Iterable[Step], known: Shelf) -> Iterator[str]:
    found = list(steps)
    yield title if found else f"{title}: nothing"
    for step in found:
        again = "  (see above)" if step.seen_before else ""
        yield f"{'  ' * step.depth}{_step_words(step, known)}{again}"


def _step_words(step: Step, known: Shelf) -> str:
    tool = step.edge.tool
    return f"{known.kind(step.digest)} {short(step.digest)}  by {tool.name} {tool.version}"


def lineage_items(
    direction: str, steps: Iterable[Step], known: Shelf
) -> Iterator[dict[str, object]]:
    """Yield the steps of one direction as items of a JSON list."""
    for step in steps:
        yield {
            "direction": direction,
            "depth": step.depth,
            "id": step.digest,
            "kind": known.kind(step.digest),
            "child": step.edge.child,
            "parent": step.edge.parent,
            "tool": f"{step.edge.tool.name} {step.edge.tool.version}",
        }
