"""`profile release`: a draft becomes a version, once and for all, or nothing changes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from farmctl.model.baseline import Baseline, ClassFigures, ModelFigures, SlicedBy, write_baseline
from farmctl.model.digest import digest_of, hexdigits
from farmctl.model.released import NAMESPACE, Released
from tests.farmrepo.ssh_keys import allowed_line, make_key
from tests.floor.small_farm import Typed, commit_all, git, make_farm, type_in

NAME = "petg-0.4-standard"
FOLDER = f"profiles/{NAME}"


@pytest.fixture(scope="module")
def farm_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Priya")
            patch.setenv(f"GIT_{role}_EMAIL", "priya@example.org")
        return make_farm(tmp_path_factory.mktemp("release") / "farm")


@pytest.fixture
def farm(farm_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Priya")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "priya@example.org")
    return Path(shutil.copytree(farm_once, tmp_path / "farm"))


@pytest.fixture
def key(farm: Path, tmp_path: Path) -> Path:
    """A key of Priya's, that git signs with and the farm allows."""
    made = make_key(tmp_path / "keys/priya")
    (farm / "allowed_signers").write_text(allowed_line("priya", made, NAMESPACE))
    commit_all(farm, "who signs")
    use(farm, str(made))
    return made


def use(farm: Path, key: str) -> None:
    git(farm, "config", "gpg.format", "ssh")
    git(farm, "config", "user.signingkey", key)


def draft(farm: Path, name: str = NAME, **changed: str) -> bytes:
    """Write a draft by hand: the first version, changed."""
    lines = (farm / f"profiles/{name}/1.0.0.ini").read_text().splitlines()
    kept = [line for line in lines if line.partition(" ")[0] not in changed]
    text = "\n".join([*kept, *(f"{key} = {value}" for key, value in changed.items()), ""])
    (farm / f"profiles/{name}/draft.ini").write_text(text)
    return text.encode()


def release(farm: Path, *more: str, name: str = NAME, bump: str = "minor") -> Typed:
    message = () if "-m" in more else ("-m", "cooler outer walls")
    return type_in(farm, "profile", "release", name, "--bump", bump, *message, *more)


def test_a_draft_becomes_the_next_version_in_one_commit_and_in_no_channel(
    farm: Path, key: Path
) -> None:
    before, raw = git(farm, "rev-parse", "HEAD"), draft(farm, temperature="235")
    done = release(farm)
    assert done.code == 0, done.err
    assert done.err.startswith("1.1.0, signed by priya (key SHA256:")
    assert done.err.endswith("), not in any channel\n")
    assert git(farm, "rev-parse", "HEAD^") == before
    assert git(farm, "log", "-1", "--format=%s%n%b%an") == (
        f"profiles: {NAME}@1.1.0 released\ncooler outer walls\nPriya"
    )
    changed = git(farm, "show", "--name-only", "--format=").split()
    kept = ["1.1.0.ini", "1.1.0.ini.sig", "CHANGELOG.md", "profile.yaml"]
    assert changed == [f"{FOLDER}/{each}" for each in kept]
    assert git(farm, "status", "--porcelain") == ""
    assert not (farm / FOLDER / "draft.ini").exists()
    assert (farm / FOLDER / "1.1.0.ini").read_bytes() == raw
    document = (farm / FOLDER / "profile.yaml").read_text()
    assert hexdigits(digest_of(raw)) in document
    assert "cooler outer walls" in document
    assert "channels: {production: {version: 1.0.0}}" in document
    assert type_in(farm, "validate").code == 0


def test_the_signature_is_one_that_ssh_keygen_verifies_by_itself(farm: Path, key: Path) -> None:
    raw = draft(farm, temperature="235")
    release(farm)
    import subprocess

    statement = Released(NAME, "1.1.0", digest_of(raw)).statement
    command = ["ssh-keygen", "-Y", "verify", "-n", "farmctl-profile@v1", "-I", "priya"]
    files = ["-f", "allowed_signers", "-s", f"{FOLDER}/1.1.0.ini.sig"]
    told = subprocess.run([*command, *files], cwd=farm, input=statement, check=False)
    assert told.returncode == 0


def test_the_changelog_has_the_newest_first_with_date_and_name(farm: Path) -> None:
    draft(farm, temperature="235")
    release(farm)
    draft(farm, temperature="230")
    release(farm, "-m", "cooler still", bump="patch")
    text = (farm / FOLDER / "CHANGELOG.md").read_text()
    title, new, newest, old, oldest = (line for line in text.splitlines() if line)
    assert title == f"# {NAME}"
    assert new.startswith("## 1.1.1 (20")
    assert new.endswith(", Priya)")
    assert newest == "cooler still"
    assert old.startswith("## 1.1.0 (20")
    assert oldest == "cooler outer walls"


@pytest.mark.parametrize(
    ("bump", "version"), [("patch", "1.0.1"), ("minor", "1.1.0"), ("major", "2.0.0")]
)
def test_each_bump_raises_its_number(farm: Path, bump: str, version: str) -> None:
    draft(farm, temperature="235")
    assert release(farm, bump=bump).err.startswith(f"{version}, not signed")
    assert (farm / FOLDER / f"{version}.ini").is_file()


def test_a_class_is_released_the_same_way(farm: Path, key: Path) -> None:
    draft(farm, "classes/generic-250", max_print_height="240")
    done = release(farm, name="classes/generic-250")
    assert done.code == 0, done.err
    assert done.err.startswith("1.1.0, signed by priya")
    assert type_in(farm, "validate").code == 0
    found = type_in(farm, "profile", "verify", "classes/generic-250@1.1.0", "-o", "json")
    assert json.loads(found.out)["items"][0]["signed_by"] == "priya"


def test_without_a_key_it_is_not_signed_and_says_so(farm: Path) -> None:
    draft(farm, temperature="235")
    assert release(farm).err == (
        "1.1.0, not signed (the farm has no allowed_signers), not in any channel\n"
    )
    assert not (farm / FOLDER / "1.1.0.ini.sig").exists()


def test_where_git_has_no_ssh_key_it_says_how_to_name_one(farm: Path, key: Path) -> None:
    git(farm, "config", "gpg.format", "openpgp")
    draft(farm, temperature="235")
    assert "not signed (no key: --key PATH, or git config user.signingkey)" in release(farm).err


def test_a_key_that_is_named_counts_before_gits_own(farm: Path, key: Path, tmp_path: Path) -> None:
    other = make_key(tmp_path / "keys/bob")
    with (farm / "allowed_signers").open("a") as file:
        file.write(allowed_line("bob", other, NAMESPACE))
    commit_all(farm, "bob too")
    draft(farm, temperature="235")
    assert release(farm, "--key", str(other)).err.startswith("1.1.0, signed by bob")


def test_a_version_can_be_signed_later(farm: Path, key: Path) -> None:
    draft(farm, temperature="235")
    release(farm, "--unsigned")
    done = type_in(farm, "profile", "sign", f"{NAME}@1.1.0")
    assert done.err.startswith(f"{NAME}@1.1.0 signed by priya (key SHA256:")
    again = type_in(farm, "profile", "sign", f"{NAME}@1.1.0")
    assert (again.code, "is signed by priya already" in again.err) == (4, True)
    assert type_in(farm, "profile", "sign", f"{NAME}@9.9.9").code == 1
    assert type_in(farm, "validate").code == 0


def refused(farm: Path, code: int, *words: str, do: Callable[[], Typed] | None = None) -> None:
    """Run a release and assert that it says these words, exits so, and changes nothing."""
    before = git(farm, "rev-parse", "HEAD"), git(farm, "status", "--porcelain"), files_of(farm)
    done = do() if do else release(farm)
    assert done.code == code, done.err
    for word in words:
        assert word in done.err
    after = git(farm, "rev-parse", "HEAD"), git(farm, "status", "--porcelain"), files_of(farm)
    assert after == before


def files_of(farm: Path) -> dict[str, bytes]:
    inside = (path for path in (farm / "profiles").rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in inside}


def test_no_draft_is_nothing_to_release(farm: Path) -> None:
    refused(farm, 4, f"{NAME} has no draft", f"farmctl profile set {NAME} KEY=VALUE")


def test_the_draft_of_a_class_is_begun_as_it_is_told(farm: Path) -> None:
    name = "classes/generic-250"
    mend = f"cp profiles/{name}/1.0.0.ini profiles/{name}/draft.ini"
    refused(farm, 4, f"{name} has no draft", mend, do=lambda: release(farm, name=name))
    subprocess.run(mend.split(), cwd=farm, check=True)
    said = f"the draft says what {name}@1.0.0 says"
    change = f"change it: profiles/{name}/draft.ini"
    refused(farm, 4, said, change, do=lambda: release(farm, name=name))
    with (farm / f"profiles/{name}/draft.ini").open("a") as file:
        file.write("max_layer_height = 0.3\n")
    assert release(farm, name=name).code == 0


@pytest.mark.parametrize("words", [("set", "z_offset=1"), ("try",), ("diff",), ("effective",)])
def test_a_class_is_no_profile(farm: Path, words: tuple[str, ...]) -> None:
    verb, *more = words
    done = type_in(farm, "profile", verb, "classes/generic-250", *more)
    assert done.code == 2
    assert "classes/generic-250 is a class of printers, no profile" in done.err
    assert "profiles/classes/generic-250/draft.ini" in done.err


def test_a_draft_that_says_what_the_last_version_says_is_nothing_to_release(farm: Path) -> None:
    draft(farm)
    with (farm / FOLDER / "draft.ini").open("a") as file:
        file.write("# a remark is no change\n")
    refused(farm, 4, f"nothing to release: the draft says what {NAME}@1.0.0 says")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"post_process": "/bin/touch x"}, "makes the slicer start a program"),
        ({"temprature": "235"}, "has no setting `temprature`"),
        ({"bed_shape": "0x0"}, "is a machine setting"),
        ({"print_host": "10.0.0.7"}, "has no place in git"),
    ],
)
def test_a_draft_with_a_fault_is_named_with_its_line(
    farm: Path, changed: dict[str, str], words: str
) -> None:
    raw = draft(farm, **changed)
    line = raw.count(b"\n")
    refused(farm, 3, f"{FOLDER}/draft.ini:{line}:1: ", words)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\xff\xfe", "not a settings file"),
        (b"[print:x]\na = 1\n", "begins a section"),
        (b"rubbish\n", "is no setting"),
    ],
)
def test_a_draft_that_is_no_settings_file_is_named(farm: Path, raw: bytes, words: str) -> None:
    (farm / FOLDER / "draft.ini").write_bytes(raw)
    refused(farm, 3, f"{FOLDER}/draft.ini:1:1", words)


def test_a_draft_for_another_nozzle_is_named(farm: Path) -> None:
    draft(farm, nozzle_diameter="0.6")
    refused(farm, 3, "is for a nozzle of 0.6 mm, not 0.4 mm")


def test_a_draft_that_is_a_link_is_not_followed(farm: Path) -> None:
    (farm / FOLDER / "draft.ini").symlink_to("/etc/passwd")
    refused(farm, 4, f"{FOLDER}/draft.ini is a symbolic link")


def test_a_changelog_that_is_a_link_is_not_followed(farm: Path) -> None:
    (farm / FOLDER / "CHANGELOG.md").symlink_to("/etc/passwd")
    commit_all(farm)
    draft(farm, temperature="235")
    refused(farm, 4, f"{FOLDER}/CHANGELOG.md is a symbolic link")


def test_a_file_of_that_version_in_the_way_is_not_overwritten(farm: Path) -> None:
    draft(farm, temperature="235")
    (farm / FOLDER / "1.1.0.ini").write_text("temperature = 1\n")
    commit_all(farm)
    (farm / FOLDER / "draft.ini").touch()
    refused(farm, 4, f"{FOLDER}/1.1.0.ini lies there already")


def test_a_version_that_was_there_before_is_not_released_again(farm: Path) -> None:
    document = (farm / FOLDER / "profile.yaml").read_bytes()
    draft(farm, temperature="235")
    release(farm)
    released = git(farm, "rev-parse", "HEAD")
    (farm / FOLDER / "profile.yaml").write_bytes(document)
    (farm / FOLDER / "1.1.0.ini").unlink()
    commit_all(farm, "dropped")
    draft(farm, temperature="230")
    refused(farm, 4, f"commit {released[:12]} released {NAME}@1.1.0 before", "--bump")
    assert release(farm, bump="patch").code == 0


def test_changes_of_the_profile_that_are_not_committed_are_not_carried_along(farm: Path) -> None:
    draft(farm, temperature="235")
    with (farm / FOLDER / "profile.yaml").open("a") as file:
        file.write("# mine\n")
    refused(farm, 4, f"{FOLDER}/profile.yaml has changes that are not committed", "farmctl commit")


def test_changes_elsewhere_stay_what_they_are(farm: Path) -> None:
    draft(farm, temperature="235")
    with (farm / "farm.yaml").open("a") as file:
        file.write("# mine\n")
    assert release(farm).code == 0
    assert git(farm, "status", "--porcelain") == "M farm.yaml"


def test_a_detached_head_takes_no_release(farm: Path) -> None:
    git(farm, "checkout", "-q", "--detach")
    draft(farm, temperature="235")
    refused(farm, 4, "no branch is checked out", "git switch BRANCH")


def test_in_the_middle_of_a_merge_nothing_is_released(farm: Path) -> None:
    draft(farm, temperature="235")
    (farm / ".git/MERGE_HEAD").write_text(git(farm, "rev-parse", "HEAD") + "\n")
    refused(farm, 1, "git is in the middle of a merge")


def test_a_farm_without_a_pinned_slicer_knows_no_settings(farm: Path) -> None:
    text = (farm / "farm.yaml").read_text()
    start, end = text.index("slicers:"), text.index("printers:")
    (farm / "farm.yaml").write_text(text[:start] + text[end:])
    commit_all(farm)
    draft(farm, temperature="235")
    refused(farm, 5, "no prusaslicer is pinned", "farmctl slicer pin")


def test_an_unknown_profile_is_named_with_close_ones(farm: Path) -> None:
    refused(
        farm,
        1,
        "there is no profile `petg-0.4-standart`",
        f"did you mean {NAME}",
        do=lambda: release(farm, name="petg-0.4-standart"),
    )


def test_a_profile_that_cannot_be_read_says_so(farm: Path) -> None:
    (farm / FOLDER / "profile.yaml").write_text("schema: profile/v1\n")
    commit_all(farm)
    draft(farm, temperature="235")
    refused(farm, 3, f"{FOLDER}/profile.yaml cannot be read", "farmctl validate")


@pytest.mark.parametrize("message", ["two\nlines", " ", "x" * 501])
def test_a_message_that_fits_no_document_is_refused(farm: Path, message: str) -> None:
    draft(farm, temperature="235")
    refused(farm, 2, "on one line", do=lambda: release(farm, "-m", message))


def test_a_key_that_may_not_sign_here_is_refused_with_the_line_it_needs(
    farm: Path, key: Path, tmp_path: Path
) -> None:
    eve = make_key(tmp_path / "keys/eve")
    draft(farm, temperature="235")
    public = eve.with_suffix(".pub").read_text().split()[1]
    refused(
        farm,
        4,
        "may not sign profiles here",
        f'namespaces="{NAMESPACE}" ssh-ed25519 {public}',
        "--unsigned",
        do=lambda: release(farm, "--key", str(eve)),
    )


def test_a_key_is_not_used_where_nobody_says_who_may_sign(farm: Path, tmp_path: Path) -> None:
    eve = make_key(tmp_path / "keys/eve")
    draft(farm, temperature="235")
    refused(farm, 4, "may not sign", do=lambda: release(farm, "--key", str(eve)))


def test_a_key_that_is_not_there_is_named(farm: Path, key: Path) -> None:
    draft(farm, temperature="235")
    refused(farm, 1, "there is no key at", do=lambda: release(farm, "--key", "/no/such"))


def test_a_key_with_a_passphrase_is_named(farm: Path, key: Path, tmp_path: Path) -> None:
    locked = make_key(tmp_path / "keys/locked", passphrase="secret")
    draft(farm, temperature="235")
    refused(farm, 1, "does not sign", do=lambda: release(farm, "--key", str(locked)))


def test_gits_key_may_be_written_out_and_then_the_agent_is_asked(
    farm: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    use(farm, f"key::{key.with_suffix('.pub').read_text().strip()}")
    draft(farm, temperature="235")
    refused(farm, 1, "key.pub does not sign", "ssh agent")


def test_without_ssh_keygen_nothing_is_released(
    farm: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft(farm, temperature="235")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("git", "prusa-slicer"):
        (tools / name).symlink_to(shutil.which(name) or name)

    def without() -> Typed:
        with monkeypatch.context() as patch:
            patch.setenv("PATH", str(tools))
            return release(farm)

    refused(farm, 1, "ssh-keygen is not installed", do=without)


def test_what_was_recorded_of_a_draft_goes_on_with_its_version(farm: Path, key: Path) -> None:
    draft(farm, temperature="235")
    of_cube = {"cube": ModelFigures("9f86d081" * 8, {"time_ms": 60_000})}
    slicer = SlicedBy("prusaslicer", "2.5.0", "linux-x86_64", f"sha256:{'1' * 64}")
    recorded = Baseline(
        NAME, "draft", slicer, classes={"voron-350": ClassFigures("1.0.0", of_cube)}
    )
    folder = farm / "golden_models/baselines" / NAME
    folder.mkdir(parents=True)
    (folder / "draft.json").write_bytes(write_baseline(recorded))
    assert release(farm).code == 0
    assert [each.name for each in folder.iterdir()] == ["1.1.0.json"]
    assert (folder / "1.1.0.json").read_bytes() == write_baseline(
        Baseline(NAME, "1.1.0", slicer, classes=recorded.classes)
    )
    assert git(farm, "status", "--porcelain") == ""


def test_a_recorded_draft_that_nobody_can_read_stays_for_validate_to_name(
    farm: Path, key: Path
) -> None:
    draft(farm, temperature="235")
    path = farm / f"golden_models/baselines/{NAME}/draft.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    release(farm)
    assert path.read_text() == "{"
    assert not (path.parent / "1.1.0.json").exists()
