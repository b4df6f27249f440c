"""What is on a plate, as people read it: they never hear of plates."""

from __future__ import annotations

from collections import Counter

from farmctl.model.events.plates import PlateComposed
from farmctl.model.ids import item_of


def parts_on(plate: PlateComposed) -> str:
    """Return `bracket ×6, lid ×2`, by the items' names."""
    counts = Counter(item_of(each.instance).split("/", 1)[1] for each in plate.placed)
    return ", ".join(f"{name} ×{count}" for name, count in sorted(counts.items()))
