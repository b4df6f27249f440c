"""Find PrusaSlicer, or install Debian's package when this user may; else say what to type."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

INSTALL = ("apt-get", "install", "-y", "--no-install-recommends", "prusa-slicer")


def main() -> int:
    """Return 0 when there is a `prusa-slicer` on the PATH."""
    if shutil.which("prusa-slicer"):
        return 0
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    may_install = not sudo or (
        shutil.which("sudo") is not None
        and subprocess.run([*sudo, "true"], check=False, capture_output=True).returncode == 0
    )
    if shutil.which("apt-get") and may_install:
        subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*sudo, *INSTALL], check=False, env=environment)
    if shutil.which("prusa-slicer"):
        return 0
    sys.stderr.write(
        "error: PrusaSlicer is missing, and this user may not install it\n"
        f"mend: sudo {' '.join(INSTALL)}\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
