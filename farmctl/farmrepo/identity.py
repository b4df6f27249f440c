"""Who commits: a person by the name git knows, or farmctl."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.farmrepo.repository import Repository

_IDENT = re.compile(r"(?P<name>.*?) ?<(?P<email>[^<>]*)> \d+ [-+]\d{4}")


class NoIdentity(FarmctlError):  # noqa: N818 - reads as what it says
    """Git does not know who commits."""


class Identity(Struct, frozen=True):
    """A name and an address as git writes them into commits."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


FARMCTL = Identity("farmctl", "farmctl@localhost")
"""Who commits build plans."""


class Signature(Struct, frozen=True):
    """Who commits, and when."""

    who: Identity
    at: datetime

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the variables by which git takes author and committer."""
        date = f"@{int(self.at.timestamp())} {self.at.strftime('%z') or '+0000'}"
        return {
            f"GIT_{role}_{field}": value
            for role in ("AUTHOR", "COMMITTER")
            for field, value in (
                ("NAME", self.who.name),
                ("EMAIL", self.who.email),
                ("DATE", date),
            )
        }


def identity(repository: Repository) -> Identity | None:
    """Return the person that git knows, or None when nobody told it yet."""
    answer = repository.run("-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT")
    match = _IDENT.fullmatch(answer.text)
    if answer.code != 0 or match is None or not match["name"]:
        return None
    return Identity(match["name"], match["email"])


def set_identity(repository: Repository, who: Identity) -> None:
    """Tell git, for this repository alone, who commits. Raises NoIdentity for an unusable name."""
    for text in (who.name, who.email):
        if not text.strip() or re.search(r"[<>\x00-\x1f]", text):
            raise NoIdentity(f"`{text}` is no name for git", "without <, > and line ends")
    repository.ask("config", "--local", "user.name", who.name)
    repository.ask("config", "--local", "user.email", who.email)
