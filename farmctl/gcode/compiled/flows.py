"""Flow over stretches, compiled from the loop that `farmctl.gcode.stretches` runs as it is."""

from __future__ import annotations

from farmctl.gcode import stretches
from farmctl.gcode.compiled.jit import outer

compiled_flows = outer(stretches.flows)
