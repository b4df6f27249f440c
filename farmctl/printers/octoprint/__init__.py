"""The `octoprint` driver: printers behind an OctoPrint, by its REST API and push socket.

What OctoPrint does, and how this driver takes it, was seen on the real program; the recorded
exchanges are in `tests/printers/exchanges/octoprint`.

- `pause` without an `action` goes back and forth, so the driver always sends one.
- `pause` and `resume` answer 204 also when nothing was done. So the driver looks first, and looks
  again before it says `Accepted`.
- A start is refused with the same 409 while another print is on the machine, while it is offline,
  and when it is the second of two equal requests: that is `Unknown`. Nothing is ever thrown away
  by a start.
- A file's counters tell that its print ended, well or not, also when nobody listened. They do not
  tell a cancel from a failure, and they go with the file; a cancel is said by an event, once.
- A print that a power cut or a kill of OctoPrint ended is counted nowhere by its file.
- A start that comes after its file was deleted is a 404; one that comes in the same moment breaks
  off before its first line, and leaves the printer offline. So deletion fences.
- OctoPrint keeps a digest (SHA-1) of each file as it read it back. Names that it does not like it
  changes: what it stored is compared with what was asked for.
- What identifies a machine is the id that the bundled plugin Discovery keeps in `config.yaml`; a
  copied SD card has the same.
- The bundled plugin Achievements (OctoPrint 1.11) counts starts of OctoPrint and of prints, and
  keeps them over restarts. So a restart shows, and so does a print that came and went unseen.
"""

from __future__ import annotations

from farmctl.printers.octoprint.driver import open_driver
from farmctl.printers.octoprint.probe import probe

__all__ = ["open_driver", "probe"]
