"""Make a virtual environment from a lock with hashes: python -m scripts.make_venv FOLDER LOCK.

The one script that runs on whatever Python there is: it must get far enough to say what is wrong.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.debian import complain, rights_here, try_to_install

NEEDED = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def too_old(version: tuple[int, int], others: list[str]) -> str | None:
    """Return what to say of a Python that is too old, or None.

    Args:
        version: Of the Python that runs this.
        others: Newer ones on this machine, the newest first.
    """
    if version >= NEEDED:
        return None
    said = f"error: this is Python {version[0]}.{version[1]}; farmctl needs 3.11 or newer\n"
    if others:
        return f"{said}mend: make PYTHON={others[0]} demo\n"
    return f"{said}mend: install Python 3.11, then: make PYTHON=python3.11 demo\n"


def venv_package(version: tuple[int, int]) -> str:
    """Return the package with what Debian leaves out of its Python."""
    return f"python{version[0]}.{version[1]}-venv"


def is_whole(folder: Path) -> bool:
    """Return whether an environment was made to its end and its Python is still there."""
    return all((folder / "bin" / name).exists() for name in ("python", "pip"))


def main(folder: Path, lock: Path) -> int:
    """Make the environment and put this project into it, editable."""
    version = sys.version_info[:2]
    refusal = too_old(version, [name for name in NEWER if shutil.which(name)])
    if refusal is not None:
        sys.stderr.write(refusal)
        return 1
    if not is_whole(folder) and not _made(folder, version):
        return 1
    return _filled(folder, lock)


def _made(folder: Path, version: tuple[int, int]) -> bool:
    package = venv_package(version)
    if importlib.util.find_spec("ensurepip") is None:
        try_to_install([package], rights_here())
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=False)
    if made.returncode == 0:
        return True
    complain("Python cannot make a virtual environment", [package], rights_here())
    return False


def _filled(folder: Path, lock: Path) -> int:
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install"]
    pip += ["--quiet", "--disable-pip-version-check"]
    locked = [*pip, "--require-hashes", "-r", str(lock)]
    itself = [*pip, "--no-deps", "--no-build-isolation", "--editable", "."]
    for command in (locked, itself):
        ended = subprocess.run(command, check=False)
        if ended.returncode != 0:
            sys.stderr.write(
                "error: the locked packages cannot be installed; pip says above why\n"
                "mend: look at network and proxy, then type the same again\n"
            )
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
