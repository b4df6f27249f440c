"""The list of the runbook's pages: one for each kind of attention."""

from __future__ import annotations

from farmctl.model.attention import ATTENTION_KINDS
from scripts.docs.markdown import NOTICE, code, table

INTRODUCTION = """# Runbook

What to do when `farmctl status` says NEEDS YOU.
Every line there has a kind, with a page here, and ends with the command that ends it.
farmctl resolves a line by itself when it is no longer so.
"""


def runbook_page() -> str:
    """Return the page."""
    rows = [
        (f"[{kind}]({kind}.md)", each.label, code(f"farmctl {each.command.format(about='…')}"))
        for kind, each in ATTENTION_KINDS.items()
    ]
    return f"{NOTICE}{INTRODUCTION}\n{table(('Kind', 'What it is', 'Ends with'), rows)}"
