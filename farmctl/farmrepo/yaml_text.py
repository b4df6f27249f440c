"""Is it a text that YAML may be read from? Said before any parser sees it."""

from __future__ import annotations

import re

from farmctl.farmrepo.findings import TOP, WHOLE_FILE, Finding, Place

SIZE_LIMIT_B = 256 * 1024
_BOM = "\ufeff"
ODD = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Characters that may not stand in a document as they are."""

_TAB_INDENT = re.compile(r"^ *\t", re.MULTILINE)

EMPTY = Finding(TOP, "empty", "the file is empty", "write it or remove it")


def read_text(raw: bytes) -> tuple[str | None, list[Finding]]:
    """Return the text with plain line ends, or None when nothing can be read, and what is wrong."""
    if len(raw) > SIZE_LIMIT_B:
        return None, [_too_large(len(raw))]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(raw, error.start)]
    findings: list[Finding] = []
    if text.startswith(_BOM):
        text = text[1:]
        findings.append(_bom())
    odd = ODD.search(text)
    if odd:
        return None, [*findings, _odd_character(text, odd)]
    if "\r" in text:
        findings.append(_carriage_return(text))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return None, [
            *findings,
            Finding(TOP, "empty", "the file is empty", "write it or remove it"),
        ]
    findings += _tabs(text)
    if not text.endswith("\n"):
        findings.append(_half_saved(text))
        text += "\n"
    return text, findings


def place_of(text: str, offset: int) -> Place:
    """Return where a character of a text with plain line ends is."""
    line = text.count("\n", 0, offset) + 1
    return Place(line, offset - (text.rfind("\n", 0, offset) + 1) + 1)


def _too_large(size_b: int) -> Finding:
    return Finding(
        WHOLE_FILE,
        "too-large",
        f"the file has {size_b:,} bytes; a document has at most {SIZE_LIMIT_B:,}",
        "split it, or keep large things in files of their own",
    )


def _not_utf8(raw: bytes, offset: int) -> Finding:
    before = raw[:offset].decode("utf-8")
    return Finding(
        place_of(before, len(before)),
        "not-utf8",
        f"byte 0x{raw[offset]:02x} is not UTF-8",
        "save the file as UTF-8",
    )


def _bom() -> Finding:
    return Finding(
        TOP, "byte-order-mark", "the file begins with a byte order mark", "save it as UTF-8 without"
    )


def _odd_character(text: str, odd: re.Match[str]) -> Finding:
    return Finding(
        place_of(text, odd.start()),
        "odd-character",
        f"character U+{ord(odd[0]):04X} may not stand in a document",
        "remove it, or write it as an escape in double quotes",
    )


def _carriage_return(text: str) -> Finding:
    return Finding(
        place_of(text, text.index("\r")),
        "carriage-return",
        "the line ends with a carriage return",
        "save the file with Unix line ends (LF)",
    )


def _tabs(text: str) -> list[Finding]:
    return [
        Finding(
            place_of(text, tab.end() - 1),
            "tab",
            "a tab stands where the line is indented",
            "indent with spaces",
        )
        for tab in _TAB_INDENT.finditer(text)
    ]


def _half_saved(text: str) -> Finding:
    return Finding(
        place_of(text, len(text)),
        "half-saved",
        "the file ends in mid-line: it may be half-saved",
        "save it again, with a line end at its end",
    )
