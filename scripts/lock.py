"""Resolve the dependencies into locks with hashes that name no registry. Needs `uv` on the PATH."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
    """Write `locks/run.lock`, `locks/dev.lock`, and one for each printer server and each peer."""
    universal = (*COMMON, "--universal", "pyproject.toml")
    subprocess.run([*universal, "-o", "locks/run.lock"], check=True)
    subprocess.run([*universal, "--group", "dev", "-o", "locks/dev.lock"], check=True)
    for wanted in sorted(Path("tests/servers").glob("*.in")):
        lock = f"locks/servers-{wanted.stem}.lock"
        subprocess.run([*COMMON, str(wanted), "-o", lock], check=True)
    for wanted in sorted(Path("scripts/benchmarks/peers").glob("*.in")):
        subprocess.run([*COMMON, str(wanted), "-o", str(wanted.with_suffix(".lock"))], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
