"""A farm made to do harm by its profiles: nothing of it runs, and each trick is named."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.farmrepo.signatures import signer
from farmctl.model.digest import digest_of, hexdigits
from farmctl.model.released import NAMESPACE, Released
from farmctl.testing import packages, parts
from tests.farmrepo.ssh_keys import allowed_line, make_key
from tests.floor.small_farm import ORDER, commit_all, git, make_farm, type_in

PLA, PETG, OTHER = "pla-0.4-draft", "petg-0.4-standard", "pla-0.4-standard"
FORGED, UNSIGNED = "pla-0.4-forged", "pla-0.4-unsigned"
CLASS = "classes/generic-250"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A farm with every trick in it, committed; and the file that any of them would make."""
    root = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Eve")
            patch.setenv(f"GIT_{role}_EMAIL", "eve@example.org")
        return planted(root)


def planted(root: Path) -> tuple[Path, Path]:
    farm, pwned = make_farm(root / "farm"), root / "PWNED"
    script = root / "touch.sh"
    script.write_text(f"#!/bin/sh\ntouch {pwned}\n")
    script.chmod(0o755)
    priya, eve = make_key(root / "keys/priya"), make_key(root / "keys/eve")
    (farm / "allowed_signers").write_text(allowed_line("priya", priya, NAMESPACE))
    policy = farm / "policies/default.yaml"
    policy.write_text(policy.read_text() + "profiles: {require_signature: true}\n")
    sign(farm, PETG, eve)  # a key that nobody allowed
    sign(farm, OTHER, priya, namespace="git")  # as commits are signed
    add_copy(farm, UNSIGNED)
    add_copy(farm, FORGED)
    sign(farm, FORGED, priya)
    rewrite(farm, FORGED, "xy_size_compensation = 1\n")
    commit_all(farm, "signed")
    rewrite(farm, PLA, f"post_process = {script}\n")  # unsigned, and in production
    rewrite(farm, CLASS, f'post_process = "/bin/sh -c {script}"\n')
    link_profiles(farm)
    name_outside(farm)
    order_package(farm, str(script))
    commit_all(farm, "harmless")
    start_from_git(out_of_production(farm), script)
    start_from_git(farm, script)
    return farm, pwned


def out_of_production(farm: Path) -> Path:
    """Copy the farm with no version in a channel, so that each can be promoted."""
    folder = Path(shutil.copytree(farm, farm.with_name("aside"), symlinks=True))
    for name in (PLA, PETG, OTHER, FORGED, UNSIGNED):
        document = folder / f"profiles/{name}/profile.yaml"
        text = document.read_text()
        document.write_text(text.replace("channels: {production: {version: 1.0.0}}", ""))
    commit_all(folder, "nothing in production")
    return folder


def sign(farm: Path, name: str, key: Path, namespace: str = NAMESPACE) -> None:
    settings = farm / f"profiles/{name}/1.0.0.ini"
    statement = Released(name, "1.0.0", digest_of(settings.read_bytes())).statement
    raw = replace(signer(), namespace=namespace).sign(statement, key)
    settings.with_suffix(".ini.sig").write_bytes(raw)


def add_copy(farm: Path, name: str) -> None:
    folder = farm / f"profiles/{name}"
    shutil.copytree(farm / f"profiles/{PLA}", folder)
    text = (folder / "profile.yaml").read_text().replace(PLA, name)
    (folder / "profile.yaml").write_text(text.replace("quality: draft", "quality: fine"))


def rewrite(farm: Path, name: str, more: str) -> None:
    """Change a released version, and its lock with it."""
    folder = farm / "profiles" / name
    settings = folder / "1.0.0.ini"
    before = hexdigits(digest_of(settings.read_bytes()))
    settings.write_bytes(settings.read_bytes() + more.encode())
    document = next(folder.glob("*.yaml"))
    after = hexdigits(digest_of(settings.read_bytes()))
    document.write_text(document.read_text().replace(before, after))


def link_profiles(farm: Path) -> None:
    (farm / "profiles/linked").symlink_to(farm / "profiles" / PLA)
    (farm / f"profiles/{PETG}/1.1.0.ini").symlink_to("/etc/passwd")


def name_outside(farm: Path) -> None:
    text = (farm / f"profiles/{PLA}/profile.yaml").read_text()
    (farm / "profiles/evil").mkdir()
    (farm / "profiles/evil/profile.yaml").write_text(text.replace(f"name: {PLA}", "name: ../evil"))


def order_package(farm: Path, script: str) -> None:
    """Order a 3MF that carries settings, and a model outside of the farm."""
    settings = {"Metadata/Slic3r_PE.config": f"; post_process = {script}\n"}
    raw = packages.package(packages.one_object(parts.box_facets(9, 9, 9)), settings)
    (farm / "models/evil.3mf").write_bytes(raw)
    words = {"quantity": 1, "color": "white", "quality": "draft", "more": ""}
    sha256 = hashlib.sha256(raw).hexdigest()
    text = ORDER.format(order="ord-2", sha256=sha256, **words)
    (farm / "orders/ord-2.yaml").write_text(text.replace("models/box.stl", "models/evil.3mf"))
    text = ORDER.format(order="ord-3", sha256=sha256, **words)
    (farm / "orders/ord-3.yaml").write_text(text.replace("models/box.stl", "../../etc/passwd"))


def start_from_git(farm: Path, script: Path) -> None:
    """Git's own ways to start something: hooks, a monitor, filters, a signing program."""
    hook = farm / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    (farm / ".git/info").mkdir(exist_ok=True)
    (farm / ".git/info/attributes").write_text("*.ini filter=evil diff=evil\n")
    for name in ("filter.evil.clean", "diff.evil.textconv", "gpg.ssh.program"):
        git(farm, "config", name, str(script))
    git(farm, "config", "gpg.ssh.defaultKeyCommand", str(script))
    git(farm, "config", "core.fsmonitor", str(script))
    hook.symlink_to(script)


def codes(farm: Path, *more: str) -> set[tuple[str, str]]:
    found = json.loads(type_in(farm, "validate", "-o", "json", *more).out)["items"]
    return {(each["file"], each["code"]) for each in found if each["severity"] == "error"}


@pytest.mark.parametrize("rev", [(), ("--rev", "HEAD")])
def test_every_trick_is_named_and_none_runs(
    hostile: tuple[Path, Path], rev: tuple[str, ...]
) -> None:
    farm, pwned = hostile
    found = codes(farm, *rev)
    assert {
        (f"profiles/{PLA}/1.0.0.ini", "setting-starts-program"),
        (f"profiles/{CLASS}/1.0.0.ini", "setting-starts-program"),
        (f"profiles/{PLA}/profile.yaml", "release-rewritten"),
        (f"profiles/{CLASS}/class.yaml", "release-rewritten"),
        (f"profiles/{PLA}/profile.yaml", "unsigned"),
        (f"profiles/{UNSIGNED}/profile.yaml", "unsigned"),
        (f"profiles/{PETG}/1.0.0.ini.sig", "signature-unknown-key"),
        (f"profiles/{OTHER}/1.0.0.ini.sig", "signature-other-namespace"),
        (f"profiles/{FORGED}/1.0.0.ini.sig", "signature-wrong"),
        ("profiles/linked", "symlink"),
        (f"profiles/{PETG}/1.1.0.ini", "symlink"),
        ("profiles/evil/profile.yaml", "wrong-form"),
        ("orders/ord-3.yaml", "wrong-form"),
    } <= found
    assert type_in(farm, "validate", *rev).code == 3
    assert not pwned.exists()


@pytest.mark.parametrize(
    "words",
    [
        ["plan"],
        ["status"],
        ["profile", "list"],
        ["profile", "show", PLA],
        ["profile", "verify"],
        ["profile", "release", PLA, "--bump", "minor", "-m", "x"],
        ["profile", "sign", f"{PLA}@1.0.0"],
        ["profile", "retire", f"{PLA}@1.0.0", "-m", "x"],
        ["profile", "effective", PLA, "--class", "generic-250"],
        ["profile", "diff", PLA],
        ["profile", "set", PLA, "temperature=200"],
        ["profile", "try", PLA, "--class", "generic-250"],
        ["profile", "import", "models/evil.3mf", "--as", "mine", "--class", "other"],
        ["profile", "import", f"profiles/{PLA}/1.0.0.ini", "--as", "mine", "--class", "other"],
        ["profile", "promote", f"{PLA}@1.0.0"],
        ["profile", "promote", f"{PETG}@1.1.0", "--direct"],
        ["profile", "rollback", PLA, "--to", "1.0.0"],
        ["profile", "stop", f"{PLA}@1.0.0", "--reason", "x"],
        ["slice", "models/box.stl", "--profile", PLA, "--class", "generic-250"],
        ["slice", "models/evil.3mf", "--profile", PLA, "--class", "generic-250"],
        ["commit", "-m", "x"],
        ["ci", "--base", "HEAD"],
        ["ci", "--base", "HEAD~1", "--rev", "HEAD"],
        ["golden", "generate"],
    ],
)
def test_whatever_reads_the_farm_starts_nothing(
    hostile: tuple[Path, Path], words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    farm, pwned = Path(shutil.copytree(hostile[0], tmp_path / "farm", symlinks=True)), hostile[1]
    monkeypatch.chdir(farm)
    done = type_in(farm, *words)
    assert done.code != 70, done.err
    assert not pwned.exists()


def test_ci_names_each_trick_and_slices_nothing(hostile: tuple[Path, Path]) -> None:
    farm, pwned = hostile
    done = type_in(farm, "ci", "--base", "HEAD~1")
    assert done.code == 3
    for path, code in codes(farm):
        assert path in done.out, code
    assert "nothing sliced" in done.err
    assert not (farm / ".farmctl/ci").exists()
    assert not pwned.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (PLA, "says something else"),
        (UNSIGNED, "is not signed, and policies/default.yaml asks for signatures"),
        (PETG, "may not sign profiles"),
        (OTHER, "it is a signature for `git`, not for"),
        (FORGED, "it is no signature of this version with these settings"),
    ],
)
def test_what_is_edited_unsigned_or_forged_is_not_promoted(
    hostile: tuple[Path, Path], name: str, said: str, tmp_path: Path
) -> None:
    aside, pwned = hostile[0].with_name("aside"), hostile[1]
    farm = Path(shutil.copytree(aside, tmp_path / "farm", symlinks=True))
    refs = git(farm, "for-each-ref")
    done = type_in(farm, "profile", "promote", f"{name}@1.0.0")
    assert (done.code, said in done.err) == (4, True), done.err
    assert git(farm, "for-each-ref") == refs
    assert not pwned.exists()


def test_settings_in_a_package_are_named_and_not_used(
    hostile: tuple[Path, Path],
) -> None:
    farm, pwned = hostile
    done = type_in(farm, "preflight", str(farm / "models/evil.3mf"), "-o", "json")
    assert "starts-program" in done.out
    assert not pwned.exists()


def test_a_tree_that_names_what_lies_outside_is_named(hostile: tuple[Path, Path]) -> None:
    farm, _ = hostile
    blob = git(farm, "rev-parse", f"HEAD:profiles/{PLA}/1.0.0.ini")
    inner = made(farm, "mktree", f"100644 blob {blob}\tx.ini\n")
    middle = made(farm, "mktree", f"040000 tree {inner}\t..\n")
    kept = git(farm, "ls-tree", "HEAD").replace("\tprofiles", "\tprofiles-before")
    top = made(farm, "mktree", f"{kept}\n040000 tree {middle}\tprofiles\n")
    commit = made(farm, "commit-tree", "", top, "-m", "out")
    found = codes(farm, "--rev", commit)
    assert ("profiles/../x.ini", "leaves-the-farm") in found


def made(farm: Path, command: str, text: str, *more: str) -> str:
    who = {
        f"GIT_{role}_{what}": "eve"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["git", "-C", str(farm), command, *more],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **who},
    )
    return done.stdout.strip()
