"""Who runs farmctl on this machine, and which variables each has."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from farmctl.system.principals import crons, key_file, myself, process
from farmctl.system.processes import Finished, Limits


class Crontab:
    """Answers `crontab -l`."""

    def __init__(self, text: str | None) -> None:
        self.text = text

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        limits: Limits,
        stdin: bytes = b"",
    ) -> Finished:
        assert list(argv) == ["crontab", "-l"]
        if self.text is None:
            raise FileNotFoundError(argv[0])
        return Finished(0 if self.text else 1, self.text, "no crontab")


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("VORON1_KEY=abc\n*/5 * * * * cd /farm && farmctl apply\n", {"VORON1_KEY"}),
        ("  'OTHER' = x\n@reboot farmctl run\n", {"OTHER"}),
        ("# VORON1_KEY=abc\n0 1 * * 1 farmctl apply\n", set()),
    ],
)
def test_a_crontab_that_starts_farmctl_is_a_principal(
    text: str, variables: set[str], tmp_path: Path
) -> None:
    (found,) = crons(Crontab(text), [tmp_path / "none"])
    assert found.what.startswith("cron (crontab of ")
    assert found.uid == os.getuid()
    assert found.variables is not None
    assert {"HOME", "PATH"} <= found.variables
    assert found.variables - {"HOME", "LOGNAME", "PATH", "SHELL", "USER"} == variables


@pytest.mark.parametrize("text", ["", None, "0 1 * * * backup\n", "# 0 1 * * * farmctl apply\n"])
def test_a_crontab_without_farmctl_is_none(text: str | None, tmp_path: Path) -> None:
    assert crons(Crontab(text), [tmp_path / "none"]) == ()


def test_a_system_crontab_names_its_user(tmp_path: Path) -> None:
    folder = tmp_path / "cron.d"
    folder.mkdir()
    (folder / "farm").write_text("KEY=x\n0 1 * * * root /usr/bin/farmctl -C /farm apply\n")
    (folder / "other").write_text("0 1 * * * root backup\n")
    (found,) = crons(Crontab(""), [folder])
    assert (found.what, found.user, found.uid) == (f"cron ({folder / 'farm'})", "root", 0)


def test_this_process_and_another() -> None:
    assert myself({"A": "x"}).variables == {"A"}
    found = process(os.getpid(), "the loop")
    assert found is not None
    assert (found.uid, found.what) == (os.getuid(), f"the loop (process {os.getpid()})")
    assert found.variables is not None
    assert "PATH" in found.variables
    assert process(2**22 + 1, "the loop") is None


def test_whose_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("x")
    found = key_file(tmp_path / "key")
    assert found is not None
    assert found.uid == os.getuid()
    assert key_file(tmp_path / "none") is None
