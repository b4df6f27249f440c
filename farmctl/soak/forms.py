"""Reading the multipart forms in which files are uploaded (RFC 7578)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORD = re.compile(r'(\w+)="([^"]*)"')


def form_of(body: bytes) -> Mapping[str, tuple[str, bytes]]:
    """Return the parts of a form by name: a file's name, or an empty one, and the bytes."""
    mark = body.partition(b"\r\n")[0]
    parts = {}
    for part in body.split(mark)[1:-1]:
        head, _, raw = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        words = dict(_WORD.findall(head.decode()))
        parts[words["name"]] = words.get("filename", ""), raw.removesuffix(b"\r\n")
    return parts
