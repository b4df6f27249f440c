"""What is wrong, as people and programs read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from farmctl.model.diagnostics import Diagnostic, Severity


def diagnostic_lines(found: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield `file:line:column: error: what`, each with its mend below."""
    for each in found:
        yield f"{each.where}: {each.severity}: {each.message}"
        if each.mend:
            yield f"    {each.mend}"


def diagnostic_items(found: Iterable[Diagnostic]) -> list[dict[str, object]]:
    """Return the diagnostics as items of a JSON list."""
    return [
        {
            "file": each.file,
            "line": each.line,
            "column": each.column,
            "code": each.code,
            "severity": each.severity.value,
            "message": each.message,
            "mend": each.mend,
        }
        for each in found
    ]


def is_wrong(found: Iterable[Diagnostic]) -> bool:
    """Return whether anything stops what it is about."""
    return any(each.severity is Severity.ERROR for each in found)


def counted(found: Iterable[Diagnostic]) -> str:
    """Return `2 errors, 1 warning`, or that all is well."""
    numbers = Counter(each.severity for each in found)
    parts = [
        f"{numbers[each]} {each}{'' if numbers[each] == 1 else 's'}"
        for each in Severity
        if numbers[each]
    ]
    return ", ".join(parts) or "all documents are valid"
