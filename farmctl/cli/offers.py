"""What `plan` and `apply` offer a person at a terminal before they go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from farmctl.cli.output import is_terminal, say

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.farm.acting.forecast import Forecast


def offer_commit(farm: Farm) -> None:
    """Offer to commit what is changed and would not be read; what is wrong is not committed."""
    from farmctl.cli.asking import introduce
    from farmctl.cli.views.diagnostics import diagnostic_lines, is_wrong
    from farmctl.farm.check import diagnose, files_of
    from farmctl.farm.edits import commit_changes
    from farmctl.farmrepo.uncommitted import uncommitted

    if not is_terminal():
        return
    with farm.repository() as repository:
        changed = uncommitted(repository)
        if not changed or not typer.confirm(_commit_question(changed), default=True, err=True):
            return
        found = diagnose(farm, files_of(repository, None))
        if is_wrong(found):
            say("\n".join([*diagnostic_lines(found), "not committed: mend that first"]))
            return
        done = commit_changes(farm, repository, changed, None, introduce)
    say(f"committed {', '.join(changed)} (commit {done[:7]})")


def _commit_question(changed: tuple[str, ...]) -> str:
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    verb = "is" if len(changed) == 1 else "are"
    return f"{', '.join(changed[:3])}{more} {verb} changed and not committed: commit now?"


def offer_beds(farm: Farm, found: Forecast) -> bool:
    """Ask of each bed that a print waits for and that nobody knows; return whether one is clear."""
    from farmctl.farm.printers.there import clear_first

    if not is_terminal():
        return False
    empty = [
        name
        for name in found.unknown_beds()
        if typer.confirm(f"is the bed of {name} empty right now?", default=False, err=True)
    ]
    for name in empty:
        clear_first(farm, name)
    return bool(empty)
