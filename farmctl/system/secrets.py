"""Secrets: never in a farm's documents, never in a log, a message or a traceback.

A document says where one is, as a mapping with one key:

    {env: VORON1_KEY}            an environment variable
    {file: ~/.config/voron1}     a file that only its owner may read (0600)
    {keyring: farmctl/voron-1}   service and user in the desktop's keyring (package `keyring`)
"""

from __future__ import annotations

import importlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

from farmctl.errors import FarmctlError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SecretMissing(FarmctlError):  # noqa: N818 - reads as what it says
    """A secret is not where the farm says it is, or may not be read from there."""


class Secret:
    """A text that prints as `***` wherever it is shown by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself: only where it is sent."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a secret is not written down")


def resolve(reference: Mapping[str, str], environ: Mapping[str, str], folder: Path) -> Secret:
    """Return the secret that a document refers to; a relative `file` is in `folder`.

    Raises SecretMissing.
    """
    if len(reference) != 1:
        raise SecretMissing(
            f"a secret is in one place, not {len(reference)}", "name one of env, file, keyring"
        )
    ((source, name),) = reference.items()
    match source:
        case "env":
            return _from_environment(name, environ)
        case "file":
            return _from_file(folder / Path(name).expanduser())
        case "keyring":
            return _from_keyring(name)
        case _:
            raise SecretMissing(
                f"secrets are not kept in `{source}`", "use one of env, file, keyring"
            )


def _from_environment(name: str, environ: Mapping[str, str]) -> Secret:
    text = environ.get(name, "").strip()
    if not text:
        raise SecretMissing(f"environment variable {name} is not set", f"export {name}=…")
    return Secret(text)


def _from_file(path: Path) -> Secret:
    try:
        with path.open(encoding="utf-8") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _OTHERS:
                raise SecretMissing(
                    f"{path} can be read by others than its owner", f"chmod 600 {path}"
                )
            text = file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretMissing(
            f"{path} cannot be read: {_cause(error)}",
            f"put the secret there, then chmod 600 {path}",
        ) from error
    if not text:
        raise SecretMissing(f"{path} is empty", "put the secret there")
    return Secret(text)


def _from_keyring(name: str) -> Secret:
    service, slash, user = name.partition("/")
    if not (service and slash and user):
        raise SecretMissing(
            f"`{name}` names nothing in a keyring", "write it as service/user: farmctl/voron-1"
        )
    text = _open_keyring().get_password(service, user)
    if not text:
        raise SecretMissing(
            f"the keyring has no secret for {name}", f"keyring set {service} {user}"
        )
    return Secret(text)


class _Keyring(Protocol):
    def get_password(self, service: str, user: str) -> str | None: ...


def _open_keyring() -> _Keyring:
    """Return the `keyring` package: only farms that keep secrets there need it."""
    try:
        return cast("_Keyring", importlib.import_module("keyring"))
    except ImportError as error:
        raise SecretMissing(
            "package `keyring` is not installed",
            "pipx inject farmctl keyring, or keep the secret in env or file",
        ) from error


def _cause(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "error" if isinstance(error, OSError) else "not UTF-8 text"
