from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from farmctl.artifacts.store import ArtifactStore
from farmctl.geometry.overlap import Room
from farmctl.geometry.preflight import ingest
from farmctl.model.digest import Digest
from farmctl.profiles.effective import Effective, Layer, effective, nozzle
from farmctl.slicing import ini
from farmctl.slicing.cache import SliceCache
from farmctl.slicing.catalogue import Catalogue
from farmctl.slicing.key import PlacedPart, label
from farmctl.slicing.limits import SliceLimits
from farmctl.slicing.plate import Bench
from farmctl.slicing.prusaslicer.program import PrusaSlicer
from farmctl.slicing.request import Ceiling, PlateRequest
from farmctl.slicing.seat import Seat
from farmctl.slicing.slicer import Slicer
from farmctl.system.disk import RealDisk
from farmctl.system.processes import RealProcesses
from farmctl.testing.parts import PARTS

PROFILES = Path(__file__).parents[2] / "profiles"
ROOM = Room(((0, 0), (250_000, 0), (250_000, 250_000), (0, 250_000)), 250_000, 1_000)
CEILING = Ceiling(260, 100)


def program() -> Path:
    found = shutil.which("prusa-slicer")
    assert found, "these tests need PrusaSlicer (Debian: apt install prusa-slicer)"
    return Path(found)


@cache
def model(name: str) -> bytes:
    """The clean mesh of one of the parts made by code."""
    mesh = ingest(PARTS[name](), f"{name}.stl").clean_mesh
    assert mesh is not None
    return mesh


@dataclass
class Workshop:
    """A slicer at its bench, and plates to give it."""

    folder: Path
    slicer: Slicer
    catalogue: Catalogue
    disk: RealDisk = field(default_factory=RealDisk)

    @property
    def store(self) -> ArtifactStore:
        return ArtifactStore(self.folder / "artifacts", self.disk)

    def bench(self, slicer: Slicer | None = None, limits: SliceLimits | None = None) -> Bench:
        cache = SliceCache(self.folder / "slices", self.disk, self.store)
        return Bench(slicer or self.slicer, self.store, cache, limits or SliceLimits(wall_s=120))

    def settings(
        self,
        changed: Mapping[str, str] = {},
        profile: str = "pla-0.4-standard",
        machine: str = "generic-250",
    ) -> Effective:
        files = (f"classes/{machine}", profile)
        layers = [
            Layer(name, ini.parse((PROFILES / name / "1.0.0.ini").read_bytes(), name).values)
            for name in files
        ]
        return effective(self.catalogue, [*layers, nozzle(400), Layer("test", changed)])

    def place(
        self, mesh: bytes, number: int = 1, at: tuple[int, int] = (125_000, 125_000)
    ) -> PlacedPart:
        return PlacedPart(label(number), self.store.put(mesh), *at)

    def request(
        self,
        parts: Sequence[PlacedPart],
        changed: Mapping[str, str] = {},
        slicer: Digest | None = None,
    ) -> PlateRequest:
        settings = self.settings(changed).text
        pinned = slicer or self.slicer.pin().digest
        return PlateRequest(tuple(parts), settings, ROOM, CEILING, pinned)


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the digests of slicers are remembered during the tests."""
    return tmp_path_factory.mktemp("memory")


@pytest.fixture(scope="session")
def open_program(memory: Path) -> Callable[[Path], PrusaSlicer]:
    """A PrusaSlicer at any path, e.g. a wrapper of the real one."""
    return lambda path: PrusaSlicer(Seat(path, memory, RealDisk(), RealProcesses()))


@pytest.fixture(scope="session")
def prusaslicer(open_program: Callable[[Path], PrusaSlicer]) -> PrusaSlicer:
    """The real PrusaSlicer of this machine."""
    return open_program(program())


@pytest.fixture(scope="session")
def catalogue(prusaslicer: PrusaSlicer) -> Catalogue:
    """What the real PrusaSlicer says it knows."""
    return prusaslicer.catalogue()


@pytest.fixture
def workshop(tmp_path: Path, prusaslicer: PrusaSlicer, catalogue: Catalogue) -> Workshop:
    return Workshop(tmp_path, prusaslicer, catalogue)
