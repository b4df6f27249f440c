"""Detached signatures by `ssh-keygen -Y`: the keys that people have already, without a network.

A signature is for a namespace, so that one made for something else does not count. Who may sign
is what the farm's `allowed_signers` says (`man ssh-keygen`, ALLOWED SIGNERS).
"""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.system.disk import Disk
from farmctl.system.processes import Finished, Limits, Processes
from farmctl.system.scratch import fresh_folder

ALLOWED_SIGNERS = "allowed_signers"
"""Where the farm's repository says who may sign."""

_PASSED_ON = ("HOME", "PATH", "SSH_AUTH_SOCK")
_LIMITS = Limits(wall_s=10.0)
_NAMESPACES = re.compile(rb'(?i:namespaces)="([^"]*)"')


class NotSigned(FarmctlError):  # noqa: N818 - reads as what it says
    """A key does not sign."""


class NotVerified(FarmctlError):  # noqa: N818 - reads as what it says
    """A signature is not of these bytes, or of nobody who may sign."""


class NoSshKeygen(NotVerified):
    """There is no `ssh-keygen` here, so nothing can be said of a signature."""


class Signer(Struct, frozen=True):
    """Signs and verifies for one namespace.

    Args:
        namespace: What signatures are for.
        processes: How `ssh-keygen` is started.
        disk: Where its files lie.
    """

    namespace: str
    processes: Processes
    disk: Disk

    def sign(self, document: bytes, key: Path) -> bytes:
        """Return the signature by a key file, or by the agent's key of a `.pub` file.

        Raises NotSigned.
        """
        if not self.disk.has(key):
            raise NotSigned(f"there is no key at {key}", "name an ssh key file")
        with fresh_folder() as folder:
            path = folder / "document"
            self.disk.replace(path, document, durable=False)
            argv = ("sign", "-q", "-n", self.namespace, "-f", str(key), str(path))
            done = self._ask(folder, *argv)
            if done is None or done.returncode != 0:
                raise NotSigned(
                    f"{key} does not sign: {_words(done)}",
                    "name a key without a passphrase, or one that the ssh agent holds",
                )
            return self.disk.read(folder / "document.sig")

    def who_signed(self, document: bytes, signature: bytes, allowed: bytes) -> str:
        """Return the name that `allowed_signers` has for who signed.

        Raises NotVerified; NoSshKeygen where that cannot be told here.
        """
        with fresh_folder() as folder:
            self.disk.replace(folder / "signature", signature, durable=False)
            here = lines_for(allowed, self.namespace)  # else another line of the key decides
            self.disk.replace(folder / "allowed", here, durable=False)
            files = ("-s", str(folder / "signature"), "-f", str(folder / "allowed"))
            found = self._ask(folder, "find-principals", *files)
            if found is None:
                raise NoSshKeygen("ssh-keygen is not installed", "install openssh-client")
            name = found.stdout.split("\n")[0] if found.returncode == 0 else ""
            if not name:
                raise NotVerified("it is signed by nobody who may sign", self._mend)
            told = ("verify", "-n", self.namespace, "-I", name, *files)
            done = self._ask(folder, *told, stdin=document)
            if done is None or done.returncode != 0:
                raise NotVerified(f"its signature is not right: {_words(done)}", self._mend)
            return name

    def _ask(self, folder: Path, *argv: str, stdin: bytes = b"") -> Finished | None:
        env = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        command = ("ssh-keygen", "-Y", *argv)
        try:
            return self.processes.run(command, cwd=folder, env=env, limits=_LIMITS, stdin=stdin)
        except FileNotFoundError:
            return None

    @property
    def _mend(self) -> str:
        return f"commit who may sign for {self.namespace} in {ALLOWED_SIGNERS}, or find who did"


def lines_for(allowed: bytes, namespace: str) -> bytes:
    """Return the lines of `allowed_signers` that let somebody sign for a namespace."""
    return b"".join(line for line in allowed.splitlines(keepends=True) if _is_for(line, namespace))


def _is_for(line: bytes, namespace: str) -> bool:
    said = _NAMESPACES.search(line)
    patterns = said[1].decode("utf-8", "replace").split(",") if said else ["*"]
    return any(fnmatchcase(namespace, each) for each in patterns)


def _words(done: Finished | None) -> str:
    """Return what ssh-keygen said."""
    if done is None:
        return "ssh-keygen is not installed"
    return " ".join(f"{done.stdout} {done.stderr}".split()) or f"exit code {done.returncode}"
