"""The figures of a file as values: integers in base units, so that they can be kept in git."""

from __future__ import annotations

from msgspec import Struct


class FeatureFigures(Struct, frozen=True):
    """What is laid down as one feature, travels left out.

    Args:
        name: As the slicer labels it, `External perimeter`; empty for what comes before any label.
        time_ms: How long laying it takes.
        length_um: The way of the tool.
        volume_nl: The filament, in nanolitres: 1000 are 1 mm³.
    """

    name: str
    time_ms: int
    length_um: int
    volume_nl: int


class LayerFigures(Struct, frozen=True):
    """One layer, with the travels up to the next one.

    Args:
        z_um: Its height above the bed.
        time_ms: How long it takes; the last one ends with its last line.
        volume_nl: The filament laid in it.
        max_flow_nl_s: As in `Figures`.
    """

    z_um: int
    time_ms: int
    volume_nl: int
    max_flow_nl_s: int


class Figures(Struct, frozen=True):
    """The figures of a file on one machine.

    A layer is a height above the bed at which something is laid down: within the placements, where
    some were given; without them the purge line of start g-code counts as well. What comes before
    the first layer and after the last line is in the time, the filament, the retractions, the
    travel and the features, and in nothing else.

    Args:
        time_ms: Motion and dwells; not heating, homing and people.
        filament_um: The filament of all tools, as far as each is pushed at the furthest.
        filament_mg: Its mass; None when the density of any is not known.
        layers: How many; a spiral counts one for each layer height that it rises.
        height_um: The highest layer.
        max_flow_nl_s: The most filament per second over any millimetre that is laid without a
            break, each move at the highest speed that it reaches as planned. Shorter moves are
            taken together until they make a millimetre, and a line that is shorter as a whole
            counts for nothing: the pressure in a nozzle does not follow it.
        min_layer_ms: The time of the quickest layer; 0 without layers.
        retractions: How often filament is pulled back, by the file or by the firmware.
        travel_um: The way of the tool while it lays nothing, wipes and lifts included.
        first_layer_um2: What the first layer covers: its volume over its height, because moves do
            not say how wide they lay.
        supports_nl: The volume of the features that are support material.
        seams: How many lines laid without a break hold an external perimeter: each loop of it
            begins and ends at a seam.
        nozzle_min_mc: The lowest target of the nozzle in use while a layer is laid, in m°C; None
            when the file sets none.
        nozzle_max_mc: The highest one.
        bed_min_mc: The lowest target of the bed while a layer is laid; None when it sets none.
        bed_max_mc: The highest one.
        fan_min_permille: The lowest speed of the part fan while a layer above the first is laid;
            0 when there is none.
        fan_max_permille: The highest one.
        features: By name.
        per_layer: From the lowest.
    """

    time_ms: int
    filament_um: int
    filament_mg: int | None
    layers: int
    height_um: int
    max_flow_nl_s: int
    min_layer_ms: int
    retractions: int
    travel_um: int
    first_layer_um2: int
    supports_nl: int
    seams: int
    nozzle_min_mc: int | None
    nozzle_max_mc: int | None
    bed_min_mc: int | None
    bed_max_mc: int | None
    fan_min_permille: int
    fan_max_permille: int
    features: tuple[FeatureFigures, ...]
    per_layer: tuple[LayerFigures, ...]
