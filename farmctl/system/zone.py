"""Where this machine is."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import available_timezones


def time_zone() -> str:
    """Return the machine's time zone (IANA name), `UTC` where it says none."""
    said = os.environ.get("TZ", "").removeprefix(":")
    linked = str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")[2]
    return next((each for each in (said, linked) if each in available_timezones()), "UTC")
