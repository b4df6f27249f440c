"""Throw-away ssh keys."""

from __future__ import annotations

import subprocess
from pathlib import Path


def make_key(path: Path, passphrase: str = "") -> Path:
    """Make a key pair and return the private half's file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def allowed_line(name: str, key: Path, namespace: str = "farmctl-ledger@v1") -> str:
    """Return the line of `allowed_signers` that lets a key sign."""
    return f'{name} namespaces="{namespace}" {key.with_suffix(".pub").read_text()}'
