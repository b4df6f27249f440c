"""What will disappoint in a version of a profile, on each class that it is for."""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.errors import FarmctlError
from farmctl.farm.profiles.layering import (
    Sources,
    catalogue_of,
    classes_of,
    faults,
    profile_source,
    sources,
)
from farmctl.farm.profiles.picking import Picked
from farmctl.farm.profiles.shelf import Shelf
from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.profiles.advice.all import advice
from farmctl.profiles.advice.subject import Machines, Subject
from farmctl.profiles.diff import side
from farmctl.profiles.lint import lint
from farmctl.slicing.catalogue import Catalogue

_CLASS, _PROFILE = "class", "profile"


def findings(picked: Picked) -> tuple[Diagnostic, ...]:
    """Return everything wrong or worth a word in a version, on all classes together.

    Raises SlicerFailed where no slicer is pinned for this machine.
    """
    known = catalogue_of(picked.shelf, picked.document.program)
    return tuple(sorted({*_findings(picked, known)}))


def new_findings(after: Picked, before: Picked) -> tuple[tuple[Diagnostic, ...], int]:
    """Return what is worth a word since another version, and how much was so before.

    Errors are told again. Raises SlicerFailed where no slicer is pinned for this machine.
    """
    found = findings(after)
    known = {(each.code, each.message) for each in findings(before)}
    told = tuple(
        each
        for each in found
        if each.severity is Severity.ERROR or (each.code, each.message) not in known
    )
    return told, len(found) - len(told)


def in_use(shelf: Shelf) -> Iterator[Picked]:
    """Yield the versions that channels point to, and the drafts: what people can still change."""
    for name, profile in sorted(shelf.desired.profiles.items()):
        channels = profile.document.channels
        for each in (channels.production, channels.canary):
            if each is not None and each.version in profile.settings:
                settings = profile.settings[each.version]
                yield Picked(shelf, profile.document, each.version, "", settings)
        if name in shelf.drafts:
            yield Picked(shelf, profile.document, "draft", "", shelf.drafts[name])


def findings_in_use(shelf: Shelf) -> Iterator[Diagnostic]:
    """Yield what is worth a word in all versions in use, as far as class and slicer are known."""
    for each in in_use(shelf):
        try:
            yield from findings(each)
        except FarmctlError:  # no slicer for this machine, or no such class: said elsewhere
            continue


def _findings(picked: Picked, known: Catalogue) -> Iterator[Diagnostic]:
    own = profile_source(picked)
    yield from lint(own, known)
    if own.ini.diagnostics:  # half a file would be advised on
        return
    for of_class in classes_of(picked, []):
        both = sources(picked, of_class)
        yield from faults(both, known)
        yield from advice(_subject(picked, both, of_class.document, known))


def _subject(
    picked: Picked, both: Sources, printer_class: PrinterClass, known: Catalogue
) -> Subject:
    found = side(known, both.layers(_CLASS, _PROFILE))
    return Subject(
        values=found.values,
        sources=found.sources,
        files={_CLASS: both.machine, _PROFILE: both.profile},
        machines=Machines(
            name=printer_class.name,
            nozzle_c=printer_class.max_c.nozzle,
            bed_c=printer_class.max_c.bed,
            flow_mm3_s=printer_class.max_flow_mm3_s,
            macros=frozenset(each.upper() for each in printer_class.macros),
        ),
        material=picked.document.material,
        profile=_PROFILE,
    )
