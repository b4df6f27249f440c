"""Packages of Debian and Ubuntu: installed where this user may, else named for who may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rights:
    """What this user may do here.

    Args:
        has_apt: Whether the system has Debian's packages.
        is_root: Whether the user is root.
        may_sudo: Whether `sudo` works without a password.
    """

    has_apt: bool
    is_root: bool
    may_sudo: bool


def install_commands(packages: Sequence[str], rights: Rights) -> tuple[tuple[str, ...], ...]:
    """Return the commands that install packages, or none when this user may not."""
    if not rights.has_apt or not (rights.is_root or rights.may_sudo):
        return ()
    before = () if rights.is_root else ("sudo", "-n")
    install = ("apt-get", "install", "-y", "--no-install-recommends", *packages)
    return ((*before, "apt-get", "update", "-qq"), (*before, *install))


def mend(packages: Sequence[str], rights: Rights) -> str:
    """Return exactly what to type, or what to look for where there is no apt."""
    names = " ".join(packages)
    if not rights.has_apt:
        return f"install what your system calls {names}, then type the same again"
    before = "" if rights.is_root else "sudo "
    return f"{before}apt-get update && {before}apt-get install -y {names}"


def rights_here() -> Rights:
    """Return what this user may do on this machine."""
    return Rights(
        has_apt=shutil.which("apt-get") is not None,
        is_root=os.geteuid() == 0,
        may_sudo=shutil.which("sudo") is not None
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode
        == 0,
    )


def try_to_install(packages: Sequence[str], rights: Rights) -> None:
    """Install packages where that is allowed; who called looks whether they are there."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in install_commands(packages, rights):
        sys.stderr.write(f"{' '.join(command)}\n")
        subprocess.run(command, check=False, env=environment, stdout=sys.stderr)


def complain(what: str, packages: Sequence[str], rights: Rights) -> None:
    """Say what is missing and how it comes here."""
    sys.stderr.write(f"error: {what}\nmend: {mend(packages, rights)}\n")
