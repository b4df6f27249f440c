"""Which three presets are meant: by name, by the printer's own choice, or because only one fits.

Pure. What cannot be meant is refused with what can.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from farmctl.errors import InvalidDocuments, UsageError
from farmctl.farmrepo.suggest import mend_name
from farmctl.model.diagnostics import Diagnostic
from farmctl.profiles.bundle import Bundle, PresetKind, names_of
from farmctl.profiles.presets import Chosen, Shelf, resin_of

_SHOWN = 8
_LIST = "--list WORDS shows what there is"


class Wanted(Struct, frozen=True):
    """What a person says of the presets.

    Args:
        printer: The printer preset's name.
        print_: The print preset's name.
        filament: The filament preset's name.
        vendor: Whose bundle, `Voron`.
    """

    printer: str | None = None
    print_: str | None = None
    filament: str | None = None
    vendor: str | None = None

    def of_kind(self, kind: PresetKind) -> str | None:
        """Return the name that was said for a kind, or None."""
        match kind:
            case PresetKind.PRINTER:
                return self.printer
            case PresetKind.PRINT:
                return self.print_
            case PresetKind.FILAMENT:
                return self.filament


def pick(shelf: Shelf, wanted: Wanted) -> tuple[Chosen, Chosen, Chosen]:
    """Return a printer, a print and a filament that go together.

    Raises UsageError for a name that is not there or not said, InvalidDocuments for presets that
    do not go together and for what cannot be printed with.
    """
    printer = _printer(shelf, wanted)
    resin = resin_of(printer)
    if resin is not None:
        raise _invalid(resin)
    print_ = _beside(shelf, wanted, PresetKind.PRINT, (printer,))
    return printer, print_, _beside(shelf, wanted, PresetKind.FILAMENT, (printer, print_))


class Listed(Struct, frozen=True):
    """A preset in a list, and whether the printer that was asked for names it as its own."""

    preset: Chosen
    is_default: bool = False


def listed(shelf: Shelf, wanted: Wanted, words: Sequence[str]) -> tuple[Listed, ...]:
    """Return the presets with all these words in vendor and name.

    With a printer, its own and those that go with it; with a print also, what goes with both.
    Raises UsageError for a name that is not there.
    """
    if wanted.printer is None:
        kinds = tuple(PresetKind) if words or wanted.vendor else (PresetKind.PRINTER,)
        found = [Listed(each) for kind in kinds for each in shelf.all_of(kind)]
    else:
        printer = _named(shelf, PresetKind.PRINTER, wanted.printer)
        found = [Listed(printer), *_going_with(shelf, PresetKind.PRINT, (printer,))]
        print_ = wanted.print_ and _named(shelf, PresetKind.PRINT, wanted.print_)
        others = (printer, print_) if print_ else (printer,)
        found += _going_with(shelf, PresetKind.FILAMENT, others)
    meant = [word.casefold() for word in words]
    return tuple(each for each in found if _has(each.preset, meant))


def _going_with(shelf: Shelf, kind: PresetKind, others: tuple[Chosen, ...]) -> tuple[Listed, ...]:
    own = shelf.default(kind, *others)
    return tuple(Listed(each, each == own) for each in shelf.fitting(kind, *others))


def _has(preset: Chosen, words: Sequence[str]) -> bool:
    text = f"{preset.bundle.vendor} {preset.name}".casefold()
    return all(word in text for word in words)


def _printer(shelf: Shelf, wanted: Wanted) -> Chosen:
    if wanted.printer:
        return _named(shelf, PresetKind.PRINTER, wanted.printer)
    exported = _exported(shelf, PresetKind.PRINTER)
    if exported is not None:
        return exported
    first = shelf.bundles[0] if shelf.bundles else Bundle("")
    own = first.of_kind(PresetKind.PRINTER)
    if len(own) == 1 and (not first.vendor or len(shelf.bundles) == 1):
        return _named(shelf, PresetKind.PRINTER, own[0].name)
    raise UsageError("which printer?", f'say --printer "NAME"; {_LIST}')


def _beside(shelf: Shelf, wanted: Wanted, kind: PresetKind, others: tuple[Chosen, ...]) -> Chosen:
    """Return the print or filament: as a person says, as it was exported, or the printer's own."""
    name = wanted.of_kind(kind)
    if name:
        found = _named(shelf, kind, name)
        wrong = shelf.misfit(found, *others)
        if wrong is not None:
            raise _invalid(wrong, _these_fit(shelf.fitting(kind, *others)))
        return found
    exported = _exported(shelf, kind)
    if exported is not None and shelf.misfit(exported, *others) is None:
        return exported
    own = shelf.default(kind, *others)
    if own is not None:
        return own
    fitting = shelf.fitting(kind, *others)
    if len(fitting) == 1:
        return fitting[0]
    printer = others[0].name
    raise UsageError(
        f"which {kind}? `{printer}` names none of its own that is there and fits",
        f'say --{kind} "NAME"; {_these_fit(fitting)}',
    )


def _named(shelf: Shelf, kind: PresetKind, name: str) -> Chosen:
    found = shelf.find(kind, name)
    if found is not None:
        return found
    wrong = [each for bundle in shelf.bundles for each in bundle.diagnostics]
    if wrong:  # perhaps it is in what could not be read
        raise _invalid(wrong[0])
    known = sorted({each.name for each in shelf.all_of(kind)})
    resin = [each for bundle in shelf.bundles for each in bundle.resin if each.endswith(f":{name}")]
    if resin:
        raise InvalidDocuments(
            f"[{resin[0]}] is for resin (SLA): farmctl drives printers with a nozzle", _LIST
        )
    raise UsageError(f"there is no {kind} preset `{name}`", mend_name(name, known))


def _exported(shelf: Shelf, kind: PresetKind) -> Chosen | None:
    """Return the preset that was chosen when a person exported the bundle, or None."""
    for bundle in (each for each in shelf.bundles if not each.vendor):
        for name in names_of(bundle.chosen.get(kind, ""))[:1]:
            return shelf.find(kind, name)
    return None


def _these_fit(fitting: Sequence[Chosen]) -> str:
    if not fitting:
        return "none of the bundle fits"
    shown = ", ".join(f"`{each.name}`" for each in fitting[:_SHOWN])
    more = f" and {len(fitting) - _SHOWN} more" if len(fitting) > _SHOWN else ""
    return f"these fit: {shown}{more}"


def _invalid(wrong: Diagnostic, mend: str = "") -> InvalidDocuments:
    return InvalidDocuments(f"{wrong.where}: {wrong.message}", mend or wrong.mend)
