"""What PrusaSlicer says, as codes: known messages, what they mean and how to mend it.

Messages for people come on stderr, warnings on stdout as `print warning: …`, mixed with progress
lines (`70 => Infilling layers`) whose order changes from run to run.
"""

from __future__ import annotations

import re

from msgspec import Struct

from farmctl.slicing.slicer import SlicerWarning

_ALWAYS_SAID = re.compile(
    r"^(\d+ => .*|.*Initializing StaticPrintConfigs|Slicing result exported to .*)$", re.MULTILINE
)
_WARNING = re.compile(r"^print(?:_object)? warning: ", re.MULTILINE)


class Known(Struct, frozen=True):
    """One message we know: the text it contains, its code, what it means, how to mend it."""

    pattern: str
    code: str
    what: str
    mend: str


WARNINGS = (
    Known(
        "Empty layer between",
        "empty-layers",
        "part of the model floats: there are empty layers below it",
        "turn the part, switch supports on, or repair the model",
    ),
    Known(
        "reserved keywords",
        "reserved-words-in-gcode",
        "custom g-code holds words that the slicer keeps for itself",
        "change the comments in the class's or profile's custom g-code",
    ),
    Known(
        "overlapping or self-intersecting facets",
        "mesh-repaired",
        "the slicer repaired facets that cut through each other",
        "look at the preview, or repair the model",
    ),
    Known(
        "File size doesn't match number of facets",
        "stl-header-lies",
        "the STL's header and its size disagree",
        "export the model again",
    ),
    Known(
        "very close to the priming regions",
        "close-to-priming",
        "the print lies close to where the nozzle is primed",
        "move the parts away from the edge of the bed",
    ),
    Known(
        "support enforcers which will not be used",
        "supports-off",
        "the model asks for supports that are switched off",
        "switch supports on for this part",
    ),
)

FAILURES = (
    Known(
        "bad_alloc|out of memory|Cannot allocate memory|memory exhausted",
        "slicer-memory",
        "the slicer needs more memory than it may have",
        "simplify the mesh, or raise the limit",
    ),
    Known(
        "No space left on device|File too large",
        "slicer-disk-full",
        "the slicer could not write all of the g-code",
        "free some disk space, or look at why the g-code is so large",
    ),
    Known(
        "Loading of a model file failed|Unknown file format|Unable to find object",
        "model-unloadable",
        "the slicer cannot load the model",
        "farmctl preflight MODEL",
    ),
    Known(
        "No layers were detected",
        "no-layers",
        "nothing of the model is as thick as a layer",
        "check the model's unit and size: farmctl preflight MODEL",
    ),
    Known(
        "The print is empty|Nothing to print",
        "print-empty",
        "the model is too thin for one line of this nozzle",
        "use a smaller nozzle, or thicken the model",
    ),
    Known(
        "could not fit on the bed",
        "parts-do-not-fit",
        "the parts do not fit on the bed",
        "make fewer at once, or use a class with a larger bed",
    ),
    Known(
        "no extrusions in the first layer",
        "first-layer-empty",
        "nothing touches the bed",
        "turn the part so that it stands on a face",
    ),
    Known(
        "Some objects are too close",
        "parts-too-close",
        "one after the other, the print head would hit a finished part",
        "make fewer at once, or set complete_objects = 0",
    ),
    Known(
        "Some objects are too tall",
        "parts-too-tall",
        "one after the other, the print head would hit a finished part",
        "set complete_objects = 0",
    ),
    Known(
        "invalid custom G-code sections|Parsing error at line",
        "custom-gcode-refused",
        "custom g-code holds a placeholder that means nothing to this slicer",
        "mend the custom g-code named above",
    ),
    Known(
        "Unknown option --|Invalid value supplied for --",
        "slicer-too-different",
        "this slicer does not know an option that farmctl needs",
        "pin another version: farmctl slicer pin PATH",
    ),
    Known(
        "setting up locale",
        "slicer-locale",
        "the system lacks the locale C.UTF-8",
        "install it (Debian: apt install locales)",
    ),
    Known(
        "No such file|Cannot open the file for writing|Cannot open file for",
        "slicer-files",
        "the slicer could not open a file of its own folder",
        "farmctl doctor",
    ),
    Known(
        "Failed loading configuration file|not valid|[Ee]xcessive|can't be|Can't (print|make)"
        "|incompatible|requires resetting|only supported|Not a valid|Invalid value|out of range"
        "|must be|duplicate key|'=' character not found",
        "slicer-refused-config",
        "the slicer refuses the settings",
        "change the setting named above in the profile or class",
    ),
)


def warnings(stdout: str, stderr: str) -> tuple[SlicerWarning, ...]:
    """Return what a slicer that succeeded warns of, in its order; unknown texts are kept."""
    spoken = _spoken(stdout)
    pieces = [piece.strip() for piece in [*_WARNING.split(spoken), stderr]]
    return tuple(_warning(piece) for piece in pieces if piece)


def failure(stdout: str, stderr: str) -> tuple[Known | None, str]:
    """Return the known failure that the texts name, if any, and the words to show."""
    words = stderr.strip() or _spoken(stdout)
    known = next((each for each in FAILURES if re.search(each.pattern, words)), None)
    return known, words


def _warning(text: str) -> SlicerWarning:
    words = " ".join(text.split())
    for known in WARNINGS:
        if known.pattern in words:
            return SlicerWarning(known.code, known.what, known.mend, words)
    return SlicerWarning(
        "slicer-warning-other", "the slicer warns", "look at the slicer's words", words
    )


def _spoken(stdout: str) -> str:
    return _ALWAYS_SAID.sub("", stdout).strip()
