"""Every finding there is about a model or a plate: its level, why it matters, how to mend it.

Codes are stable: policies, tests and people's own notes name them.
"""

from __future__ import annotations

from msgspec import Struct

from farmctl.geometry.report import Finding, Level, Unreadable


class Rule(Struct, frozen=True):
    """What all findings of one code have in common."""

    level: Level
    why: str = ""
    mend: str = ""


def finding(code: str, what: str) -> Finding:
    """Return a finding with the level, reason and mend of its code."""
    rule = RULES[code]
    return Finding(code, rule.level, what, rule.why, rule.mend)


def unreadable(code: str, what: str) -> Unreadable:
    """Return the error of a file that cannot be taken as a model."""
    return Unreadable(finding(code, what))


def _pass(why: str) -> Rule:
    return Rule(Level.PASS, why)


def _warn(why: str, mend: str) -> Rule:
    return Rule(Level.WARN, why, mend)


def _fail(why: str, mend: str) -> Rule:
    return Rule(Level.FAIL, why, mend)


_EXPORT_AGAIN = "export it again from the program it was drawn in, as STL, 3MF or OBJ"
_REPAIR = "close the holes in the modelling program, or with a repair tool, and upload it again"
_HOSTILE = "no program writes such a file by itself: find out where it came from"
_SIMPLIFY = "export it with a coarser tolerance; 0.01 mm is finer than any nozzle"
_OTHER_PLACE = "compose the plate again, with fewer parts or more room between them"

_READABLE_RULES = {
    "readable": _pass("what is printed is what was uploaded"),
    "empty-file": _fail("there is nothing to print", _EXPORT_AGAIN),
    "git-lfs-pointer": _fail(
        "the file only says where the model is kept", "run `git lfs pull` and add the file again"
    ),
    "web-page": _fail(
        "a log-in or error page was saved instead of the model", "download the model again"
    ),
    "unknown-format": _fail("only STL, 3MF and OBJ are read", _EXPORT_AGAIN),
    "wrong-extension": _fail(
        "other programs would take the file for something else", "rename it, or export it again"
    ),
    "not-a-model": _fail("there is no shape in it", _EXPORT_AGAIN),
    "truncated": _fail("a part of the model is missing", "download or export it again"),
    "too-large": _fail("reading it could use up the machine's memory", _SIMPLIFY),
    "too-detailed": _fail("slicing it would take hours and all memory", _SIMPLIFY),
    "facet-count": _warn(
        "the header and the file disagree; the facets that are there were taken",
        "export it again if something is missing from the part",
    ),
    "archive-damaged": _fail("a part of the model may be missing", _EXPORT_AGAIN),
    "archive-bomb": _fail("unpacking it could fill memory or disk", _HOSTILE),
    "archive-crowded": _fail(
        "a model needs a handful of files", "export only the model, without plates and pictures"
    ),
    "archive-path": _fail("unpacking it could write outside its folder", _HOSTILE),
    "xml-damaged": _fail("a part of the model may be missing", _EXPORT_AGAIN),
    "xml-dtd": _fail("document types can read files and fill memory; 3MF forbids them", _HOSTILE),
    "3mf-no-model": _fail("there is no shape in it", _EXPORT_AGAIN),
    "3mf-malformed": _fail("what it means can only be guessed", _EXPORT_AGAIN),
    "3mf-loop": _fail("an object that contains itself has no end", _HOSTILE),
    "3mf-too-deep": _fail("unpacking it could fill memory", _EXPORT_AGAIN),
    "several-items": _warn(
        "each piece of this order prints all of them together",
        "upload each object as its own file if they should be ordered one by one",
    ),
    "modifiers": _warn(
        "only shapes are read: helper shapes of the slicer become solid plastic",
        "export the part alone, as STL, or remove modifiers, blockers and negative volumes",
    ),
    "starts-program": _warn(
        "only shapes are read, so nothing runs here; it would where somebody opens the file",
        "find out who put it there; export the part alone, as STL",
    ),
}

_SHAPE_RULES = {
    "cleaned": _pass("facets without area and repeated facets print nothing"),
    "no-triangles": _fail("there is nothing to print", _EXPORT_AGAIN),
    "not-finite": _fail("slicers crash on such numbers", _EXPORT_AGAIN),
    "out-of-range": _fail("a part of that size is a mistake in the file", _EXPORT_AGAIN),
    "no-volume": _fail(
        "a surface without thickness prints nothing", "give it a thickness, or export the solid"
    ),
    "volume": _pass("it is solid"),
    "watertight": _pass("inside and outside are clear everywhere"),
    "not-watertight": _warn("the slicer guesses where the surface is open", _REPAIR),
    "open-surface": _fail("whole layers come out empty or in pieces", _REPAIR),
    "winding": _pass("all facets face outwards"),
    "inside-out": _warn(
        "all facets faced inwards; they were turned round",
        "turn the normals outwards where it was drawn; look at the part once",
    ),
    "flipped-facets": _warn(
        "the slicer guesses which side is solid",
        "recalculate the normals in the modelling program",
    ),
    "bodies": _pass("they are printed together as one part"),
    "too-thin": _fail("no nozzle lays so thin a line, the print comes out empty", _EXPORT_AGAIN),
    "tiny": _warn(
        "files in inches or metres come out far too small",
        "check the unit the model was exported in; farmctl reads STL and OBJ as millimetres",
    ),
    "huge": _warn(
        "files in micrometres come out far too large",
        "check the unit the model was exported in; farmctl reads STL and OBJ as millimetres",
    ),
    "fits": _pass("a printer of the farm can make it"),
    "fits-turned": _warn(
        "as it stands it is too large for every printer of the farm",
        "lay it down or turn it: set the orientation in the build plan",
    ),
    "too-big": _fail(
        "it is larger than every printer of the farm", "split the part, scale it, or check its unit"
    ),
}

_PLATE_RULES = {
    "off-bed": _fail("the slicer prints beside the bed without a word", _OTHER_PLACE),
    "overlap": _fail("parts would be printed through each other", _OTHER_PLACE),
    "too-close": _fail("parts stick together or the nozzle hits a neighbour", _OTHER_PLACE),
    "too-tall": _fail(
        "the slicer drives the nozzle above the frame without a word",
        "lay the part down, split it, or use a taller printer",
    ),
}

RULES: dict[str, Rule] = {**_READABLE_RULES, **_SHAPE_RULES, **_PLATE_RULES}
