"""What is wrong in a text, before anybody knows which file it is: the same text may lie in two."""

from __future__ import annotations

from msgspec import Struct

from farmctl.model.diagnostics import Diagnostic, Severity

Path = tuple[str | int, ...]
"""The way to a value in a document: keys and positions in lists, from the top."""


class Place(Struct, frozen=True, order=True):
    """A place in a text. Lines and columns count from 1; 0 means the whole file."""

    line: int
    column: int


WHOLE_FILE = Place(0, 0)
TOP = Place(1, 1)


class Finding(Struct, frozen=True):
    """One thing that is wrong at a place."""

    place: Place
    code: str
    message: str
    mend: str = ""
    severity: Severity = Severity.ERROR

    def in_file(self, file: str) -> Diagnostic:
        """Return the finding as a diagnostic of a file."""
        place = self.place
        return Diagnostic(
            file, place.line, place.column, self.code, self.message, self.mend, self.severity
        )
