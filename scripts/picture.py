"""Draw the README's picture from a real run: python -m scripts.picture.

A copy of the reference farm is made in a new folder, its printers slowed down so that something
is under way, and what the commands print becomes an SVG.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "session.svg"
WIDTH = 102
QUICK, SLOW = "speedup: 600", "speedup: 60"
BEFORE = (
    f"farmctl init farm --sample && cd farm && sed -i 's/{QUICK}/{SLOW}/' farm.yaml",
    "cd farm && farmctl commit -m 'slower printers'",
    "cd farm && farmctl clear sim-1 sim-2 sim-3",
)
SHOWN = ("farmctl plan", "farmctl apply --yes >/dev/null", "farmctl status")
# Without the web font that rich names: a picture in a page may load nothing.
FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>{lines}</defs>
<rect fill="#292929" width="{width}" height="{height}" rx="8"/>
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


@dataclass(frozen=True)
class Typed:
    """A command, and what it printed."""

    command: str
    printed: str


def draw(session: list[Typed]) -> str:
    """Return a session as an SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for typed in session:
        console.print(Text(f"$ {typed.command}", style="bold green"))
        console.print(Text(typed.printed.rstrip()), soft_wrap=True, highlight=False)
        console.print()
    return console.export_svg(title="", code_format=FORMAT, unique_id="farmctl")


def run(command: str, folder: Path) -> Typed:
    """Type a command. Raises CalledProcessError where it fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    people = {
        f"GIT_{who}_{what}": "mia" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    environment = {**os.environ, **people, "PATH": path, "HOME": str(folder), "NO_COLOR": "1"}
    ended = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return Typed(command, ended.stdout)


def main() -> int:
    """Run the session and write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        for command in BEFORE:
            run(command, Path(folder))
        session = [run(command, Path(folder) / "farm") for command in SHOWN]
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(draw(session))
    return 0


if __name__ == "__main__":
    sys.exit(main())
