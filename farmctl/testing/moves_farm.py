"""What can happen next to printers, and to the farm as a whole: legal moves, each a few facts."""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.ledger.state import State
from farmctl.model.attention import ATTENTION_KINDS, command_for
from farmctl.model.events import farm as said
from farmctl.model.events import plans, printers
from farmctl.model.ids import AttentionId, DecisionId, PrinterName
from farmctl.model.observation import DeviceState, Loaded
from farmctl.model.recorded import PrinterRecord, RunRecord
from farmctl.model.states import Bed
from farmctl.testing.moves_orders import CLASS, PROFILE, Move, digest

FARM = "7f3a9c2e"
PRINTERS = (PrinterName("sim-1"), PrinterName("sim-2"), PrinterName("sim-3"))
_OPEN_ATTENTIONS = 2


def farm_moves(state: State) -> Iterator[Move]:
    """Yield what can happen to the farm as a whole."""
    if state.controller is None:
        yield (said.ControllerStarted(FARM, "0.1.0", "garage", 4711, digest("commit")[:40]),)
    else:
        yield (said.ControllerStopped(FARM, "asked to"),)
    commit = digest(f"commit {state.seq}")[:40]
    yield (said.RevisionAccepted(FARM, commit, "main", "default"),)
    if state.hold is None:
        yield (said.FarmHeld(FARM, "the fire drill"),)
    else:
        yield (said.FarmUnheld(FARM, "it is over"),)
    if PROFILE in state.profile_holds:
        yield (said.ProfileUnheld(PROFILE, "it was the spool"),)
    else:
        yield (said.ProfileHeld(PROFILE, "it strings"),)
    yield from _attentions(state)


def _attentions(state: State) -> Iterator[Move]:
    if len(state.attentions) < _OPEN_ATTENTIONS:
        number = state.counts.attention + 1
        kind = sorted(ATTENTION_KINDS)[number % len(ATTENTION_KINDS)]
        command = command_for(kind, PRINTERS[0])
        attention = AttentionId(f"att-{number}")
        yield (said.AttentionOpened(attention, kind, PRINTERS[0], "as was seen", command),)
    for name, each in sorted(state.attentions.items()):
        if not each.acknowledged:
            yield (said.AttentionAcknowledged(name),)
        yield (said.AttentionResolved(name, "a person acted"),)


def knowledge_moves(state: State) -> Iterator[Move]:
    """Yield what can be found out: artifacts, models, decisions. Nothing moves by it."""
    name = ("bracket", "clip")[state.seq % 2]
    model, clean = digest(name), digest(f"clean {name}")
    yield (plans.ArtifactStored(model, "model-stl", 684),)
    yield (
        plans.ArtifactStored(clean, "clean-mesh", 412),
        plans.ArtifactDerived(clean, (model,), "farmctl 0.1.0"),
    )
    finding = plans.ModelFinding("several-bodies", "warn", "the model has 2 bodies")
    size_um = (20_000, 10_000, 5_000)
    yield (plans.ModelChecked(model, clean, "warn", size_um, 1_000, 12, (finding,)),)
    yield (
        plans.PolicyDecided(
            decision=DecisionId(f"dec-{state.counts.decision + 1}"),
            policy=f"default@sha256:{digest('policy')}",
            gate="approve_plan",
            transition="plan draft → approved",
            subjects=("ord-1/bracket@1", digest("plan")),
            inputs={"preflight": "warn", "material": ["PLA"]},
            outcome="require_approval",
            explanations=("preflight is warn",),
        ),
    )


def printer_moves(state: State) -> Iterator[Move]:
    """Yield what can happen to printers, what leads on first."""
    for name in PRINTERS:
        if name not in state.printers:
            yield (declared(name, "person"),)
    records = [record for _, record in sorted(state.printers.items())]
    for record in records:
        yield from _leads_on(state, record)
    for record in records:
        yield from _holds_up(state, record)


def declared(name: PrinterName, clears: str) -> printers.PrinterDeclared:
    """Return what the farm says of a printer."""
    loaded = (Loaded("PLA", "white"),)
    identity = digest(name)[:12]
    return printers.PrinterDeclared(name, CLASS, "virtual", 400, clears, (), loaded, identity)


def _leads_on(state: State, record: PrinterRecord) -> Iterator[Move]:
    name = record.declared.printer
    run = state.runs.get(record.run) if record.run else None
    is_still = run is None or not run.phase.may_be_printing
    if record.bed is not Bed.CLEAR and is_still:
        yield (printers.BedCleared(name, "person", "000A"),)
    if record.holds:
        yield (said.PrinterUnheld(name, "the heater was changed"),)
    yield (_seen(name, DeviceState.READY, None),)
    if run is not None and run.file is not None:
        yield (_seen(name, DeviceState.PRINTING, run.file),)


def _holds_up(state: State, record: PrinterRecord) -> Iterator[Move]:
    name = record.declared.printer
    other = "ejector" if record.declared.clears == "person" else "person"
    yield (declared(name, other),)
    yield (printers.SpoolLoaded(name, (Loaded("PETG", "black"),), "lot-7"),)
    yield (printers.ForeignFilesSeen(name, ("farmctl-ffff0000-1-run-1-1.gcode",)),)
    yield (_seen(name, DeviceState.OFFLINE, None),)
    yield (_seen(name, DeviceState.PRINTING, "benchy.gcode"),)
    yield (printers.BedDoubted(name, "the printer was restarted"),)
    if not record.holds:
        yield (said.PrinterHeld(name, "a heater fault", "rule/thermal"),)
    if all(each.printer != name or _is_tidy(each) for each in state.runs.values()):
        yield (printers.PrinterWithdrawn(name),)


def _is_tidy(run: RunRecord) -> bool:
    """Nothing of the run is left on its printer."""
    return run.phase.is_over and run.is_off_device


def _seen(name: PrinterName, device: DeviceState, file: str | None) -> printers.PrinterSeen:
    return printers.PrinterSeen(
        printer=name,
        state=device.value,
        identity=digest(name)[:12],
        job_file=file,
        job_id=None if file is None else "000A",
        history_head="000A",
        jobs_total=10,
        boot="b1",
        firmware="v0.12",
        loaded=(Loaded("PLA", "white"),),
        message="" if file is None else f"printing {file}",
    )
