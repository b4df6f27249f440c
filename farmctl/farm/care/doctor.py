"""What could go wrong on this farm: slicers, printers, ledger, git, clock, disk. Only looks."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TypeVar

from farmctl.control.broken import nonsense
from farmctl.errors import FarmctlError
from farmctl.farm.acting.session import driver_config
from farmctl.farm.asking.glancing import signboard
from farmctl.farm.asking.history import history
from farmctl.farm.care.anchor_checks import anchor_checks
from farmctl.farm.care.finding import Check, Level, failed
from farmctl.farm.care.secrets import secret_checks, state_check
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farm.slices.slicers import INSTALL, Here, slicers_here
from farmctl.farmrepo.claim import claim_state, refusal
from farmctl.farmrepo.identity import identity
from farmctl.farmrepo.uncommitted import uncommitted
from farmctl.ledger.opening import identity_of
from farmctl.ledger.restore import survey
from farmctl.ledger.state import State
from farmctl.model.desired import Desired, SlicerAt
from farmctl.model.documents.farm import Printer
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Observation
from farmctl.printers.driver import Finding
from farmctl.printers.registry import open_driver
from farmctl.slicing import catalogue
from farmctl.slicing.limits import Confinement, SliceLimits, missing_limits
from farmctl.system.machine import free_bytes
from farmctl.system.people import host_name
from farmctl.system.principals import crons, key_file, myself, process
from farmctl.system.processes import RealProcesses

PATIENCE_S = 15.0
_GIB = 1024**3
_DRIFT = timedelta(minutes=1)
_T = TypeVar("_T")


def checks(farm: Farm) -> Iterator[Check]:
    """Yield all that was looked at, area by area; a check that cannot be made is a failed one."""
    state = farm.view().state
    found = [_checked("git", "repository", lambda: git_checks(farm))]
    found.append(_checked("ledger", "journal", lambda: ledger_checks(farm)))
    try:
        desired = farm.desired("HEAD", state)
    except FarmctlError as error:
        found.append(iter([failed("documents", FARM_FILE, error)]))
    else:
        found.append(document_checks(desired))
        found.append(_checked("slicer", "program", lambda: slicer_checks(farm, desired)))
        found.append(iter(asyncio.run(printer_checks(farm, desired))))
        found.append(_checked("secret", "keys", lambda: key_checks(farm, desired, state)))
    found.append(_checked("machine", "clock", lambda: clock_checks(farm)))
    found.append(iter([disk_check(free_bytes(farm.state_folder))]))
    return chain(*found)


def _checked(area: str, subject: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from look()
    except FarmctlError as error:
        yield failed(area, subject, error)


def git_checks(farm: Farm) -> Iterator[Check]:
    """Yield who commits here, and what is not committed."""
    with farm.repository() as repository:
        who, changed = identity(repository), uncommitted(repository)
    if who is None:
        mend = 'git config user.name "…" and user.email, or farmctl commit asks once'
        yield Check("git", "identity", Level.WARN, "git does not know who commits here", mend)
    else:
        yield Check("git", "identity", Level.OK, f"commits here say {who}")
    if changed:
        told = ", ".join(changed[:3]) + (" …" if len(changed) > 3 else "")
        message = f"not committed, so ignored: {told}"
        yield Check("git", "changes", Level.WARN, message, "farmctl commit")


def document_checks(desired: Desired) -> Iterator[Check]:
    """Yield what stops the farm, or an order of it."""
    for fault in desired.faults:
        yield Check("documents", fault.where, Level.FAIL, fault.message, "farmctl validate")
    for order, whys in sorted(desired.stopped.items()):
        yield Check("documents", order, Level.WARN, whys[0], "farmctl validate")
    if not desired.faults and not desired.stopped:
        yield Check("documents", desired.commit[:7], Level.OK, "every document means something")


def slicer_checks(farm: Farm, desired: Desired) -> Iterator[Check]:
    """Yield whether each pinned slicer is here and is what it was, and how it is confined."""
    here = slicers_here(farm)
    if not desired.farm.slicers:
        message = "the farm has pinned none: nothing can be sliced"
        yield Check("slicer", "none", Level.FAIL, message, "farmctl slicer pin")
    for name, document in sorted(desired.farm.slicers.items()):
        at = desired.slicers.get(name)
        if at is None:
            message = f"{document.program} {document.version} is not pinned for this platform"
            yield Check("slicer", name, Level.FAIL, message, "farmctl slicer pin")
        else:
            yield _slicer(name, at, here)
    with Confinement(RealProcesses()).fence(SliceLimits()) as fence:
        missing = missing_limits(fence.names)
    if missing:
        message = f"this system cannot enforce: {', '.join(missing)}"
        yield Check("slicer", "limits", Level.WARN, message, "let users have namespaces (unshare)")
    else:
        yield Check(
            "slicer", "limits", Level.OK, "time, memory, files, CPU and network are limited"
        )


def _slicer(name: str, at: SlicerAt, here: tuple[Here, ...]) -> Check:
    pinned = next((each for each in here if each.slicer.pin().digest == at.digest), None)
    if pinned is None:
        others = ", ".join(f"{each.found.path} {each.slicer.pin().version}" for each in here)
        message = f"the pinned {at.program} is not here" + (f"; here is {others}" if others else "")
        mend = "install the pinned one, or farmctl slicer pin" if others else INSTALL
        return Check("slicer", name, Level.FAIL, message, mend)
    if catalogue.write(pinned.slicer.catalogue()) != at.catalogue:
        message = "it knows other settings than the farm's catalogue of it says"
        return Check("slicer", name, Level.FAIL, message, "farmctl slicer pin")
    pin = pinned.slicer.pin()
    message = f"{pin.program} {pin.version} at {pinned.found.path} is the pinned one, proven"
    return Check("slicer", name, Level.OK, message)


async def printer_checks(farm: Farm, desired: Desired) -> list[Check]:
    """Return how each printer answers, and what of its configuration is refused."""
    found = await asyncio.gather(*(_printer(farm, desired, each) for each in desired.farm.printers))
    return [check for each in found for check in each]


async def _printer(farm: Farm, desired: Desired, printer: Printer) -> list[Check]:
    try:
        driver = open_driver(printer.driver, driver_config(farm, desired, printer))
    except FarmctlError as error:
        return [failed("printer", printer.name, error)]
    try:
        seen = await _in_time(driver.look())
        findings = await _in_time(driver.doctor()) if seen and seen.is_reachable else ()
    except Exception as error:  # noqa: BLE001 - a driver may be anybody's
        message = nonsense(PrinterName(printer.name), "look", error)
        return [Check("printer", printer.name, Level.FAIL, message, "is it the right driver?")]
    finally:
        await driver.close()
    return [*printer_state(printer, seen), *(_finding(printer, each) for each in findings or ())]


async def _in_time(answer: Awaitable[_T]) -> _T | None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await answer
    except TimeoutError:
        return None


def printer_state(printer: Printer, seen: Observation | None) -> Iterator[Check]:
    """Yield what a look says of a printer. Pure."""
    name = printer.name
    if seen is None or not seen.is_reachable:
        why = f": {seen.message}" if seen and seen.message else ""
        mend = f"is it on, is {printer.url or 'its address'} right?"
        yield Check("printer", name, Level.FAIL, f"does not answer{why}", mend)
        return
    if printer.identity and seen.identity != printer.identity:
        message = f"another machine answers: {seen.identity}, {printer.identity} is pinned"
        mend = "give it its own address, or farmctl printer add it again"
        yield Check("printer", name, Level.FAIL, message, mend)
    elif not printer.identity and printer.driver != "virtual":
        message = "no identity is pinned: another machine at its address would be taken for it"
        mend = f"set `identity: {seen.identity}` in {FARM_FILE}"
        yield Check("printer", name, Level.WARN, message, mend)
    if seen.state is DeviceState.FAULT:
        yield Check("printer", name, Level.FAIL, f"reports a fault: {seen.message}", "look at it")
        return
    said = {DeviceState.UNKNOWN: "does not say what it does"}.get(seen.state, seen.state.value)
    firmware = f", {seen.firmware}" if seen.firmware else ""
    yield Check("printer", name, Level.OK, f"answers: {said}{firmware}")
    nozzle = round((printer.nozzle_mm or 0) * 1000)
    if seen.nozzle_um is not None and nozzle and seen.nozzle_um != nozzle:
        message = f"has a {seen.nozzle_um / 1000:g} mm nozzle, {FARM_FILE} says {nozzle / 1000:g}"
        yield Check("printer", name, Level.FAIL, message, f"mend {FARM_FILE}, or the machine")


def key_checks(farm: Farm, desired: Desired, state: State) -> Iterator[Check]:
    """Yield who besides the person here runs farmctl, and cannot see a printer's key."""
    yield from state_check(farm.state_folder, key_file(farm.state_folder), myself(os.environ))
    others = [*crons()]
    acts = state.controller
    if acts is not None and acts.host == host_name() and farm.is_controlled():
        others += filter(None, [process(acts.pid, "the loop")])
    for printer in desired.farm.printers:
        place = printer.api_key.file if printer.api_key else None
        path = farm.folder / Path(place).expanduser() if place else None
        yield from secret_checks(printer, others, path, key_file(path) if path else None)


def _finding(printer: Printer, finding: Finding) -> Check:
    level = Level.FAIL if finding.refuses else Level.WARN
    return Check("printer", printer.name, level, finding.message, finding.mend)


def ledger_checks(farm: Farm) -> Iterator[Check]:
    """Yield whether the ledger is sound, is the farm's own, and who acts on it."""
    here = identity_of(farm.ledger_folder)
    with farm.repository() as repository:
        claims = claim_state(repository)
    why = refusal(claims, here.ledger if here else None, here.epoch if here else 0)
    if why is not None:
        yield failed("ledger", "claim", why)
    if here is None:
        yield Check("ledger", "journal", Level.OK, "none yet: the first farmctl apply begins one")
        return
    found = survey(farm.ledger_folder)
    if found.damage is not None:
        yield failed("ledger", "journal", found.damage)
    else:
        message = f"{found.place.seq} events, every link is right"
        yield Check("ledger", "journal", Level.OK, message)
        yield from anchor_checks(farm, found)
    acts = "a loop acts on this farm" if farm.is_controlled() else "nobody acts on this farm now"
    yield Check("ledger", "controls", Level.OK, acts)


def clock_checks(farm: Farm) -> Iterator[Check]:
    """Yield whether the clock goes on from what was recorded, and where the farm is."""
    newest = next(iter(deque(history(farm), 1)), None)
    yield clock_check(farm.clock.now(), newest.recorded if newest else None)
    zone = signboard(farm).zone
    yield Check("machine", "zone", Level.OK, f"times are shown in {zone}")


def clock_check(now: datetime, newest: datetime | None) -> Check:
    """Return whether now is after the newest event. Pure."""
    if newest is not None and now < newest - _DRIFT:
        message = f"it is {now:%Y-%m-%d %H:%M} UTC here, but an event is of {newest:%Y-%m-%d %H:%M}"
        return Check("machine", "clock", Level.FAIL, message, "set the clock; run a time service")
    return Check("machine", "clock", Level.OK, f"{now:%Y-%m-%d %H:%M} UTC, after all that is known")


def disk_check(free: int) -> Check:
    """Return whether artifacts have room. Pure."""
    level = Level.FAIL if free < _GIB // 4 else Level.WARN if free < 2 * _GIB else Level.OK
    mend = "" if level is Level.OK else "make room on the disk of the state folder"
    return Check("machine", "disk", level, f"{free / _GIB:.1f} GiB free", mend)
