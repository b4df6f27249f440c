"""A browser comes here as the lock says, or as the archive has it; what was tampered with does not."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from tests.browser import install as browser
from tests.servers import install

pytestmark = pytest.mark.pure

APT = """
said() { echo "Inst chromium-common ($1 Debian:12 [amd64])"
         echo "Inst chromium-headless-shell [9] ($1 Debian:12 [amd64])"
         echo "Conf chromium-common ($1 Debian:12 [amd64])"; }
case "$*" in
  download*) shift; for each; do echo "$each" > "${each%%=*}_${each##*=}_amd64.deb"; done ;;
  *=1*) [ -z "$GONE" ] || exit 100; said 1 ;;
  *) said 2 ;;
esac
"""
DPKG = """
name=$(basename "$2")
mkdir -p "$3/usr/lib/chromium" && cp "$2" "$3/usr/lib/chromium/${name%%_*}"
"""


@pytest.fixture(autouse=True)
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an archive there that has the pinned version 1, or only 2 where GONE is set."""
    for name, script in (("apt-get", APT), ("dpkg", DPKG)):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(install, "BUILD", tmp_path / "build")
    monkeypatch.setattr(browser, "LOCK", tmp_path / "browser.lock")
    lock(tmp_path)


def lock(folder: Path, **other: str) -> None:
    rows = ["# what a person reads"]
    for name in browser.ITS_OWN:
        raw = other.get(name.replace("-", "_"), f"{name}=1\n").encode()
        rows.append(f"{hashlib.sha256(raw).hexdigest()}  {name}_1_amd64.deb")
    (folder / "browser.lock").write_text("\n".join(rows))


def test_the_pinned_packages_are_unpacked_once(tmp_path: Path) -> None:
    found = browser.installed()
    assert found.program.read_text() == "chromium-headless-shell=1\n"
    assert list(found.program.parents[3].glob("*.deb")) == []
    shutil.rmtree(tmp_path / "bin")
    assert browser.installed() == found


def test_a_package_that_is_another_is_refused_and_nothing_is_left_as_done(tmp_path: Path) -> None:
    lock(tmp_path, chromium_common="what it was\n")
    for _ in range(2):
        with pytest.raises(SystemExit, match=r"chromium-common_1_amd64\.deb is not the one"):
            browser.installed()


def test_where_the_archive_dropped_the_pinned_version_the_one_it_has_is_taken(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GONE", "yes")
    assert browser.installed().program.read_text() == "chromium-headless-shell=2\n"
    assert "chromium-headless-shell 1 no more" in capfd.readouterr().err


def test_an_apt_that_knows_no_browser_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin/apt-get").write_text("#!/bin/sh\necho 'E: Unable to locate' >&2; exit 100\n")
    with pytest.raises(SystemExit, match=r"(?s)Unable to locate.*mend: apt-get update"):
        browser.installed()
