"""Unpacks a headless Chromium: `python -m tests.browser.install`.

Debian's packages are unpacked beside everything else in `.build`, with those that they need and this
system lacks; nothing is installed. `locks/browser.lock` pins the bytes of each. Where the archive has
a pinned version no more (it drops one with every security update), what it has instead is taken: apt
knows its digest from the archive's signature, and the one thing that a test needs is a browser.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.servers import install
from tests.servers.install import ROOT, alone, run

LOCK = ROOT / "locks" / "browser.lock"
PROGRAM = "chromium-headless-shell"
ITS_OWN = ("chromium-common", PROGRAM)
_INST = re.compile(r"^Inst (\S+) (?:\[\S+\] )?\((\S+) ", re.MULTILINE)


class Chromium(NamedTuple):
    """An unpacked browser, and where it finds the libraries that came with it."""

    program: Path
    environment: Mapping[str, str]


def installed() -> Chromium:
    """Return the browser, unpacked now when it is missing. Raises SystemExit where it cannot be."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    folder = install.BUILD / f"browser-{digest[:12]}"
    done = folder / "complete"
    if not done.exists():
        with alone():
            if not done.exists():
                _unpack(folder, pinned(LOCK.read_text()))
                done.touch()
    return _unpacked(folder)


def pinned(lock: str) -> dict[str, str]:
    """Return the sha256 of each package by the name of its file, `NAME_VERSION_ARCHITECTURE.deb`."""
    rows = (line.split() for line in lock.splitlines() if line and not line.startswith("#"))
    return {name: digest for digest, name in rows}


def missing(pins: Mapping[str, str]) -> tuple[str, ...]:
    """Return what to download as `NAME=VERSION`: the browser, and what of its needs is not here."""
    versions = dict(name.split("_")[:2] for name in pins)
    ended = _simulated([f"{name}={versions[name]}" for name in ITS_OWN])
    if ended.returncode:
        sys.stderr.write(f"the archive has {PROGRAM} {versions[PROGRAM]} no more: what it has\n")
        ended = _simulated(ITS_OWN)
    if ended.returncode:
        raise SystemExit(f"apt-get does not know {PROGRAM}:\n{ended.stderr}mend: apt-get update")
    return tuple(f"{name}={version}" for name, version in _INST.findall(ended.stdout))


def _simulated(packages: Sequence[str]) -> subprocess.CompletedProcess[str]:
    # `--reinstall`: one that the system has is unpacked as well, since it may be another version.
    argv = ("apt-get", "--simulate", "--no-install-recommends", "--reinstall", "install", *packages)
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def _unpack(folder: Path, pins: Mapping[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    run("apt-get", "download", *missing(pins), cwd=folder)
    packages = sorted(folder.glob("*.deb"))
    for package in packages:
        found = hashlib.sha256(package.read_bytes()).hexdigest()
        if pins.get(package.name, found) != found:
            raise SystemExit(f"{package.name} is not the one that {LOCK.name} pins: {found}")
    for package in packages:
        run("dpkg", "-x", str(package), str(folder))
        package.unlink()


def _unpacked(folder: Path) -> Chromium:
    places = [*folder.glob("usr/lib/*-linux-gnu*"), *folder.glob("usr/lib/*-linux-gnu*/pulseaudio")]
    found = ":".join(map(str, places))
    return Chromium(folder / "usr/lib/chromium" / PROGRAM, {"LD_LIBRARY_PATH": found})


if __name__ == "__main__":
    sys.stdout.write(f"browser: {installed().program}\n")
