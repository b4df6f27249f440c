"""Lineage is walked both ways, in one order, and always ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.artifacts.lineage import Edge, Step, Tool, ancestors, descendants
from farmctl.model.digest import Digest, digest_of

pytestmark = pytest.mark.pure

FARMCTL = Tool("farmctl", "0.1.0")
SLICER = Tool("prusa-slicer", "2.5.0")
UPLOAD, MESH, SETTINGS, PLATE, GCODE = (
    digest_of(name) for name in (b"upload", b"mesh", b"settings", b"plate", b"gcode")
)
CHAIN = [
    Edge(MESH, UPLOAD, FARMCTL),
    Edge(PLATE, MESH, FARMCTL),
    Edge(GCODE, PLATE, SLICER),
    Edge(GCODE, SETTINGS, SLICER),
]


def _digests(steps: tuple[Step, ...]) -> list[tuple[int, Digest]]:
    return [(step.depth, step.digest) for step in steps]


def test_gcode_is_traced_back_to_the_upload_with_the_tool_of_each_step() -> None:
    steps = ancestors(CHAIN, GCODE)
    by_digest = {step.digest: (step.depth, step.edge.tool) for step in steps}
    assert by_digest == {
        PLATE: (1, SLICER),
        SETTINGS: (1, SLICER),
        MESH: (2, FARMCTL),
        UPLOAD: (3, FARMCTL),
    }


def test_a_walk_lists_each_artifact_before_what_is_behind_it() -> None:
    order = [step.digest for step in ancestors(CHAIN, GCODE)]
    assert order.index(PLATE) + 1 == order.index(MESH)
    assert order.index(MESH) + 1 == order.index(UPLOAD)


def test_an_upload_is_traced_forward_to_every_gcode() -> None:
    assert _digests(descendants(CHAIN, UPLOAD)) == [(1, MESH), (2, PLATE), (3, GCODE)]
    assert _digests(descendants(CHAIN, GCODE)) == []


def test_an_artifact_reached_twice_is_listed_twice_and_followed_once() -> None:
    edges = [*CHAIN, Edge(GCODE, MESH, FARMCTL)]
    steps = [step for step in ancestors(edges, GCODE) if step.digest == MESH]
    assert sorted(step.seen_before for step in steps) == [False, True]
    assert sum(step.digest == UPLOAD for step in ancestors(edges, GCODE)) == 1


@pytest.mark.parametrize("start", [UPLOAD, MESH, GCODE])
def test_a_circle_ends(start: Digest) -> None:
    circle = [*CHAIN, Edge(UPLOAD, GCODE, FARMCTL), Edge(MESH, MESH, FARMCTL)]
    walked = ancestors(circle, start)
    assert {step.digest for step in walked} == {UPLOAD, MESH, PLATE, SETTINGS, GCODE}
    assert any(step.seen_before and step.digest == start for step in walked)


_node = st.sampled_from([digest_of(bytes([n])) for n in range(6)])
_edges = st.lists(st.builds(Edge, _node, _node, st.sampled_from([FARMCTL, SLICER])), max_size=20)


@given(_edges, st.randoms())
def test_the_order_of_the_facts_does_not_matter(edges: list[Edge], random) -> None:
    shuffled = [*edges, *edges]
    random.shuffle(shuffled)
    assert ancestors(edges, digest_of(b"\0")) == ancestors(shuffled, digest_of(b"\0"))


@given(_edges, _node, _node)
def test_both_directions_agree(edges: list[Edge], one: Digest, other: Digest) -> None:
    up = {step.digest for step in ancestors(edges, one)}
    down = {step.digest for step in descendants(edges, other)}
    assert (other in up) == (one in down)
