"""Cases, outcomes and reports for tests, made without a slicer."""

from __future__ import annotations

from typing import Any

from farmctl.ci.cases import Case, Slicer, Target
from farmctl.ci.outcome import Measured
from farmctl.gcode.figures import FeatureFigures, Figures, LayerFigures
from farmctl.geometry.overlap import Room
from farmctl.model.baseline import Baseline, ClassFigures, ModelFigures, SlicedBy
from farmctl.model.digest import Digest, digest_of
from farmctl.model.documents.golden import Expectations, Golden, GoldenShape
from farmctl.slicing.key import PlacedPart
from farmctl.slicing.request import Ceiling, PlateRequest

ROOM = Room(((0, 0), (250_000, 0), (250_000, 250_000), (0, 250_000)), 250_000, 500)
SHA = "9f86d081" * 8
BUILD = Slicer("prusaslicer", "2.5.0", "linux-x86_64", f"sha256:{'1' * 64}")


def golden(name: str = "cube", sha256: str = SHA, **expect: Any) -> Golden:
    return Golden(
        schema_="golden/v1",
        name=name,
        shows="A part.",
        model=GoldenShape(shape="calibration-cube", sha256=sha256),
        expect=Expectations(**expect),
    )


def request(settings: str, slicer: Slicer = BUILD) -> PlateRequest:
    part = PlacedPart("P01", digest_of(b"mesh"), 125_000, 125_000)
    text = f"post_process =\n{settings}\n".encode()
    return PlateRequest((part,), text, ROOM, Ceiling(260, 100), Digest(slicer.digest))


def case(
    version: str = "1.0.0",
    settings: str = "temperature = 210",
    roles: tuple[str, ...] = ("production",),
    **more: Any,
) -> Case:
    profile = more.pop("profile", "pla")
    slicer = more.pop("slicer", BUILD)
    plate = None if more.get("why_not") else request(settings, slicer)
    whole = {"printer_class": "mini", "class_version": "1.0.0", "model": golden(), **more}
    return Case(target=Target(profile, version, roles), request=plate, slicer=slicer, **whole)


def figures(time_ms: int = 60_000, **more: Any) -> Figures:
    whole: dict[str, Any] = {
        "time_ms": time_ms,
        "filament_um": 1_000_000,
        "filament_mg": 3_000,
        "layers": 2,
        "height_um": 400,
        "max_flow_nl_s": 8_000,
        "min_layer_ms": time_ms // 2,
        "retractions": 10,
        "travel_um": 5_000_000,
        "first_layer_um2": 400_000_000,
        "supports_nl": 0,
        "seams": 20,
        "nozzle_min_mc": 210_000,
        "nozzle_max_mc": 215_000,
        "bed_min_mc": 60_000,
        "bed_max_mc": 60_000,
        "fan_min_permille": 0,
        "fan_max_permille": 1000,
        "features": (
            FeatureFigures("External perimeter", 100, 100, 300),
            FeatureFigures("Internal infill", 100, 100, 700),
        ),
        "per_layer": tuple(LayerFigures(200 * n, time_ms // 2, 500, 8_000) for n in (1, 2)),
    }
    return Figures(**{**whole, **more})


def measured(name: str = "gcode", **more: Any) -> Measured:
    return Measured(digest_of(name.encode()), figures(**more))


def baseline(version: str = "1.0.0", slicer: Slicer = BUILD, **more: Any) -> Baseline:
    from farmctl.ci.figures import flat

    sha256 = more.pop("sha256", SHA)
    measured_by = {"measured_by": more.pop("measured_by")} if "measured_by" in more else {}
    models = {"cube": ModelFigures(sha256, flat(figures(**more)))}
    made = SlicedBy(slicer.program, slicer.version, slicer.platform, slicer.digest)
    classes = {"mini": ClassFigures("1.0.0", models)}
    return Baseline("pla", version, made, classes=classes, **measured_by)
