"""The shapes that golden models are made from by code, and what of each can be chosen.

Only names and numbers stand here: the shapes themselves are made in `geometry.golden`.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

Value = float | tuple[float, ...]
"""One number, or a list of them."""


class Parameter(Struct, frozen=True):
    """Something of a shape that can be chosen.

    Args:
        what: What it is, for people.
        default: What it is where nobody says: a number, or as many as there are of the thing.
        least: The smallest number that it may hold.
        most: The largest.
    """

    what: str
    default: Value
    least: float
    most: float

    @property
    def is_list(self) -> bool:
        """Return whether it holds several numbers."""
        return isinstance(self.default, tuple)


class Shape(Struct, frozen=True):
    """One shape: what it shows, and what can be chosen."""

    what: str
    parameters: Mapping[str, Parameter]


MOST_NUMBERS = 24
"""How many numbers a list may hold."""

SHAPES: Mapping[str, Shape] = {
    "calibration-cube": Shape(
        "A cube with a pocket in its front, so that nobody turns it: size, walls, corners.",
        {"size_mm": Parameter("Its edge.", 20.0, 10, 100)},
    ),
    "overhang-fan": Shape(
        "Slabs that lean out further one by one: where walls begin to hang.",
        {
            "angles_deg": Parameter(
                "How far each leans from upright.", (20, 30, 40, 45, 50, 55, 60, 65, 70), 0, 80
            ),
            "height_mm": Parameter("How high the slabs are.", 15.0, 2, 60),
        },
    ),
    "bridges": Shape(
        "A deck on pillars that stand further apart one by one: how far a bridge holds.",
        {
            "spans_mm": Parameter("The gaps between pillars.", (10, 20, 30, 40, 50), 2, 100),
            "height_mm": Parameter("How high the pillars are.", 10.0, 2, 60),
        },
    ),
    "thin-walls": Shape(
        "Walls of growing thickness: which are printed, and with how many lines.",
        {
            "walls_mm": Parameter(
                "How thick each is.", (0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.6), 0.1, 4
            ),
            "height_mm": Parameter("How high they are.", 10.0, 2, 60),
        },
    ),
    "tolerance-holes": Shape(
        "Holes for a pin of 8 mm with growing clearance: what fits into what.",
        {
            "clearances_mm": Parameter(
                "How much wider each hole's radius is.",
                (0.05, 0.1, 0.15, 0.2, 0.3, 0.4),
                0,
                2,
            ),
            "height_mm": Parameter("How thick the plate is.", 6.0, 1, 30),
        },
    ),
    "stringing-towers": Shape(
        "Two posts with a gap between them: retraction, travel, strings.",
        {
            "gap_mm": Parameter("From the middle of one to that of the other.", 28.0, 8, 120),
            "height_mm": Parameter("How high they are.", 30.0, 2, 100),
        },
    ),
    "temperature-tower": Shape(
        "Storeys with a window each: what heat does to walls, corners and small bridges.",
        {"storeys": Parameter("How many, of 10 mm each.", 8.0, 1, 20)},
    ),
    "tall-spire": Shape(
        "A spire that ends in a thin tip: layers so short that they must be slowed down to cool.",
        {
            "height_mm": Parameter("How high it is.", 50.0, 10, 150),
            "foot_mm": Parameter("How wide its foot is.", 14.0, 6, 60),
        },
    ),
    "wide-flat": Shape(
        "A large thin plate with sharp corners: first layer, and what warps.",
        {
            "width_mm": Parameter("Its width.", 120.0, 20, 300),
            "depth_mm": Parameter("Its depth.", 80.0, 20, 300),
            "height_mm": Parameter("How thick it is.", 2.0, 0.4, 10),
        },
    ),
    "flow-block": Shape(
        "A long block with nothing in the way: how much the hotend must melt at full speed.",
        {
            "length_mm": Parameter("Its length.", 100.0, 30, 250),
            "height_mm": Parameter("Its height.", 8.0, 2, 60),
        },
    ),
    "supported-shelf": Shape(
        "A shelf on one leg: supports, and what they cost.",
        {
            "reach_mm": Parameter("How far the shelf reaches over its leg.", 15.0, 3, 60),
            "height_mm": Parameter("How high it is.", 12.0, 3, 60),
        },
    ),
}
"""Every shape by its name."""


def wrong_choice(shape: Shape, name: str, value: object) -> str | None:
    """Return why a shape cannot have this parameter with this value; None where it can."""
    known = shape.parameters.get(name)
    if known is None:
        return f"it has no `{name}`; it has {', '.join(shape.parameters)}"
    numbers = value if isinstance(value, tuple | list) else (value,)
    if known.is_list != isinstance(value, tuple | list):
        return f"`{name}` is {'a list of numbers' if known.is_list else 'one number'}"
    if not 1 <= len(numbers) <= MOST_NUMBERS:
        return f"`{name}` holds 1 to {MOST_NUMBERS} numbers"
    if not all(known.least <= number <= known.most for number in numbers):
        return f"`{name}` is from {known.least:g} to {known.most:g}"
    return None


def chosen(shape: Shape, said: Mapping[str, Value]) -> dict[str, Value]:
    """Return all parameters of a shape: those that are said, and the defaults."""
    return {name: said.get(name, each.default) for name, each in shape.parameters.items()}
