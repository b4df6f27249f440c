"""What a fault is: something that can be made to happen on a stage."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from farmctl.soak.stage import Stage

Strike = Callable[[Stage, str], Awaitable[None]]
"""Makes it happen, to the printer of that name where it is a printer's."""

Catalogue = Mapping[str, Strike]
"""Faults by the name that people give them."""
