"""The composition root: opens a farm's folder and hands out its parts, lazily."""

from __future__ import annotations

from farmctl.farm.parts import Farm, find_farm, person

__all__ = ["Farm", "find_farm", "person"]
