"""A farm whose policy asks for signatures, and priya signed every version."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from farmctl.farmrepo.signatures import signer
from farmctl.model.digest import digest_of
from farmctl.model.released import NAMESPACE, Released
from tests.farmrepo.ssh_keys import allowed_line, make_key
from tests.floor.small_farm import commit_all, make_farm, type_in

NAME = "pla-0.4-draft"
FOLDER = f"profiles/{NAME}"
SIGNED = "1.0.0.ini.sig"


@pytest.fixture(scope="module")
def farm_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A farm whose policy asks for signatures, and priya signed every version."""
    root = tmp_path_factory.mktemp("signed")
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Priya")
            patch.setenv(f"GIT_{role}_EMAIL", "priya@example.org")
        folder, key = make_farm(root / "farm"), make_key(root / "keys/priya")
        (folder / "allowed_signers").write_text(allowed_line("priya", key, NAMESPACE))
        policy = folder / "policies/default.yaml"
        policy.write_text(policy.read_text() + "profiles: {require_signature: true}\n")
        for each in folder.glob("profiles/*-*/1.0.0.ini"):
            signed(each, key)
        commit_all(folder, "signed")
    return folder


def signed(settings: Path, key: Path, of: str | None = None, version: str = "1.0.0") -> None:
    released = Released(of or settings.parent.name, version, digest_of(settings.read_bytes()))
    settings.with_suffix(".ini.sig").write_bytes(signer().sign(released.statement, key))


@pytest.fixture
def farm(farm_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(farm_once, tmp_path / "farm"))


@pytest.fixture
def key(farm_once: Path) -> Path:
    return farm_once.parent / "keys/priya"


def new_version(farm: Path, *more: str) -> Path:
    """Release a second version, and return its settings."""
    text = (farm / FOLDER / "1.0.0.ini").read_text() + "wipe = 0\n"
    (farm / FOLDER / "draft.ini").write_text(text)
    done = type_in(farm, "profile", "release", NAME, "--bump", "minor", "-m", "x", *more)
    assert done.code == 0, done.err
    return farm / FOLDER / "1.1.0.ini"
