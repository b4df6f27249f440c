"""The reference farm as tests copy it: pinned to the slicer of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from farmctl.farm import Farm
from farmctl.farm.founding.sample import sample_files
from farmctl.farm.slices.slicers import pinned_here
from farmctl.system.disk import RealDisk

ROOT = Path(__file__).parents[1]


@cache
def reference_files() -> Mapping[str, bytes]:
    """Its files by path.

    The repository pins one build; a library that the system has updated since makes another.
    """
    farm = Farm(ROOT, ROOT / ".build/slicer-of-tests")
    return pinned_here(farm, sample_files(RealDisk()))[0]
