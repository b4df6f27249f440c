"""Find PrusaSlicer, or install Debian's package when this user may; else say what to type."""

from __future__ import annotations

import shutil
import sys

from scripts.debian import complain, rights_here, try_to_install

PACKAGES = ("prusa-slicer",)


def main() -> int:
    """Return 0 when there is a `prusa-slicer` on the PATH."""
    if shutil.which("prusa-slicer"):
        return 0
    rights = rights_here()
    try_to_install(PACKAGES, rights)
    if shutil.which("prusa-slicer"):
        return 0
    complain("PrusaSlicer is missing: there is no `prusa-slicer` on the PATH", PACKAGES, rights)
    return 1


if __name__ == "__main__":
    sys.exit(main())
