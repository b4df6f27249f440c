"""Slicing: a hit, a miss and the next one, against the slicer alone with the same plate."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.measure import Command, Reading, compared, here
from benchmarks.workshop import Row, Workshop
from farmctl.cli.asking import ask
from farmctl.farm import Farm
from farmctl.farm.slices.recipes import Said
from farmctl.farm.slices.slicing import bench_of, prepare
from farmctl.model.digest import Digest
from farmctl.slicing.plate import make_slice
from farmctl.testing.parts import box, torus

_PROFILE, _CLASS = "pla-0.4-standard", "generic-250"
_MODEL = "model.stl"
_SLICER = ("prusa-slicer", "--loglevel", "0", "--config-compatibility", "disable")
_MILLION = (1120, 448)  # a torus of 1,003,520 triangles


@dataclass(frozen=True, slots=True)
class Job:
    """A model in a farm that has sliced it once, and the same plate for the slicer alone."""

    shop: Workshop
    farm: Farm

    @property
    def ours(self) -> Command:
        """Return `farmctl slice` of the model."""
        asked = ("slice", _MODEL, "--profile", _PROFILE, "--class", _CLASS)
        return self.shop.farmctl(self.farm.folder, *asked)

    @property
    def anew(self) -> Callable[[], float]:
        """Return the same after its slice was forgotten; the model is known."""

        def sample() -> float:
            shutil.rmtree(self.farm.state_folder / "slices")
            return self.ours()

        return sample

    @property
    def slicer(self) -> Command:
        """Return the slicer's own command for the plate that farmctl made."""
        record = next((self.farm.state_folder / "slices").iterdir())
        made = json.loads(record.read_bytes())
        folder = self.shop.folder / "alone"
        folder.mkdir()
        (folder / "plate.3mf").write_bytes(self.farm.store.get(Digest(made["plate"])))
        (folder / "settings.ini").write_bytes(self.farm.store.get(Digest(made["settings"])))
        about = ("--load", "settings.ini", "--dont-arrange", "--output", "plate.gcode")
        return Command((*_SLICER, *about, "--export-gcode", "plate.3mf"), folder)


def hit_of_a_cube(shop: Workshop) -> Reading:
    """Measure a slice that is there, against the slicer's fastest."""
    return _hit(shop, box(20, 20, 20))


def hit_of_a_million(shop: Workshop) -> Reading:
    """Measure a slice that is there, against the slicer's slow one."""
    return _hit(shop, torus(*_MILLION))


def _hit(shop: Workshop, model: bytes) -> Reading:
    job = _job(shop, model)
    samples = {"ours": job.ours, "peer": job.slicer, "base": shop.bare()}
    return compared(samples, shop.times)


def miss(shop: Workshop) -> Reading:
    """Measure a slice of a known model that has to be made, with all its proofs."""
    job = _job(shop, torus())
    samples = {"peer": job.slicer, "ours": job.anew, "base": shop.bare()}
    return compared(samples, shop.times)


def second(shop: Workshop) -> Reading:
    """Measure a slice in a process that has made one: what a running loop pays."""
    job = _job(shop, torus())
    ready = prepare(job.farm, str(job.farm.folder / _MODEL), Said(_PROFILE, _CLASS), ask)
    bench = bench_of(job.farm, ready)
    ours = partial(here, lambda: make_slice(ready.request, bench))
    return compared({"peer": job.slicer, "ours": ours}, shop.times)


def _job(shop: Workshop, model: bytes) -> Job:
    folder: Path = shop.folder / "farm"
    shop.farmctl(shop.folder, "init", str(folder), "--sample")()
    (folder / _MODEL).write_bytes(model)
    job = Job(shop, Farm(folder, folder / ".farmctl"))
    job.ours()
    return job


ROWS = (
    Row("hit-cube", 2.0, "a slice that is there : the slicer's 20 mm cube", hit_of_a_cube),
    Row("hit-million", 0.1, "a slice that is there : the slicer, 1 M triangles", hit_of_a_million),
    Row("miss", 1.8, "a slice of a known model of 20,480 triangles : the slicer alone", miss),
    Row("second", 1.25, "the second such slice in one process : the slicer alone", second),
)
