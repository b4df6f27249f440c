"""What only a person can say: asked on a terminal, and an error that says how elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from farmctl.errors import UsageError
from farmctl.farmrepo.suggest import mend_name


class Question(Struct, frozen=True):
    """Something that is not clear by itself.

    Args:
        text: What is asked, `which filament?`.
        option: What says it on a command line, `--filament PETG/black`.
        choices: What it can be; empty when it is not a choice.
        default: What Enter means; None when there is no safe guess.
    """

    text: str
    option: str
    choices: Sequence[str] = ()
    default: str | None = None


Ask = Callable[[Question], str]
"""Returns the answer. Raises UsageError where nobody can be asked."""


def the_one(known: Sequence[str], question: Question, ask: Ask) -> str:
    """Return what is clear by itself, and else what a person says."""
    return known[0] if len(known) == 1 else ask(question)


def check_known(word: str, known: Sequence[str], what: str) -> str:
    """Return a word of a closed list. Raises UsageError with what was perhaps meant."""
    if word in known:
        return word
    raise UsageError(f"there is no {what} `{word}`", mend_name(word, known))
