"""Runs: moves that are alike and follow each other, taken together.

Nothing that figures tell apart changes within a run, so that they are added up from runs; of those
a file has far fewer than moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import pi
from typing import NamedTuple

import numpy as np

from farmctl.gcode.reels import Reel
from farmctl.gcode.stretches import OpenStretch
from farmctl.gcode.summary import Filament, Placement
from farmctl.gcode.toolpath import Flags, Floats, Label, Leg, Mark, Whole, in_force


class Columns(NamedTuple):
    """What each run is, and what its moves make together.

    Args:
        begins: How many moves are before it.
        z: How high it ends, in mm.
        is_laying: Whether it lays something down.
        rises: Whether its moves go up or down; then it is of a single one.
        is_placed: Whether it is within the placements, where there are any.
        goes_on: Whether it goes on with the line that the run before it lays.
        seconds: What it takes.
        lengths: The way of the tool in mm.
        volumes: The filament laid, in mm³.
        flows: The most that goes through the nozzle over a stretch that ends here, in mm³/s.
    """

    begins: Whole
    z: Floats
    is_laying: Flags
    rises: Flags
    is_placed: Flags
    goes_on: Flags
    seconds: Floats
    lengths: Floats
    volumes: Floats
    flows: Floats


class Runs(NamedTuple):
    """The runs of a file, with what begins before how many of its moves, and its filament."""

    of: Columns
    tools: Sequence[tuple[int, int]]
    labels: Sequence[Label]
    marks: Sequence[tuple[int, Mark]]
    reels: dict[int, Reel]


def runs_of(
    legs: Iterable[Leg],
    filaments: Sequence[Filament],
    placements: Sequence[Placement],
    stretch: OpenStretch,
) -> Runs:
    """Return the runs of a file; `stretch` is a fresh one. A leg is not looked at again."""
    found = _Runs(filaments, placements, stretch)
    return Runs(found.columns(legs), found.tools, found.labels, found.marks, found.reels)


class _Runs:
    """What came before a leg and matters for it."""

    def __init__(
        self, filaments: Sequence[Filament], placements: Sequence[Placement], stretch: OpenStretch
    ) -> None:
        # A tool without a filament pushes nothing.
        self._bores_mm2 = [*(pi * each.diameter_mm**2 / 4 for each in filaments), 0.0]
        self._placements = placements
        self._stretch = stretch
        self._was_laying = False
        self.tools: list[tuple[int, int]] = [(0, 0)]
        self.labels: list[Label] = [(0, "")]
        self.marks: list[tuple[int, Mark]] = []
        self.reels: dict[int, Reel] = {}

    def columns(self, legs: Iterable[Leg]) -> Columns:
        """Return the runs of all legs."""
        parts = [self._columns(leg) for leg in legs]
        return Columns(*map(np.concatenate, zip(*parts, strict=True)))

    def _columns(self, leg: Leg) -> Columns:
        """Return the runs of a leg."""
        in_use = self.tools[-1]
        self.tools += leg.tools
        self.labels += leg.labels
        self.marks += leg.marks
        is_laying = (leg.de > 0) & ((leg.dx != 0) | (leg.dy != 0))
        goes_on = self._goes_on(leg, is_laying)
        rises, is_placed = leg.dz != 0, self._is_placed(leg)
        begins = np.flatnonzero(_is_begin(leg, (is_laying, rises, is_placed)) | rises)
        bores_mm2 = self._push(leg, [in_use, *leg.tools])
        volumes = np.where(is_laying, leg.de * bores_mm2, 0.0)
        lengths = _lengths_mm(leg)
        flows = self._stretch.flows(lengths * is_laying, volumes, leg.speed, goes_on)
        return Columns(
            begins=leg.first + begins,
            z=leg.z[begins],
            is_laying=is_laying[begins],
            rises=rises[begins],
            is_placed=is_placed[begins],
            goes_on=goes_on[begins],
            seconds=np.add.reduceat(leg.seconds, begins),
            lengths=np.add.reduceat(lengths, begins),
            volumes=np.add.reduceat(volumes, begins),
            flows=np.maximum.reduceat(flows, begins),
        )

    def _goes_on(self, leg: Leg, is_laying: Flags) -> Flags:
        """Return for each move whether it goes on with the line that the move before it lays."""
        goes_on = is_laying.copy()
        goes_on[1:] &= is_laying[:-1]
        goes_on[:1] &= self._was_laying
        goes_on[_places(leg, leg.tools)] = False
        self._was_laying = bool(is_laying[-1]) if leg.moves else self._was_laying
        return goes_on

    def _is_placed(self, leg: Leg) -> Flags:
        is_placed = np.full(leg.moves, not self._placements)
        for box in self._placements:
            is_placed |= _within(leg.x, box.min_x_mm, box.max_x_mm) & _within(
                leg.y, box.min_y_mm, box.max_y_mm
            )
        return is_placed

    def _push(self, leg: Leg, tools: Sequence[tuple[int, int]]) -> Floats | float:
        """Push the filament of each tool; return the area across it, for each move or for all."""
        if len(tools) == 1:
            _push_all(self._reel(tools[0][1]), leg.de)
            return self._bore_mm2(tools[0][1])
        changes = [(max(0, before - leg.first), tool) for before, tool in tools]
        of_move = in_force(np.arange(leg.moves), changes)
        bores_mm2 = np.empty(leg.moves)
        for tool in sorted({tool for _, tool in tools}):
            is_in_use = of_move == tool
            _push_all(self._reel(tool), leg.de[is_in_use])
            bores_mm2[is_in_use] = self._bore_mm2(tool)
        return bores_mm2

    def _reel(self, tool: int) -> Reel:
        return self.reels.setdefault(tool, Reel())

    def _bore_mm2(self, tool: int) -> float:
        return self._bores_mm2[min(tool, len(self._bores_mm2) - 1)]


def _push_all(reel: Reel, pushes: Floats) -> None:
    """Push filament as `Reel.push` does, for many moves."""
    at_mm = np.cumsum(np.concatenate(((reel.at_mm,), pushes)))
    reel.at_mm = float(at_mm[-1])
    reel.furthest_mm = max(reel.furthest_mm, float(at_mm.max()))
    is_back = np.concatenate(((reel.is_back,), pushes[pushes != 0] < 0))
    reel.retractions += int(np.count_nonzero(is_back[1:] & ~is_back[:-1]))
    reel.is_back = bool(is_back[-1])


def _is_begin(leg: Leg, flags: Iterable[Flags]) -> Flags:
    """Return for each move whether a run begins with it."""
    begins = np.ones(leg.moves, dtype=np.bool_)
    begins[1:] = leg.z[1:] != leg.z[:-1]
    for each in flags:
        begins[1:] |= each[1:] != each[:-1]
    for changes in (leg.tools, leg.labels, leg.marks):
        begins[_places(leg, changes)] = True
    return begins


def _places(leg: Leg, changes: Sequence[tuple[int, object]]) -> list[int]:
    """Return which moves of a leg come next after what begins in it."""
    return [before - leg.first for before, _ in changes if before < leg.first + leg.moves]


def _within(places: Floats, least: float, most: float) -> Flags:
    return (places >= least) & (places <= most)


def _lengths_mm(leg: Leg) -> Floats:
    """Return the way of each move."""
    squares = leg.dx * leg.dx
    squares += leg.dy * leg.dy
    squares += leg.dz * leg.dz
    return np.sqrt(squares, out=squares)
