"""What each artifact was made from, and by which tool: walkable both ways.

upload → clean mesh → settings → plate 3MF → g-code. The edges are facts of the ledger; walking
them is pure, and ends also when the facts form a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from farmctl.model.digest import Digest


class Tool(Struct, frozen=True, order=True):
    """What made an artifact, e.g. `prusa-slicer 2.5.0`."""

    name: str
    version: str


class Edge(Struct, frozen=True, order=True):
    """`child` was made from `parent` by `tool`."""

    child: Digest
    parent: Digest
    tool: Tool


class Step(Struct, frozen=True):
    """One line of a walk: an artifact, how many edges it is away, and the edge that led to it.

    An artifact that several ways lead to is listed under each, but followed only the first time;
    `seen_before` marks the later ones.
    """

    digest: Digest
    depth: int
    edge: Edge
    seen_before: bool


def ancestors(edges: Iterable[Edge], digest: Digest) -> tuple[Step, ...]:
    """Return what `digest` was made from, nearest first, each followed by its own ancestors."""
    return _walk(edges, digest, near=lambda edge: edge.child, far=lambda edge: edge.parent)


def descendants(edges: Iterable[Edge], digest: Digest) -> tuple[Step, ...]:
    """Return what was made from `digest`, nearest first, each followed by its own descendants."""
    return _walk(edges, digest, near=lambda edge: edge.parent, far=lambda edge: edge.child)


_End = Callable[[Edge], Digest]


def _walk(edges: Iterable[Edge], start: Digest, *, near: _End, far: _End) -> tuple[Step, ...]:
    onward: dict[Digest, list[Edge]] = defaultdict(list)
    for edge in sorted(set(edges)):
        onward[near(edge)].append(edge)
    return tuple(_follow(onward, start, far))


def _follow(onward: Mapping[Digest, list[Edge]], start: Digest, far: _End) -> Iterator[Step]:
    seen = {start}
    waiting = [(1, edge) for edge in reversed(onward.get(start, []))]
    while waiting:
        depth, edge = waiting.pop()
        digest = far(edge)
        yield Step(digest, depth, edge, seen_before=digest in seen)
        if digest not in seen:
            seen.add(digest)
            waiting.extend((depth + 1, after) for after in reversed(onward.get(digest, [])))
