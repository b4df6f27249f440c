"""The pictures and lists in `docs/concepts.md` that are made from the model's tables."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from farmctl.model.reasons import ORDER_REASONS, PLATE_REASONS, RUN_REASONS, Reason
from farmctl.model.states import ORDER_STEPS, PLATE_STEPS, RUN_STEPS
from scripts.docs.markdown import code, table


def drawn(steps: Mapping[StrEnum, frozenset[StrEnum]]) -> str:
    """Return a table of steps as a Mermaid state diagram; the first state is where it begins."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {next(iter(steps))}"]
    for state, following in steps.items():
        order = [each for each in steps if each in following]
        lines += [f"    {state} --> {each}" for each in order]
        if not following:
            lines.append(f"    {state} --> [*]")
    return "\n".join([*lines, "```", ""])


def reasons(listed: Mapping[str, Reason]) -> str:
    """Return a closed list of reasons as a table."""
    rows = [
        (code(each.code), each.label, each.meaning, each.family.value) for each in listed.values()
    ]
    return table(("Code", "In a line", "Meaning", "Family"), rows)


PLACES = {
    "order states": lambda: drawn(ORDER_STEPS),
    "plate states": lambda: drawn(PLATE_STEPS),
    "run states": lambda: drawn(RUN_STEPS),
    "run reasons": lambda: reasons(RUN_REASONS),
    "order reasons": lambda: reasons(ORDER_REASONS),
    "plate reasons": lambda: reasons(PLATE_REASONS),
}
"""Each marked place of the page, and what stands there."""
