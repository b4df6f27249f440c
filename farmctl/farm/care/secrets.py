"""Who can see the keys of printers: the person here, the loop that runs, and cron. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from farmctl.farm.care.finding import Check, Level
from farmctl.model.documents.farm import Printer
from farmctl.system.principals import KeyFile, Principal

_ROOT = 0


def secret_checks(
    printer: Printer, principals: Sequence[Principal], path: Path | None, file: KeyFile | None
) -> Iterator[Check]:
    """Yield which of those that run farmctl cannot have a printer's key, and why.

    Args:
        printer: Whose key.
        principals: Who runs farmctl here, besides who asks.
        path: Where the key lies, when it lies in a file.
        file: Whose that file is, where it can be asked.
    """
    key = printer.api_key
    if key is None:
        return
    for each in principals:
        if key.env is not None:
            yield from _of_variable(printer.name, key.env, each)
        elif path is not None and file is not None:
            yield from _of_file(printer.name, path, file, each)
        elif key.keyring is not None and not each.what.startswith("this"):
            message = f"{each.what} may not open the keyring of {each.user}: no desktop is there"
            mend = "keep the key in a file: api_key: {file: PATH}, with chmod 600"
            yield Check("secret", printer.name, Level.WARN, message, mend)


def _of_variable(name: str, variable: str, of: Principal) -> Iterator[Check]:
    if of.variables is None:
        message = f"whether {of.what} has {variable} is only for {of.user} to see"
        yield Check("secret", name, Level.WARN, message, f"farmctl doctor as {of.user}")
    elif variable not in of.variables:
        message = f"{of.what} runs without {variable}, and cannot reach the printer"
        mend = "keep the key in a file of that user: api_key: {file: PATH}, with chmod 600"
        yield Check("secret", name, Level.FAIL, message, mend)


def _of_file(name: str, path: Path, file: KeyFile, of: Principal) -> Iterator[Check]:
    if of.uid is None or of.uid in (_ROOT, file.uid):
        return
    message = f"{of.what} is {of.user}, and {path} belongs to {file.user}: it cannot read the key"
    yield Check("secret", name, Level.FAIL, message, f"sudo chown {of.user} {path}")


def state_check(folder: Path, owner: KeyFile | None, here: Principal) -> Iterator[Check]:
    """Yield that the ledger's folder is of another user than who asks."""
    if owner is None or here.uid is None or here.uid in (_ROOT, owner.uid):
        return
    message = f"{folder} belongs to {owner.user}, you are {here.user}: two users act on one farm"
    mend = f"run farmctl as {owner.user} alone: sudo -u {owner.user} farmctl …"
    yield Check("ledger", "owner", Level.FAIL, message, mend)
