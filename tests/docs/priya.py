"""What the person who changes a profile brings: a tray that fills a bed, and a remote with rules."""

from __future__ import annotations

import subprocess
from pathlib import Path

from farmctl.testing.shapes import Point, binary_stl, prism

_WIDE_MM = 200.0
_RIM_MM = 2.0
_HIGH_MM = 0.6
_PROTECT_MAIN = """\
#!/bin/sh
# As a forge does it: once main is there, only who may merge moves it.
while read old new ref; do
  if [ "$ref" = refs/heads/main ] && [ "$GIT_PUSH_OPTION_0" != maria ] \\
    && git rev-parse -q --verify refs/heads/main > /dev/null; then
    echo "main is protected: open a pull request" >&2
    exit 1
  fi
done
"""


def tray() -> bytes:
    """Return her `tray.stl`: one fits on a bed, with so little in it that it is sliced at once."""
    inside = _WIDE_MM - _RIM_MM
    return binary_stl(prism(_square(0, _WIDE_MM), 0, _HIGH_MM, [_square(_RIM_MM, inside)]))


def _square(low: float, high: float) -> list[Point]:
    return [(low, low), (high, low), (high, high), (low, high)]


def protected_remote(folder: Path) -> Path:
    """Make an empty bare repository whose hook lets nobody but Maria move main."""
    bare = folder / "garage.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    subprocess.run(
        ["git", "-C", str(bare), "config", "receive.advertisePushOptions", "true"], check=True
    )
    hook = bare / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(_PROTECT_MAIN)
    hook.chmod(0o755)
    return bare
