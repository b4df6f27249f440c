"""The one way from a plate to g-code: look in the cache, arrange, slice, prove, keep."""

from __future__ import annotations

from msgspec import Struct, field

from farmctl import __version__
from farmctl.artifacts.lineage import Edge, Tool
from farmctl.artifacts.store import ArtifactStore
from farmctl.errors import SlicerFailed
from farmctl.gcode.canonical import canonical
from farmctl.gcode.summary import Summary
from farmctl.geometry.threemf import PLATE_FORMAT
from farmctl.slicing import ini, judge
from farmctl.slicing.arrange import arrange
from farmctl.slicing.cache import SliceCache
from farmctl.slicing.features import features
from farmctl.slicing.limits import SliceLimits
from farmctl.slicing.pin import SlicerPin
from farmctl.slicing.record import SliceRecord
from farmctl.slicing.request import PlateRequest
from farmctl.slicing.slicer import Slicer, SliceRequest, SliceResult


class Bench(Struct, frozen=True):
    """Where slices are made: the program, what it may use, and where results are kept.

    `many` says that many are made, so that what makes each of them faster is worth loading.
    """

    slicer: Slicer
    store: ArtifactStore
    cache: SliceCache
    limits: SliceLimits = field(default_factory=SliceLimits)
    many: bool = False


def slice_plate(request: PlateRequest, bench: Bench) -> SliceRecord:
    """Return the slice of a plate; made only when it is not there yet.

    Raises SlicerFailed, with a stable code, for everything that is wrong with the plate, the
    slicer or what came out of it; MissingArtifact and DamagedArtifact for a mesh.
    """
    return bench.cache.known(request) or make_slice(request, bench)


def make_slice(request: PlateRequest, bench: Bench) -> SliceRecord:
    """Slice a plate without looking into the cache. Raises as `slice_plate` does."""
    pin = _pinned(request, bench.slicer)
    wanted = ini.parse(request.settings, "settings").values
    arranged = arrange(request.parts, request.room, bench.store)
    result = bench.slicer.slice(SliceRequest(arranged.plate, request.settings, bench.limits))
    judge.prove_settings(result, wanted, bench.slicer)
    judge.prove_parts(result, [part.label for part in request.parts])
    gcode, boxes = result.gcode, arranged.boxes
    summary = judge.measured(gcode, wanted, boxes, request.space, many=bench.many)
    record = _kept(_Made(request, pin, arranged.plate, result, summary), bench.store)
    bench.cache.put(record)
    return record


class _Made(Struct, frozen=True):
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
