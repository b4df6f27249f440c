"""Install what the real printer servers of the tests are built with, or say what to type."""

from __future__ import annotations

import sys

from scripts.debian import complain, rights_here, try_to_install
from tests.servers.install import missing_packages


def main() -> int:
    """Return 0 when nothing is missing."""
    missing = missing_packages()
    if not missing:
        return 0
    rights = rights_here()
    try_to_install(missing, rights)
    missing = missing_packages()
    if not missing:
        return 0
    complain("the printer servers of the tests need more of the system", missing, rights)
    return 1


if __name__ == "__main__":
    sys.exit(main())
