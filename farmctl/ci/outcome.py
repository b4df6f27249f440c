"""What came of a slice of a golden model. Pure."""

from __future__ import annotations

from msgspec import Struct

from farmctl.gcode.measured import Figures
from farmctl.model.digest import Digest


class Measured(Struct, frozen=True):
    """What a slice came to.

    Args:
        gcode: Digest of the g-code.
        figures: What was measured.
        warnings: The codes of what the slicer warned of.
    """

    gcode: Digest
    figures: Figures
    warnings: tuple[str, ...] = ()


class Failed(Struct, frozen=True):
    """Why there is no slice: a stable code, what is wrong, and the mend."""

    code: str
    message: str
    mend: str = ""


Outcome = Measured | Failed
