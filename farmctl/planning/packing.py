"""Laying boxes on a bed: deterministic, without overlap, nothing over the edge."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rectpack import MaxRectsBssf, PackingMode, newPacker

from farmctl.planning.beds import Area, BedShape, Box, areas_for

EDGE_UM = 4_000
"""Nobody fills the last of a bed for one part more: purge lines and clips are there."""


MOST_PARTS = 100
"""On one plate: packing stays quick, and so does taking the parts off."""


class Spacing(Struct, frozen=True):
    """How far apart things must lie: what a brim, a skirt or supports take beside a part.

    Args:
        gap_um: Between parts.
        margin_um: Between parts and the bed's edge.
        alone: Whether a part must have the bed to itself.
    """

    gap_um: int
    margin_um: int
    alone: bool = False


class Spot(Struct, frozen=True):
    """Where the middle of a box lies, and whether it is turned by 90°."""

    x_um: int
    y_um: int
    is_turned: bool = False


def pack(bed: BedShape, boxes: Sequence[Box], spacing: Spacing) -> tuple[Spot, ...] | None:
    """Return a spot for each box, or None when they do not all fit.

    The boxes lie around the middle of the bed. The same boxes give the same spots, whatever their
    order: only equal ones change places.
    """
    if not boxes:
        return ()
    if len(boxes) > (1 if spacing.alone else MOST_PARTS):
        return None
    margin_um = spacing.margin_um if len(boxes) == 1 else max(spacing.margin_um, EDGE_UM)
    by_size = sorted(range(len(boxes)), key=lambda row: _size(boxes[row]))
    in_order = [_even(boxes[row]) for row in by_size]
    for area in areas_for(bed, in_order, margin_um):
        spots = _pack_area(area, in_order, spacing.gap_um)
        if spots is not None:
            back = dict(zip(by_size, spots, strict=True))
            return tuple(back[row] for row in range(len(boxes)))
    return None


def most_that_fit(bed: BedShape, boxes: Sequence[Box], spacing: Spacing) -> int:
    """Return how many of the first boxes fit together; 0 when not even the first does."""
    fits, too_many = 0, len(boxes) + 1
    probe = len(boxes)
    while too_many - fits > 1:
        if pack(bed, boxes[:probe], spacing) is None:
            too_many = probe
        else:
            fits = probe
        probe = (fits + too_many) // 2
    return fits


def _size(box: Box) -> tuple[int, int]:
    return -box.area_um2, -box.width_um


def _even(box: Box) -> Box:
    """Return the box in even micrometres, so that its middle is a whole number of them."""
    return Box(box.width_um + box.width_um % 2, box.depth_um + box.depth_um % 2)


def _pack_area(area: Area, boxes: Sequence[Box], gap_um: int) -> tuple[Spot, ...] | None:
    """Return spots inside the area. Each box takes its gap with it; the area is so much larger."""
    gap = gap_um + gap_um % 2
    if len(boxes) > 1 and not _may_fit(area, boxes, gap):
        return None
    packer = newPacker(mode=PackingMode.Offline, pack_algo=MaxRectsBssf, rotation=True)
    packer.add_bin(area.width_um + gap, area.depth_um + gap)
    for number, box in enumerate(boxes):
        packer.add_rect(box.width_um + gap, box.depth_um + gap, number)
    packer.pack()
    laid = sorted((number, x, y, w, d) for _, x, y, w, d, number in packer.rect_list())
    if len(laid) < len(boxes):
        return None
    dx = (area.width_um + gap - max(x + w for _, x, _, w, _ in laid)) // 2
    dy = (area.depth_um + gap - max(y + d for _, _, y, _, d in laid)) // 2
    return tuple(
        Spot(
            area.x_um + dx + x + (w - gap) // 2,
            area.y_um + dy + y + (d - gap) // 2,
            is_turned=(w, d) != (boxes[number].width_um + gap, boxes[number].depth_um + gap),
        )
        for number, x, y, w, d in laid
    )


def _may_fit(area: Area, boxes: Sequence[Box], gap: int) -> bool:
    taken = sum((box.width_um + gap) * (box.depth_um + gap) for box in boxes)
    return taken <= (area.width_um + gap) * (area.depth_um + gap)
