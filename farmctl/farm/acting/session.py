"""Acting on a farm: the controls held, drivers open, the loop ready to be turned."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache

from msgspec import Struct

from farmctl import __version__
from farmctl.control.actions import Action
from farmctl.control.doctoring import Doctors
from farmctl.control.effects import Effects
from farmctl.control.loop import Hands, Loop
from farmctl.control.observe import Observer, Whose
from farmctl.control.recorder import Recorder
from farmctl.control.source import GitSource
from farmctl.control.work import FarmWork, Tools
from farmctl.errors import Refused
from farmctl.farm.acting.anchoring import Anchoring
from farmctl.farm.acting.tenure import GitClaims, Tenure
from farmctl.farm.asking.glancing import keep_look, keep_sheet
from farmctl.farm.origin import AtRevision, Origin
from farmctl.farm.parts import Farm
from farmctl.farm.slices.benches import bench
from farmctl.farmrepo.settle import finish_left_over
from farmctl.ledger.identity import Identity
from farmctl.ledger.locks import hold_control
from farmctl.model.desired import Desired
from farmctl.model.digest import Digest
from farmctl.model.documents.farm import Printer
from farmctl.model.envelope import Actor
from farmctl.model.events.farm import ControllerStarted, ControllerStopped
from farmctl.model.ids import PrinterName
from farmctl.printers.config import ClassLimits, DriverConfig
from farmctl.printers.driver import PrinterDriver
from farmctl.printers.registry import open_driver
from farmctl.printers.unopened import UnopenedDriver
from farmctl.system.descriptors import allow_open_files
from farmctl.system.disk import Busy
from farmctl.system.jobs import InlineJobs, ThreadJobs
from farmctl.system.people import host_name
from farmctl.system.processes import usable_cpus
from farmctl.system.secrets import SecretMissing, resolve

FILES_EACH, FILES_BESIDE = 4, 400
"""A printer is two connections for looks, a websocket, and one for a call with an effect."""
ASKED_FOR_S = 0.5
"""Who only asks whether the farm is controlled holds the lock for a moment: that is waited out."""


@dataclass
class Session:
    """A farm under control.

    Args:
        farm: Which.
        loop: What acts.
        recorder: Records in the controller's name.
        observer: What was seen.
        anchoring: Checkpoints of the ledger.
    """

    farm: Farm
    loop: Loop
    recorder: Recorder
    observer: Observer
    anchoring: Anchoring


class Controlled(Refused):
    """Another process has the farm's controls."""


@contextmanager
def controls(farm: Farm) -> Iterator[None]:
    """Hold the farm's controls. Raises Controlled when another process has them."""
    try:
        with hold_control(farm.ledger_folder, wait_s=ASKED_FOR_S):
            yield
    except Busy:
        raise Controlled(
            "another farmctl acts on this farm already",
            "`farmctl status` shows what it does; verbs like `clear` work beside it",
        ) from None


@asynccontextmanager
async def session(
    farm: Farm,
    via: str,
    origin: Origin | None = None,
    allow: Callable[[Action], bool] = lambda _action: True,
    printers: Collection[str] | None = None,
) -> AsyncIterator[Session]:
    """Take the controls, open printers (these, or all), and let go at the end; prints go on.

    Args:
        farm: Which.
        via: What acts: `run`, `apply`, `cli`.
        origin: Which files count; HEAD's when nobody says.
        allow: Which actions may be done.
        printers: Those to be talked to; None for all.
    """
    origin = origin or AtRevision(farm)
    with controls(farm):
        ledger = farm.ledger()
        with farm.repository() as repository:
            finish_left_over(repository)
        jobs = ThreadJobs(len(usable_cpus()))
        recorder = Recorder(ledger, Actor("controller", "farmctl", via))
        anchoring = Anchoring(farm, ledger, jobs)
        desired = origin.desired(ledger.state)
        drivers = open_drivers(farm, desired, printers)
        allow_open_files(len(drivers) * FILES_EACH + FILES_BESIDE)
        hands = _hands(farm, origin, recorder, _Acting(ledger.identity, drivers, jobs))
        tenure = Tenure(GitClaims(farm), ledger.identity, farm.clock, jobs)
        gates = (allow, origin.lets, tenure.lets)
        loop = Loop(hands, allow=lambda action: all(lets(action) for lets in gates))
        recorder.append(_started(ledger.identity, desired.commit))
        try:
            await loop.begin()
            anchoring.begin()
            tenure.begin(loop.wake)
            yield Session(farm, loop, recorder, hands.observer, anchoring)
        finally:
            await tenure.end()
            await loop.end()
            recorder.append(ControllerStopped(ledger.identity.farm, "it was told to stop"))
            await anchoring.end()
            ledger.save()
            keep_sheet(farm, recorder.refresh)
            jobs.close()


class _Acting(Struct, frozen=True):
    """Whose ledger is acted for, on which printers, with which workers."""

    identity: Identity
    drivers: dict[PrinterName, PrinterDriver]
    jobs: ThreadJobs


def _hands(farm: Farm, origin: Origin, recorder: Recorder, acting: _Acting) -> Hands:
    identity, clock, jobs = acting.identity, farm.clock, acting.jobs
    observer = Observer(
        acting.drivers,
        clock,
        Whose(identity.ledger, identity.epoch),
        lambda look: keep_look(farm, look.observation),
        Doctors(clock),
    )
    source = GitSource(origin.desired, origin.head, clock, jobs)
    work = FarmWork(recorder, tools(farm, origin), jobs, clock)
    return Hands(recorder, observer, _effects(farm, recorder, identity), work, source, clock)


def _effects(farm: Farm, recorder: Recorder, identity: Identity) -> Effects:
    return Effects(
        recorder,
        farm.clock,
        ledger_id=identity.ledger,
        epoch=identity.epoch,
        gcode_of=lambda digest: farm.store.get(Digest(digest)),
    )


def _started(identity: Identity, commit: str) -> ControllerStarted:
    return ControllerStarted(identity.farm, __version__, host_name(), os.getpid(), commit)


def open_drivers(
    farm: Farm, desired: Desired, only: Collection[str] | None = None
) -> dict[PrinterName, PrinterDriver]:
    """Return a driver for each printer of the farm, or for these; nobody is talked to yet.

    A printer whose key is missing is one that cannot be reached: the others go on.
    """
    return {
        PrinterName(each.name): _driver(farm, desired, each)
        for each in desired.farm.printers
        if only is None or each.name in only
    }


def _driver(farm: Farm, desired: Desired, printer: Printer) -> PrinterDriver:
    try:
        return open_driver(printer.driver, driver_config(farm, desired, printer))
    except SecretMissing as missing:
        return UnopenedDriver(PrinterName(printer.name), missing, farm.clock)


def driver_config(farm: Farm, desired: Desired, printer: Printer) -> DriverConfig:
    """Return what a printer's driver is opened with."""
    at = desired.classes.get(printer.class_)
    limits = ClassLimits()
    if at is not None:
        limits = ClassLimits(
            bed_mm=at.document.size_mm,
            height_mm=at.document.height_mm,
            max_nozzle_c=round(at.document.max_c.nozzle),
            max_bed_c=round(at.document.max_c.bed),
        )
    key = printer.api_key.model_dump(exclude_none=True) if printer.api_key else None
    return DriverConfig(
        printer=PrinterName(printer.name),
        url=printer.url,
        api_key=resolve(key, os.environ, farm.folder) if key else None,
        identity=printer.identity,
        certificate=printer.certificate,
        guard=printer.guard,
        limits=limits,
        speedup=round(printer.speedup or 1),
        memory=farm.state_folder / "virtual",
        clock=farm.clock,
        disk=farm.disk,
        # Who waits for a device must not hold up the others; a virtual one lets nobody wait.
        jobs=InlineJobs() if printer.driver == "virtual" else ThreadJobs(2),
    )


def tools(farm: Farm, origin: Origin) -> Tools:
    """Return what models, plans and slices are made with."""
    return Tools(
        store=farm.store,
        model=origin.model,
        commit_plans=origin.commit_plans,
        bench=cache(lambda program, digest: bench(farm, program, digest)),
    )
