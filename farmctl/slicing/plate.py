"""The one way from a plate to g-code: look in the cache, arrange, slice, prove, keep."""

from __future__ import annotations

from dataclasses import dataclass, field

from farmctl import __version__
from farmctl.artifacts.lineage import Edge, Tool
from farmctl.artifacts.store import ArtifactStore
from farmctl.errors import SlicerFailed
from farmctl.gcode.canonical import canonical
from farmctl.gcode.check import PrintSpace
from farmctl.gcode.summary import Summary
from farmctl.geometry.overlap import Room
from farmctl.geometry.threemf import PLATE_FORMAT
from farmctl.model.digest import Digest, digest_of
from farmctl.slicing import ini, judge
from farmctl.slicing.arrange import arrange
from farmctl.slicing.cache import SliceCache
from farmctl.slicing.features import features
from farmctl.slicing.key import PlacedPart, slice_key
from farmctl.slicing.limits import SliceLimits
from farmctl.slicing.pin import SlicerPin
from farmctl.slicing.record import SliceRecord
from farmctl.slicing.slicer import Slicer, SliceRequest, SliceResult


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The hottest that a class allows, in °C."""

    nozzle_c: float
    bed_c: float


@dataclass(frozen=True, slots=True)
class PlateRequest:
    """What is to be sliced, for one printer class.

    Args:
        parts: The parts and their places; labels are unique.
        settings: Complete settings, as `farmctl.profiles.effective` makes them.
        room: The bed, the height, and the gap that parts keep.
        ceiling: The hottest that the class allows.
        slicer: Digest of the slicer that the farm has pinned for this.
    """

    parts: tuple[PlacedPart, ...]
    settings: bytes
    room: Room
    ceiling: Ceiling
    slicer: Digest

    @property
    def key(self) -> Digest:
        """Return the digest of all that the g-code depends on."""
        return slice_key(self.parts, digest_of(self.settings), self.slicer)

    @property
    def checked_for(self) -> Digest:
        """Return the digest of what the g-code was checked against, which is not in the key."""
        return digest_of(repr((self.room, self.ceiling)).encode())

    @property
    def space(self) -> PrintSpace:
        """Return the room and the ceiling as the check of g-code takes them."""
        return PrintSpace(
            bed=tuple((x / 1000, y / 1000) for x, y in self.room.bed_um),
            height_mm=self.room.height_um / 1000,
            max_nozzle_c=self.ceiling.nozzle_c,
            max_bed_c=self.ceiling.bed_c,
        )


@dataclass(frozen=True, slots=True)
class Bench:
    """Where slices are made: the program, what it may use, and where results are kept."""

    slicer: Slicer
    store: ArtifactStore
    cache: SliceCache
    limits: SliceLimits = field(default_factory=SliceLimits)


def slice_plate(request: PlateRequest, bench: Bench) -> SliceRecord:
    """Return the slice of a plate; made only when it is not there yet.

    Raises SlicerFailed, with a stable code, for everything that is wrong with the plate, the
    slicer or what came out of it; MissingArtifact and DamagedArtifact for a mesh.
    """
    known = bench.cache.get(request.key)
    if known is not None and known.checked_for == request.checked_for:
        return known
    return make_slice(request, bench)


def make_slice(request: PlateRequest, bench: Bench) -> SliceRecord:
    """Slice a plate without looking into the cache. Raises as `slice_plate` does."""
    pin = _pinned(request, bench.slicer)
    wanted = ini.parse(request.settings, "settings").values
    arranged = arrange(request.parts, request.room, bench.store)
    result = bench.slicer.slice(SliceRequest(arranged.plate, request.settings, bench.limits))
    judge.prove_settings(result, wanted, bench.slicer)
    judge.prove_parts(result, [part.label for part in request.parts])
    judge.prove_safe(result.gcode, request.space)
    summary = judge.measured(result.gcode, wanted, arranged.boxes)
    record = _kept(_Made(request, pin, arranged.plate, result, summary), bench.store)
    bench.cache.put(record)
    return record


@dataclass(frozen=True, slots=True)
class _Made:
    request: PlateRequest
    pin: SlicerPin
    plate: bytes
    result: SliceResult
    summary: Summary


def _pinned(request: PlateRequest, slicer: Slicer) -> SlicerPin:
    pin = slicer.pin()
    if pin.digest != request.slicer:
        raise SlicerFailed(
            f"this {pin.program} {pin.version} is {pin.digest}, the farm has {request.slicer} "
            f"pinned for {pin.platform}",
            "install the pinned one, or pin this one: farmctl slicer pin",
            "slicer-not-pinned",
        )
    return pin


def _kept(made: _Made, store: ArtifactStore) -> SliceRecord:
    settings, plate = store.put(made.request.settings), store.put(made.plate)
    gcode = store.put(canonical(made.result.gcode))
    ours, theirs = Tool(PLATE_FORMAT, __version__), Tool(made.pin.program, made.pin.version)
    meshes = sorted({part.mesh for part in made.request.parts})
    return SliceRecord(
        key=made.request.key,
        gcode=gcode,
        plate=plate,
        settings=settings,
        slicer=made.pin.digest,
        checked_for=made.request.checked_for,
        summary=made.summary,
        features=features(ini.parse(made.request.settings, "settings").values),
        claims=made.result.claims,
        warnings=made.result.warnings,
        limits=made.result.limits,
        edges=(
            *(Edge(plate, mesh, ours) for mesh in meshes),
            Edge(gcode, plate, theirs),
            Edge(gcode, settings, theirs),
        ),
    )
