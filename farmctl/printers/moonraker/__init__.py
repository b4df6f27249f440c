"""The `moonraker` driver: Klipper printers, through the Moonraker server in front of them.

What Moonraker and Klipper do, and how this driver takes it, was seen on the real programs; the
recorded exchanges are in `tests/printers/exchanges/moonraker`.

- `pause`, `resume` and `cancel` answer `ok` whatever the printer is doing, also when nothing was
  done. So the driver looks first, and looks again before it says `Accepted`.
- A start while a print is paused throws the paused print away, and the new one cannot be paused.
  So the driver starts only what it saw idle.
- After the micro-controller shut down, `print_stats` goes on saying `printing` or `paused`. Only
  `webhooks.state` tells.
- Klipper finds files whatever their case: another person's `A.gcode` is started for `a.gcode`. So
  the driver asks Moonraker first, which is exact.
- `print_stats` says `complete` when the file is read, with motion still queued: the print is over
  when `idle_timeout` is no longer `Printing`.
- When Moonraker restarts in mid-print its history says `interrupted` or `server_exit` for good,
  while Klipper prints on to the end. What `print_stats` says of our file goes first.
- In the half second after Klipper became ready, and for prints shorter than the quarter of a second
  between two status updates, the history misses the file's name or the whole job. There too
  `print_stats` tells, because a file name of ours is never used twice.
- Deletion is refused for the file that is printed, by a status a quarter of a second old: look
  again after a delete. A start that arrives behind a deletion fails: deletion fences.
- Nothing tells one boot of Klipper from the next: a restart by g-code keeps the process. A print it
  cut off is told by the history.
- Moonraker has no serial number. What identifies a machine is the instance id that it keeps in its
  database, which outlives restarts of Moonraker, of Klipper and of the computer.
"""

from __future__ import annotations

from farmctl.printers.moonraker.driver import open_driver
from farmctl.printers.moonraker.probe import probe

__all__ = ["open_driver", "probe"]
