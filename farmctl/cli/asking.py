"""Questions on a terminal; elsewhere the option that would have answered them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer

from farmctl.cli.output import is_terminal, say
from farmctl.errors import UsageError

if TYPE_CHECKING:
    from farmctl.farm.questions import Question
    from farmctl.farmrepo.identity import Identity

_IDENT = re.compile(r"(?P<name>[^<>]+?) *<(?P<email>[^<>]+)>")


def ask(question: Question) -> str:
    """Return what the person says. Raises UsageError where nobody can be asked."""
    choices = ", ".join(question.choices)
    if not is_terminal():
        raise UsageError(
            question.text, f"say {question.option}" + (f", one of {choices}" if choices else "")
        )
    text = f"{question.text} ({choices})" if choices else question.text
    while True:
        answer: str = typer.prompt(text, default=question.default, err=True).strip()
        if not question.choices or answer in question.choices:
            return answer
        say(f"`{answer}` is none of {choices}")


def introduce(proposal: Identity) -> Identity:
    """Return who commits here: asked once, or the proposal, said."""
    from farmctl.farmrepo.identity import Identity

    if not is_terminal():
        say(f"git has no name for you: commits here will say {proposal}")
        return proposal
    said = typer.prompt(
        "git has no name for you yet: commits here will say", default=str(proposal), err=True
    )
    found = _IDENT.fullmatch(said.strip())
    return Identity(found["name"], found["email"]) if found else Identity(said, proposal.email)
