"""A person's own editor, on their terminal, for one file."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path


def edit_file(command: str, path: Path) -> int:
    """Run an editor until the person closes it; return its exit code.

    Args:
        command: As in $EDITOR: the program and its options, `code --wait`.
        path: The file.

    Raises:
        FileNotFoundError: There is no such program.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:  # a quote that is never closed
        raise FileNotFoundError(command) from error
    return subprocess.run([*words, str(path)], check=False).returncode
