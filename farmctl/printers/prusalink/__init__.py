"""The `prusalink` driver: Prusa's MK2.5 and MK3 family, through the PrusaLink in front of them.

What PrusaLink does, and how this driver takes it, was seen on the real program; the recorded
exchanges are in `tests/printers/exchanges/prusalink`.

- A job shows while it goes on. When it ends, PrusaLink shows `FINISHED` or `STOPPED` for eleven
  seconds, without its number and its file, and takes no start; then it is idle and has no record.
  It pushes nothing. So the driver looks every few seconds and remembers what it saw.
- What happened while nobody looked is not to be known. So the observation's `boot` is the moment
  since when the driver has looked without a gap: after one, a bed is in doubt.
- It has a flag that a person sets when the bed is free, which the web page and the panel can set
  as well; the driver leaves it alone. The bed is farmctl's own knowledge.
- An upload is stored under its name before anything else is asked of it: a refusal after it is
  unknown. One that is to be printed at once never is asked for.
- A file is found a moment after it is stored, and missed a moment after it is deleted. A start in
  between is answered by 500, prints nothing, and leaves PrusaLink busy until the machine is reset.
- A print that a reset of the machine cut off shows as `STOPPED`, as one that a person stopped.
- A password is proved by HTTP digest: what is to be proved is asked for by a call without effect,
  so that no start and no file is ever sent twice.
"""

from __future__ import annotations

from farmctl.printers.prusalink.driver import open_driver
from farmctl.printers.prusalink.probe import probe

__all__ = ["open_driver", "probe"]
