"""The `bambu` driver: Bambu Lab printers in LAN mode, by MQTT and FTP over TLS.

No Bambu was at hand. What this driver relies on was read from the work of their users, and tried on
real programs that do the same: Mosquitto, and vsftpd, which the machines themselves run.

- A start on a busy machine ends what it prints. So the driver looks first, and starts only what it
  saw idle; a start goes out once, on an open connection, and never waits in a queue.
- After a start was accepted the machine goes on showing the last print for one or two minutes.
  Nothing follows from that: patience is three minutes.
- Files are deleted also while they are printed, and a start may come after: deletion fences
  nothing.
- The task id that a start carries comes back in every report: it says which print is ours. It has
  31 bits, because that is what the machines keep, and is never 0, which joins prints.
- Most models report only what has changed. Reports are merged, and a look asks for all of them.
- A machine that was switched off forgets its last print.
- Who has no Developer mode is not told so: starts are dropped. `doctor` gives a command that
  changes nothing, and listens for its echo.
"""

from __future__ import annotations

from farmctl.printers.bambu.driver import open_driver
from farmctl.printers.bambu.probe import probe

__all__ = ["open_driver", "probe"]
