"""What setting up decides on a machine where something is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.debian import Rights, install_commands, mend
from scripts.make_venv import is_whole, too_old, venv_package

pytestmark = pytest.mark.pure

ROOT_USER = Rights(has_apt=True, is_root=True, may_sudo=False)
SUDOER = Rights(has_apt=True, is_root=False, may_sudo=True)
NOBODY = Rights(has_apt=True, is_root=False, may_sudo=False)
FEDORA = Rights(has_apt=False, is_root=True, may_sudo=True)


def test_root_installs() -> None:
    assert install_commands(["prusa-slicer"], ROOT_USER) == (
        ("apt-get", "update", "-qq"),
        ("apt-get", "install", "-y", "--no-install-recommends", "prusa-slicer"),
    )


def test_sudo_installs_and_never_asks_for_a_password() -> None:
    commands = install_commands(["gcc", "python3-dev"], SUDOER)
    assert [command[:2] for command in commands] == [("sudo", "-n"), ("sudo", "-n")]
    assert commands[1][-2:] == ("gcc", "python3-dev")


@pytest.mark.parametrize("rights", [NOBODY, FEDORA])
def test_who_may_not_installs_nothing(rights: Rights) -> None:
    assert install_commands(["gcc"], rights) == ()


@pytest.mark.parametrize(
    ("rights", "said"),
    [
        (NOBODY, "sudo apt-get update && sudo apt-get install -y gcc make"),
        (ROOT_USER, "apt-get update && apt-get install -y gcc make"),
        (FEDORA, "install what your system calls gcc make, then type the same again"),
    ],
)
def test_who_may_not_is_told_exactly_what_to_type(rights: Rights, said: str) -> None:
    assert mend(["gcc", "make"], rights) == said


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (4, 0)])
def test_a_new_python_will_do(version: tuple[int, int]) -> None:
    assert too_old(version, []) is None


def test_an_old_python_is_told_of_a_newer_one() -> None:
    assert too_old((3, 10), ["python3.13", "python3.11"]) == (
        "error: this is Python 3.10; farmctl needs 3.11 or newer\n"
        "mend: make PYTHON=python3.13 demo\n"
    )
    assert "install Python 3.11" in (too_old((3, 9), []) or "")


def test_debian_names_the_package_after_the_python() -> None:
    assert venv_package((3, 12)) == "python3.12-venv"


def test_an_environment_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    binaries = tmp_path / "bin"
    binaries.mkdir()
    (binaries / "python").symlink_to(tmp_path / "gone")
    (binaries / "pip").touch()
    assert not is_whole(tmp_path)
    (tmp_path / "gone").touch()
    assert is_whole(tmp_path)
    (binaries / "pip").unlink()
    assert not is_whole(tmp_path)
