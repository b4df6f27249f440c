"""Does what `farm.yaml` names exist, and fit?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

import farmctl
from farmctl.farmrepo.faults import Fault
from farmctl.farmrepo.findings import Path
from farmctl.farmrepo.layout import FARM, catalogue_path
from farmctl.farmrepo.suggest import mend_name
from farmctl.model.diagnostics import Severity
from farmctl.model.documents.common import split_pin
from farmctl.model.documents.farm import Farm, Printer
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.model.documents.profile import Profile

VIRTUAL = "virtual"
GUARDED = "moonraker"


class Known(Struct, frozen=True):
    """What there is besides `farm.yaml`.

    Args:
        classes: Printer classes by name; an unreadable one is None.
        policies: Names of policies.
        files: Every path.
        drivers: Names of drivers; empty when nobody says.
    """

    classes: Mapping[str, PrinterClass | None]
    policies: Collection[str]
    files: Collection[str]
    drivers: Collection[str] = ()


def check_farm(farm: Farm, known: Known) -> Iterator[Fault]:
    """Yield what `farm.yaml` says that does not fit the rest of the farm."""
    yield from _check_requirement(farm)
    yield from _check_time_zone(farm)
    if farm.automation.policy not in known.policies:
        message = f"there is no policy `{farm.automation.policy}`"
        mend = mend_name(farm.automation.policy, known.policies, "policies")
        yield _fault("unknown-policy", message, mend, "automation", "policy")
    yield from _check_catalogues(farm, known)
    seen: set[str] = set()
    for number, printer in enumerate(farm.printers):
        if printer.name in seen:
            message = f"there are two printers `{printer.name}`"
            yield _fault("same-name", message, "rename one", "printers", number, "name")
        seen.add(printer.name)
        yield from _check_printer(printer, number, known)
    yield from _check_drift(farm)


def check_canaries(file: str, profile: Profile, farm: Farm) -> Iterator[Fault]:
    """Yield printers of a profile's canary channel that the farm does not have."""
    names = [printer.name for printer in farm.printers]
    canary = profile.channels.canary
    for number, name in enumerate(canary.printers if canary else ()):
        if name not in names:
            where = ("channels", "canary", "printers", number)
            message, mend = f"there is no printer `{name}`", mend_name(name, names, "printers")
            yield Fault(file, "unknown-printer", message, mend, where)


def _check_requirement(farm: Farm) -> Iterator[Fault]:
    wanted = (farm.requires or "").rpartition(">=")[2]
    if wanted and _numbers(farmctl.__version__) < _numbers(wanted):
        message = f"the farm needs farmctl {wanted} or later; this is {farmctl.__version__}"
        yield _fault("too-old", message, "install a later farmctl", "requires")


def _numbers(version: str) -> tuple[int, ...]:
    found = [int(each) for each in re.findall(r"\d+", version)]
    return (*found, 0, 0, 0)[:3]


def _check_time_zone(farm: Farm) -> Iterator[Fault]:
    try:
        ZoneInfo(farm.timezone)
    except (OSError, ValueError, KeyError):
        message = f"there is no time zone `{farm.timezone}`"
        mend = mend_name(farm.timezone, available_timezones(), "time zones")
        yield _fault("unknown-time-zone", message, mend, "timezone")


def _check_catalogues(farm: Farm, known: Known) -> Iterator[Fault]:
    for name, slicer in farm.slicers.items():
        for platform, digest in slicer.digests.items():
            if catalogue_path(digest) not in known.files:
                yield Fault(
                    FARM,
                    "no-catalogue",
                    f"{catalogue_path(digest)} is missing: nothing can be sliced on {platform}",
                    "farmctl slicer pin",
                    ("slicers", name, "digests", platform),
                    Severity.WARNING,
                )


def _check_printer(printer: Printer, number: int, known: Known) -> Iterator[Fault]:
    here: Path = ("printers", number)
    if known.drivers and printer.driver not in known.drivers:
        message = f"there is no driver `{printer.driver}`"
        mend = mend_name(printer.driver, known.drivers, "drivers")
        yield _fault("unknown-driver", message, mend, *here, "driver")
    if printer.driver == VIRTUAL and printer.url is not None:
        yield _fault("needless", "a virtual printer has no address", "remove it", *here, "url")
    if printer.driver != VIRTUAL and printer.url is None:
        yield _fault("missing", "`url` is missing: where is it?", "add `url: http://…`", *here)
    if printer.driver != VIRTUAL and printer.speedup is not None:
        message = "only a virtual printer prints faster than life"
        yield _fault("needless", message, "remove it", *here, "speedup")
    if printer.guard and printer.driver != GUARDED:
        message = "only a Klipper printer has a guard"
        yield _fault("needless", message, "remove it", *here, "guard")
    yield from _check_class(printer, here, known)


def _check_drift(farm: Farm) -> Iterator[Fault]:
    names = [printer.name for printer in farm.printers]
    for number, rule in enumerate(farm.drift.ignore):
        if rule.printer is not None and rule.printer not in names:
            message = f"there is no printer `{rule.printer}`"
            mend = mend_name(rule.printer, names, "printers")
            yield _fault("unknown-printer", message, mend, "drift", "ignore", number, "printer")


def _check_class(printer: Printer, here: Path, known: Known) -> Iterator[Fault]:
    name, version = split_pin(printer.class_)
    if name not in known.classes:
        message, mend = (
            f"there is no printer class `{name}`",
            mend_name(name, known.classes, "classes"),
        )
        yield _fault("unknown-class", message, mend, *here, "class")
    found = known.classes.get(name)
    if found is None:
        return
    said = found.versions.get(version)
    if said is None:
        message = f"class `{name}` has no version {version}"
        mend = mend_name(version, found.versions, "versions")
        yield _fault("unknown-version", message, mend, *here, "class")
    elif said.state == "revoked":
        message = f"version {version} of class `{name}` is revoked"
        yield _fault("revoked", message, "name another version", *here, "class")
    yield from _check_nozzle(printer, found, here)


def _check_nozzle(printer: Printer, found: PrinterClass, here: Path) -> Iterator[Fault]:
    nozzles = ", ".join(f"{each:g}" for each in found.nozzles_mm)
    if printer.nozzle_mm is None and len(found.nozzles_mm) > 1:
        message = f"`nozzle_mm` is missing, and class `{found.name}` has several"
        yield _fault("missing", message, f"add `nozzle_mm:`, one of {nozzles}", *here)
    if printer.nozzle_mm is not None and printer.nozzle_mm not in found.nozzles_mm:
        message = f"class `{found.name}` has no nozzle of {printer.nozzle_mm:g} mm"
        yield _fault("other-nozzle", message, f"it has {nozzles} mm", *here, "nozzle_mm")


def _fault(code: str, message: str, mend: str, *path: str | int) -> Fault:
    return Fault(FARM, code, message, mend, path)
