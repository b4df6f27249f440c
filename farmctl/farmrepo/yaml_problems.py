"""What the YAML parser trips over, in words for people who do not know parsers."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from farmctl.farmrepo.findings import WHOLE_FILE, Finding, Place

_WORDS: tuple[tuple[str, str, str], ...] = (
    ("mapping values are not allowed", "a second `: ` in one line", "put the text in quotes"),
    ("could not find expected ':'", "a key without a colon", "write `key: value`"),
    ("expected <block end>", "the line does not line up with its neighbours", "line it up"),
    ("unexpected end of stream", "a quote is not closed", "close it"),
    ("expected ',' or ']'", "a list in brackets is not closed", "write `,` or `]`"),
    ("expected ',' or '}'", "a group in braces is not closed", "write `,` or `}`"),
    (r"'\t'", "a tab stands where a value begins", "write a space"),
    ("cannot start any token", "the text begins with a character that means something", "quote it"),
    (
        "expected the node content",
        "a value is missing here",
        "write one, or quote what stands here",
    ),
    ("unknown escape", "a backslash that means nothing", "use single quotes, or double it"),
    ("hexdecimal", "an escape that is not whole", r"write \u and four digits"),
    ("chr()", "an escape beyond Unicode", r"write \u and four digits"),
    ("indicator", "`|` or `>` begins a text of several lines", "quote the text"),
    ("sequence entries are not allowed", "a `-` in the middle of a line", "begin a new line"),
    ("mapping keys are not allowed", "a `?` in the middle of a line", "quote the text"),
    ("alphabetic or numeric", "`*`, `&` or `%` begins something that is no text", "quote the text"),
    ("expected URI", "`!` begins something that is no text", "quote the text"),
    ("document", "more text after the end of the document", "remove it"),
)


def syntax_finding(error: YAMLError) -> Finding:
    """Return where reading stopped, and why, as far as that is known."""
    problem = str(getattr(error, "problem", None) or "")
    for part, message, mend in _WORDS:
        if part in problem:
            return Finding(_place(error), "syntax", message, mend)
    return Finding(_place(error), "syntax", "this is no YAML", "see the line before it, too")


def _place(error: YAMLError) -> Place:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    if mark is None:
        return WHOLE_FILE
    return Place(mark.line + 1, mark.column + 1)
