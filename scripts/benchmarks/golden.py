"""`farmctl ci`: where nothing changed, and where all golden models are sliced anew."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.farms import commit, empty_farm, remove
from benchmarks.measure import BenchError, Command, Reading, Sample, compared
from benchmarks.workshop import Row, Workshop
from farmctl.artifacts.store import ArtifactStore
from farmctl.model.digest import Digest
from farmctl.system.disk import RealDisk

_LIMIT_S = 1.0
_TURNS = 3
_MODELS, _PROFILES = 10, 4
_CLASS, _COPIED, _COPY = "generic-250", "pla-0.4-standard", "pla-0.4-fine"
_THROUGHPUT = 0.85
_SLICE = (
    "prusa-slicer --loglevel 0 --config-compatibility disable --load $0/settings.ini "
    "--dont-arrange --output $0/plate.gcode --export-gcode $0/plate.3mf"
)


def unchanged(shop: Workshop) -> Reading:
    """Measure a farm where nothing changed, over what `farmctl validate` needs for the same."""
    folder = empty_farm(shop, "unchanged")
    ours, base = (shop.farmctl(folder, word) for word in ("ci", "validate"))
    return compared({"ours": ours, "peer": lambda: _LIMIT_S, "base": base}, shop.times)


def cold(shop: Workshop) -> Reading:
    """Measure ten models with four profiles by the clock, against `xargs` with the same calls."""
    folder = _four_profiles(shop)
    kept = folder / ".farmctl/ci"
    ours = shop.farmctl(folder, "ci", "--base", "HEAD~1")
    _by_the_clock(ours)
    plates = _plates(kept, shop.folder / "alone")
    if len(plates) != _MODELS * _PROFILES:
        raise BenchError(f"{len(plates)} slices")
    samples: dict[str, Sample] = {
        "ours": lambda: _without(kept, ours),
        "peer": partial(_by_the_clock, _xargs(plates, shop.folder)),
    }
    return compared(samples, min(shop.times, _TURNS))


def _four_profiles(shop: Workshop) -> Path:
    """Make a farm of four profiles on one class, whose last commit brings ten golden models."""
    folder = empty_farm(shop, "four")
    names = sorted(path.stem for path in (folder / "golden_models").glob("*.yaml"))[:_MODELS]
    remove(folder, "golden_models")
    commit(folder, _profiles(folder))
    shop.farmctl(folder, "golden", "add", *names)()
    return folder


def _profiles(folder: Path) -> dict[str, bytes]:
    """Return the sample's profiles on one class, and one of them again with finer layers."""
    files: dict[str, bytes] = {}
    for path in sorted((folder / "profiles").glob("*/profile.yaml")):
        text = path.read_text().replace("[generic-250, voron-350]", f"[{_CLASS}]")
        files[f"profiles/{path.parent.name}/profile.yaml"] = text.encode()
    settings = (folder / f"profiles/{_COPIED}/1.0.0.ini").read_bytes()
    other = settings.replace(b"\nlayer_height = 0.2\n", b"\nlayer_height = 0.12\n")
    copied = files[f"profiles/{_COPIED}/profile.yaml"].replace(_COPIED.encode(), _COPY.encode())
    finer = copied.replace(b"quality: standard", b"quality: fine")
    sums = hashlib.sha256(settings).hexdigest(), hashlib.sha256(other).hexdigest()
    inside = f"profiles/{_COPY}"
    return files | {
        f"{inside}/1.0.0.ini": other,
        f"{inside}/profile.yaml": finer.replace(*(each.encode() for each in sums)),
    }


def _plates(kept: Path, into: Path) -> Sequence[Path]:
    """Lay out each plate that farmctl made, with its settings; return the folders."""
    store = ArtifactStore(kept / "artifacts", RealDisk())
    folders = []
    for record in sorted((kept / "slices").iterdir()):
        made = json.loads(record.read_bytes())
        folder = into / record.stem
        folder.mkdir(parents=True)
        for name, key in (("plate.3mf", "plate"), ("settings.ini", "settings")):
            (folder / name).write_bytes(store.get(Digest(made[key])))
        folders.append(folder)
    return folders


def _xargs(plates: Sequence[Path], folder: Path) -> Command:
    listed = folder / "plates"
    listed.write_text("".join(f"{path}\n" for path in plates))
    cpus = str(len(os.sched_getaffinity(0)))
    return Command(("xargs", "-a", listed, "-P", cpus, "-I{}", "sh", "-c", _SLICE, "{}"), folder)


def _without(kept: Path, ours: Command) -> float:
    """Forget every slice, and measure; which slicers there are stays known."""
    for name in ("artifacts", "figures", "slices"):
        shutil.rmtree(kept / name)
    return _by_the_clock(ours)


def _by_the_clock(command: Command) -> float:
    """Run it and return the seconds until it ended: what is measured is whether CPUs idle."""
    began = time.monotonic()
    command()
    return time.monotonic() - began


ROWS = (
    Row("ci-unchanged", 1.0, "ci of an unchanged farm, over validate : 1 s", unchanged),
    Row("ci-cold", 1 / _THROUGHPUT, "ci, 10 models × 4 profiles, by the clock : xargs -P", cold),
)
