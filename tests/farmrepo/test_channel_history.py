"""What was in production before, by what git says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from farmctl.errors import Refused
from farmctl.farmrepo.channel_history import version_before, versions_back
from farmctl.farmrepo.repository import Repository

PATH = "profiles/petg/profile.yaml"


def put(clone: Any, *versions: str) -> None:
    for version in versions:
        clone.write(PATH, f"channels: {{production: {{version: {version}}}}}\n")
        clone.commit(version)


@pytest.mark.parametrize(
    ("history", "before"),
    [
        (["1.8.2", "1.9.0"], "1.8.2"),
        (["1.7.0", "1.8.2", "1.9.0", "1.8.2"], "1.7.0"),
        (["1.8.2", "1.9.0", "1.8.2", "2.0.0"], "1.8.2"),
    ],
)
def test_the_version_before_the_present_one_came(
    clone: Any, opened: Callable[[Any], Repository], history: list[str], before: str
) -> None:
    put(clone, *history)
    clone.write("farm.yaml", "x\n")
    clone.commit("other")
    assert version_before(opened(clone), "HEAD", "petg") == before


def test_a_file_that_meant_nothing_for_a_while_is_passed_over(
    clone: Any, opened: Callable[[Any], Repository]
) -> None:
    put(clone, "1.8.2")
    for text in ("channels: [", "channels: {canary: {version: 1.9.0}}\n", "\xff"):
        clone.write(PATH, text.encode("latin-1"))
        clone.commit("broken")
    put(clone, "1.9.0")
    assert list(versions_back(opened(clone), "HEAD", "petg")) == ["1.9.0", "1.8.2"]


def test_no_other_version_and_none_at_all(clone: Any, opened: Callable[[Any], Repository]) -> None:
    put(clone, "1.8.2")
    with pytest.raises(Refused, match=r"never had another version than 1.8.2") as error:
        version_before(opened(clone), "HEAD", "petg")
    assert "--to VERSION" in error.value.mend
    with pytest.raises(Refused, match="no version of pla is in production"):
        version_before(opened(clone), "HEAD", "pla")


def test_a_shallow_clone_says_that_the_past_is_missing(
    clone: Any, opened: Callable[[Any], Repository], tmp_path: Path
) -> None:
    put(clone, "1.8.2", "1.9.0")
    clone.git("clone", "-q", "--depth=1", f"file://{clone.top}", str(tmp_path / "shallow"))
    shallow = opened(type(clone)(tmp_path / "shallow"))
    with pytest.raises(Refused, match="this clone is shallow") as error:
        version_before(shallow, "HEAD", "petg")
    assert "git fetch --unshallow" in error.value.mend
