"""Makes the environments of the printer servers: `python -m tests.servers.install`.

A folder is named after its lock file's digest, so a changed lock gets a new one; two workers may
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
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"


class Kit(NamedTuple):
    """What a kind of server is made of: `tests/servers/NAME.in`, `locks/servers-NAME.lock`.

    Args:
        needs: Packages of Debian.
        after: Python to run once it is installed.
        unpacks: Packages of Debian that are only unpacked, beside the environment: no service is
            started, and nothing of the system changed.
    """

    needs: tuple[str, ...]
    after: str = ""
    unpacks: tuple[str, ...] = ()


KITS: Mapping[str, Kit] = {
    "bambu": Kit(
        needs=("apt", "dpkg"),
        unpacks=(
            *("mosquitto", "libmosquitto1", "libcjson1", "libdlt2", "libwrap0"),
            # A user for vsftpd who is none of the system's.
            *("vsftpd", "libnss-wrapper", "libpam-wrapper"),
        ),
    ),
    # Klipper compiles its step generator when it first starts; a test should not wait for that.
    "klipper": Kit(
        needs=("gcc", "libsodium23", "python3-dev"),
        after="from klippy import chelper; chelper.get_ffi()",
    ),
    "octoprint": Kit(needs=("gcc", "python3-dev")),
    "prusalink": Kit(needs=("gcc", "libcap-dev", "libmagic1", "libturbojpeg0", "python3-dev")),
}

FOUND: Mapping[str, Callable[[], bool]] = {
    "apt": lambda: shutil.which("apt-get") is not None,
    "dpkg": lambda: shutil.which("dpkg") is not None,
    "gcc": lambda: shutil.which("gcc") is not None,
    "libcap-dev": Path("/usr/include/sys/capability.h").exists,
    "libmagic1": lambda: ctypes.util.find_library("magic") is not None,
    "libsodium23": lambda: ctypes.util.find_library("sodium") is not None,
    "libturbojpeg0": lambda: ctypes.util.find_library("turbojpeg") is not None,
    "python3-dev": (Path(sysconfig.get_path("include")) / "Python.h").exists,
}
"""How a package of Debian is looked for, whatever the system calls it."""


def missing_packages(kits: Iterable[str] = KITS) -> list[str]:
    """Return the Debian packages that servers need and this machine lacks."""
    needed = {package for kit in kits for package in KITS[kit].needs}
    return sorted(package for package in needed if not FOUND[package]())


def installed(kit: str) -> Path:
    """Return the environment of a kind of server, made now when it is missing.

    Raises SystemExit naming the packages to install, or what pip said.
    """
    lock = ROOT / "locks" / f"servers-{kit}.lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    venv = BUILD / f"servers-venv-{digest[:12]}"
    done = venv / "complete"
    if done.exists():
        return venv
    with alone():
        if not done.exists():
            _install(kit, lock, venv)
            done.touch()
    return venv


def _install(kit: str, lock: Path, venv: Path) -> None:
    missing = missing_packages([kit])
    if missing:
        raise SystemExit(
            "the printer servers need packages that are not installed:\n"
            f"    sudo apt-get install {' '.join(missing)}"
        )
    shutil.rmtree(venv, ignore_errors=True)
    run(sys.executable, "-m", "venv", str(venv))
    run(str(venv / "bin" / "pip"), "install", "--require-hashes", "-r", str(lock))
    if KITS[kit].unpacks:
        _unpack(KITS[kit].unpacks, venv / "debian")
    if KITS[kit].after:
        run(str(venv / "bin" / "python"), "-c", KITS[kit].after)


def _unpack(packages: Iterable[str], folder: Path) -> None:
    folder.mkdir()
    run("apt-get", "download", *packages, cwd=folder)
    for package in sorted(folder.glob("*.deb")):
        run("dpkg", "-x", str(package), str(folder))
        package.unlink()


def run(*argv: str, cwd: Path | None = None) -> None:
    """Run a command. Raises SystemExit with what it said where it fails."""
    ended = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=cwd)
    if ended.returncode:
        raise SystemExit(f"{' '.join(argv)} failed:\n{ended.stdout}{ended.stderr}")


@contextmanager
def alone() -> Iterator[None]:
    """Hold what everybody who makes something in `.build` holds."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "servers-venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    for each in KITS:
        sys.stdout.write(f"{each}: {installed(each)}\n")
