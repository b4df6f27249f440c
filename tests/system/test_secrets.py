"""Secrets: found where the farm says, and never shown."""

from __future__ import annotations

import copy
import pickle
import sys
from pathlib import Path
from types import ModuleType

import pytest

from farmctl.system.secrets import Secret, SecretMissing, resolve

pytestmark = pytest.mark.pure


def test_a_secret_shows_itself_to_nobody_but_who_asks() -> None:
    secret = Secret("hunter2")

    assert (str(secret), repr(secret), f"{secret}") == ("***", "***", "***")
    assert secret.reveal() == "hunter2"
    assert secret == Secret("hunter2")
    assert secret != Secret("hunter3")
    assert len({secret, Secret("hunter2")}) == 1


@pytest.mark.parametrize("write", [pickle.dumps, copy.deepcopy])
def test_a_secret_is_not_written_down(write: object) -> None:
    with pytest.raises(TypeError, match="not written down"):
        write(Secret("hunter2"))  # type: ignore[operator]


def test_from_the_environment(tmp_path: Path) -> None:
    assert resolve({"env": "KEY"}, {"KEY": "hunter2\n"}, tmp_path).reveal() == "hunter2"


def test_from_a_file_of_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("hunter2\n")
    path.chmod(0o600)

    assert resolve({"file": "key"}, {}, tmp_path).reveal() == "hunter2"
    assert resolve({"file": str(path)}, {}, Path("/nowhere")).reveal() == "hunter2"


def test_from_a_file_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "key"
    path.write_text("hunter2")
    path.chmod(0o600)

    assert resolve({"file": "~/key"}, {}, Path("/nowhere")).reveal() == "hunter2"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o610])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    path.write_text("hunter2")
    path.chmod(mode)

    with pytest.raises(SecretMissing, match="can be read by others") as caught:
        resolve({"file": "key"}, {}, tmp_path)
    assert caught.value.mend == f"chmod 600 {path}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_a_file_without_a_secret(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
        (tmp_path / "key").chmod(0o600)

    with pytest.raises(SecretMissing, match=message) as caught:
        resolve({"file": "key"}, {}, tmp_path)
    assert caught.value.mend


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match="Is a directory"):
        resolve({"file": "."}, {}, tmp_path)


@pytest.mark.parametrize("environ", [{}, {"KEY": ""}, {"KEY": "  "}])
def test_a_variable_that_is_not_set(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(SecretMissing, match="KEY is not set") as caught:
        resolve({"env": "KEY"}, environ, tmp_path)
    assert caught.value.mend == "export KEY=…"


@pytest.mark.parametrize("reference", [{}, {"env": "A", "file": "b"}])
def test_a_secret_is_in_one_place(tmp_path: Path, reference: dict[str, str]) -> None:
    with pytest.raises(SecretMissing, match="in one place"):
        resolve(reference, {"A": "a"}, tmp_path)


def test_an_unknown_place(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match="not kept in `vault`") as caught:
        resolve({"vault": "x"}, {}, tmp_path)
    assert caught.value.mend == "use one of env, file, keyring"


class TestKeyring:
    """The desktop's keyring, where the package is installed."""

    @pytest.fixture
    def keyring(self, monkeypatch: pytest.MonkeyPatch) -> None:
        module = ModuleType("keyring")
        kept = {("farmctl", "voron-1"): "hunter2"}
        module.get_password = lambda service, user: kept.get((service, user))  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "keyring", module)

    def test_by_service_and_user(self, keyring: None, tmp_path: Path) -> None:
        assert resolve({"keyring": "farmctl/voron-1"}, {}, tmp_path).reveal() == "hunter2"

    def test_it_is_not_there(self, keyring: None, tmp_path: Path) -> None:
        with pytest.raises(SecretMissing, match="no secret for farmctl/x") as caught:
            resolve({"keyring": "farmctl/x"}, {}, tmp_path)
        assert caught.value.mend == "keyring set farmctl x"

    @pytest.mark.parametrize("name", ["voron-1", "/voron-1", "farmctl/", ""])
    def test_it_needs_service_and_user(self, keyring: None, tmp_path: Path, name: str) -> None:
        with pytest.raises(SecretMissing, match="names nothing in a keyring"):
            resolve({"keyring": name}, {}, tmp_path)

    def test_the_package_is_not_installed(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setitem(sys.modules, "keyring", None)

        with pytest.raises(SecretMissing, match="`keyring` is not installed") as caught:
            resolve({"keyring": "farmctl/voron-1"}, {}, tmp_path)
        assert "keyring" in caught.value.mend
