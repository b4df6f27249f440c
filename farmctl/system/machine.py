"""What this computer has left, and what it runs."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path


def free_bytes(folder: Path) -> int:
    """Return how much fits on the disk that a folder is on, or will be on."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(there).free


def container_image() -> str | None:
    """Return the container image of this machine's system, `debian:12`; None for any other.

    Source: https://www.freedesktop.org/software/systemd/man/latest/os-release.html
    """
    try:
        said = platform.freedesktop_os_release()
    except OSError:
        return None
    name, version = said.get("ID", ""), said.get("VERSION_ID", "")
    is_known = name in {"debian", "ubuntu"} and version.replace(".", "").isdigit()
    return f"{name}:{version}" if is_known else None
