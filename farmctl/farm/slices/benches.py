"""Where a farm's plates are sliced: the pinned slicer of this machine, and what it made before."""

from __future__ import annotations

from farmctl.farm.parts import Farm
from farmctl.farm.slices.recall import slice_cache
from farmctl.farm.slices.slicers import slicer_for
from farmctl.model.digest import Digest
from farmctl.slicing.plate import Bench


def bench(farm: Farm, program: str, digest: Digest) -> Bench:
    """Return where plates for a pinned build are sliced. Raises SlicerFailed without a slicer."""
    return Bench(slicer_for(farm, digest, program), farm.store, slice_cache(farm))
