"""Makes the environment of the printer servers: `python -m tests.servers.install`.

The folder is named after the lock file's digest, so a changed lock gets a new one; two workers may
ask at once. Nothing is done when it is there already.
"""

from __future__ import annotations

import ctypes.util
import fcntl
import hashlib
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "locks" / "servers.lock"
BUILD = ROOT / ".build"

# Klipper compiles its step generator when it first starts; a test should not wait for that.
_COMPILE = "from klippy import chelper; chelper.get_ffi()"


def missing_packages() -> list[str]:
    """Return the Debian packages that the servers need and this machine lacks."""
    header = Path(sysconfig.get_path("include")) / "Python.h"
    needs = {
        "gcc": shutil.which("gcc") is not None,
        "libsodium23": ctypes.util.find_library("sodium") is not None,
        "python3-dev": header.exists(),
    }
    return [package for package, is_there in sorted(needs.items()) if not is_there]


def installed() -> Path:
    """Return the servers' environment, made now when it is missing.

    Raises SystemExit naming the packages to install, or what pip said.
    """
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    venv = BUILD / f"servers-venv-{digest[:12]}"
    done = venv / "complete"
    if done.exists():
        return venv
    with _alone():
        if not done.exists():
            _install(venv)
            done.touch()
    return venv


def _install(venv: Path) -> None:
    missing = missing_packages()
    if missing:
        raise SystemExit(
            "the printer servers need packages that are not installed:\n"
            f"    sudo apt-get install {' '.join(missing)}"
        )
    shutil.rmtree(venv, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(venv))
    _run(str(venv / "bin" / "pip"), "install", "--require-hashes", "-r", str(LOCK))
    _run(str(venv / "bin" / "python"), "-c", _COMPILE)


def _run(*argv: str) -> None:
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{' '.join(argv)} failed:\n{ended.stdout}{ended.stderr}")


@contextmanager
def _alone() -> Iterator[None]:
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "servers-venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.stdout.write(f"{installed()}\n")
