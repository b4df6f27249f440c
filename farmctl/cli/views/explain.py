"""A decision: what was asked, what was answered, and what its inputs give when asked again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from farmctl.control.explain import short
from farmctl.farm.asking.explaining import Judged

WIDTH = 100


def reasons_text(lines: Sequence[str]) -> str:
    """Return reasons as people read them: what is too long for a line goes on below it."""
    return "\n".join(piece for line in lines for piece in _wrapped(line))


def _wrapped(line: str) -> list[str]:
    if len(line) <= WIDTH:
        return [line]
    margin = " " * (len(line) - len(line.lstrip()) + 4)
    return wrap(line, WIDTH, subsequent_indent=margin, break_on_hyphens=False)


def judged_lines(found: Judged) -> Iterator[str]:
    """Yield the decision, its inputs, and the answer that they give now."""
    fact = found.fact
    yield f"{fact.decision}: {fact.outcome} ({fact.gate}: {fact.transition})"
    yield f"  about    {', '.join(short(each) for each in fact.subjects)}"
    yield f"  policy   {short(fact.policy)}"
    for why in fact.explanations:
        yield f"  because  {why}"
    for key, value in _told(fact.inputs.get("context")):
        yield f"  {key:<16} {value}"
    yield from _again(found)
    if found.damage is not None:
        yield f"the journal was changed: {found.damage.message}"


def _again(found: Judged) -> Iterator[str]:
    if found.again is None:
        yield f"computed again from its recorded inputs: no answer: {found.why_not}"
        return
    same = "the same" if found.is_same else "NOT what was recorded"
    yield f"computed again from its recorded inputs: {found.again.outcome.value}, {same}"
    if not found.is_same:
        yield from (f"  because  {each}" for each in found.again.explanations)


def judged_item(found: Judged) -> dict[str, Any]:
    """Return the same for programs."""
    fact, again = found.fact, found.again
    return {
        "id": fact.decision,
        "policy": fact.policy,
        "gate": fact.gate,
        "transition": fact.transition,
        "subjects": list(fact.subjects),
        "outcome": fact.outcome,
        "explanations": list(fact.explanations),
        "inputs": dict(fact.inputs),
        "again": {
            "outcome": again.outcome.value if again else None,
            "explanations": list(again.explanations) if again else [found.why_not],
            "same": found.is_same,
        },
        "damage": found.damage.message if found.damage else None,
    }


def _told(context: Any) -> Iterator[tuple[str, str]]:
    """Yield the predicates that were known, as text."""
    for key, value in sorted(context.items() if isinstance(context, dict) else ()):
        if value not in (None, [], ""):
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value).lower()
            yield key, text
