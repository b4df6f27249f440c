"""Make a virtual environment from a lock with hashes: make_venv.py FOLDER LOCK."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NEEDED = (3, 11)


def main(folder: Path, lock: Path) -> int:
    """Make the environment and put this project into it, editable."""
    if sys.version_info < NEEDED:
        sys.stderr.write(f"error: Python {sys.version.split()[0]} is too old: 3.11 is needed\n")
        return 1
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", "."], check=True)
    except subprocess.CalledProcessError:
        sys.stderr.write(
            "error: the virtual environment cannot be made\n"
            "mend: sudo apt-get install python3-venv, and look at what pip says above\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
