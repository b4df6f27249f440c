"""Resolve the dependencies into locks with hashes that name no registry. Needs `uv` on the PATH."""

from __future__ import annotations

import subprocess
import sys

COMMON = (
    "uv",
    "pip",
    "compile",
    "--quiet",
    "--upgrade",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--python-version=3.11",
)


def main() -> int:
    """Write `locks/run.lock` and `locks/dev.lock`."""
    universal = (*COMMON, "--universal", "pyproject.toml")
    subprocess.run([*universal, "-o", "locks/run.lock"], check=True)
    subprocess.run([*universal, "--group", "dev", "-o", "locks/dev.lock"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
