"""Signing a version with the ssh key that a person has for git, or the one they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from farmctl.errors import Refused
from farmctl.farmrepo.files import work_tree_files
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.signatures import allowed_in, mend_key, signer
from farmctl.farmrepo.sshsig import ALLOWED_SIGNERS, NotVerified
from farmctl.farmrepo.sshsig_file import read_signature
from farmctl.model.released import Released
from farmctl.system.scratch import fresh_folder

_LITERAL = re.compile(r"(?:key::)?((?:ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+)(?: .*)?")


class Wish(Struct, frozen=True):
    """How a version is to be signed.

    Args:
        key: The key's file, where a person names one; else git's own.
        is_signed: False where a person wants no signature.
    """

    key: Path | None = None
    is_signed: bool = True


class Signing(Struct, frozen=True):
    """What came of it: a signature with whose it is, or why there is none.

    Args:
        raw: The signature; None for none.
        by: The name in `allowed_signers`.
        key: The key's fingerprint.
        why_not: Why it is not signed.
    """

    raw: bytes | None = None
    by: str = ""
    key: str = ""
    why_not: str = ""

    @property
    def words(self) -> str:
        """Return `signed by priya (key SHA256:Zk…)`, or why it is not signed."""
        if self.raw is None:
            return f"not signed ({self.why_not})"
        return f"signed by {self.by} (key {self.key})"


def sign(repository: Repository, of: Released, wish: Wish) -> Signing:
    """Return the signature of a version.

    Without a key, or in a farm that does not say who may sign, there is none.

    Raises:
        NotSigned: The key does not sign.
        Refused: It may not sign here; a person named it, or the farm says who may.
        NoSshKeygen: There is no `ssh-keygen` here.
    """
    if not wish.is_signed:
        return Signing(why_not="as you said")
    allowed = allowed_in(work_tree_files(repository))
    if allowed is None and wish.key is None:
        return Signing(why_not=f"the farm has no {ALLOWED_SIGNERS}")
    with _key(repository, wish) as key:
        if key is None:
            return Signing(why_not="no key: --key PATH, or git config user.signingkey")
        raw = signer().sign(of.statement, key)
    said = read_signature(raw)
    try:
        return Signing(raw, signer().who_signed(of.statement, raw, allowed or b""), said.key)
    except NotVerified as error:
        why = f"the key {said.key} may not sign profiles here"
        raise Refused(why, f"{mend_key(said)}; or --unsigned") from error


@contextmanager
def _key(repository: Repository, wish: Wish) -> Iterator[Path | None]:
    """Yield the key's file: the one that was named, or the one git signs commits with."""
    if wish.key is not None:
        yield wish.key.expanduser()
        return
    said = _git_says(repository, "user.signingkey")
    literal = _LITERAL.fullmatch(said)
    if _git_says(repository, "gpg.format") != "ssh" or not said:
        yield None
    elif literal is None:
        yield Path(said).expanduser()
    else:
        with fresh_folder() as folder:  # `ssh-keygen` asks the agent for the key of a .pub file
            path = folder / "key.pub"
            repository.disk.replace(path, f"{literal[1]}\n".encode(), durable=False)
            yield path


def _git_says(repository: Repository, key: str) -> str:
    answer = repository.run("config", "--get", key)
    return answer.text.strip() if answer.code == 0 else ""
