"""Golden files: what a command prints is kept under `tests/cli/golden/` and compared.

`pytest tests/cli --update-golden` writes them anew; the change is then reviewed with git.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.shelf import copied, fresh, printed, printing, ready, waiting

__all__ = ["copied", "fresh", "printed", "printing", "ready", "waiting"]

FOLDER = Path(__file__).parent / "golden"

Golden = Callable[..., None]
"""`golden("plan.txt", text, {"[0-9a-f]{7}": "COMMIT"})`: compares, after replacing what varies."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/cli/golden anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with the golden file of that name, line by line without trailing blanks."""
    is_update = request.config.getoption("--update-golden", default=False)

    def compare(name: str, text: str, varies: Mapping[str, str] | None = None) -> None:
        for pattern, word in (varies or {}).items():
            text = re.sub(pattern, word, text)
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
        path = FOLDER / name
        if is_update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        assert path.is_file(), f"{name} is missing: pytest {request.node.path} --update-golden"
        changed = difflib.unified_diff(
            path.read_text().splitlines(), text.splitlines(), str(path), "now", lineterm=""
        )
        assert list(changed) == []

    return compare
