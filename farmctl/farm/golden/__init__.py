"""Golden models of a farm: making, pinning, and slicing them before and after a change."""
