"""A bug's report: what is needed to mend it, in a file, without secrets."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from pathlib import Path

from farmctl import __version__
from farmctl.system.disk import RealDisk
from farmctl.system.entropy import fresh_hex


def report() -> str:
    """Write the present exception to a report file and return what the person reads."""
    path = Path(tempfile.gettempdir()) / f"farmctl-bug-{fresh_hex(8)}.txt"
    text = "\n".join(
        (
            f"farmctl {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: {' '.join(sys.argv[1:3])}",
            traceback.format_exc(),
        )
    )
    RealDisk().replace(path, text.encode(), durable=False)
    return (
        f"error: this is a bug in farmctl: {sys.exc_info()[1]!r}\n"
        f"mend: please send {path}; what printed goes on printing\n"
    )
