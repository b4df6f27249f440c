"""Blocking work of the loop: reading models, writing plans, slicing. Each ends as facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from farmctl.artifacts.store import ArtifactStore
from farmctl.control.actions import CheckModel, SlicePlate, WritePlan
from farmctl.control.derived import facts_of_model, facts_of_settings, facts_of_slice
from farmctl.control.recorder import Recorder
from farmctl.errors import FarmctlError, SlicerFailed
from farmctl.farmrepo.emit import emit
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.digest import Digest, digest_of
from farmctl.model.events.plates import PlateSliced, PlateSliceFailed, Sliced
from farmctl.model.recorded import PlateRecord
from farmctl.planning.plan_text import PlanDraft, plan_document, plan_written
from farmctl.profiles.room import ceiling_of, room_of
from farmctl.slicing.key import PlacedPart
from farmctl.slicing.plate import Bench, slice_plate
from farmctl.slicing.record import SliceRecord
from farmctl.slicing.request import PlateRequest
from farmctl.system.clock import Clock
from farmctl.system.jobs import Jobs


class Tools(Struct, frozen=True):
    """What the work is done with.

    Args:
        store: Where artifacts are kept.
        model: Returns a model's bytes by digest and path, from git.
        commit_plans: Commits plan files by path; returns the commit, or None where plans wait.
        bench: Returns where plates are sliced, for a slicer program and the digest of its build.
    """

    store: ArtifactStore
    model: Callable[[str, str | None], bytes]
    commit_plans: Callable[[Mapping[str, bytes | None], str, datetime], str | None]
    bench: Callable[[str, Digest], Bench]


class FarmWork:
    """Does the work in `jobs`, and records what came of it."""

    def __init__(self, recorder: Recorder, tools: Tools, jobs: Jobs, clock: Clock) -> None:
        self._recorder = recorder
        self._tools = tools
        self._jobs = jobs
        self._clock = clock

    async def check_model(self, action: CheckModel) -> None:
        """Read, clean, judge, and record what was found."""
        facts = await self._jobs.run(lambda: self._checked(action))
        self._recorder.append(*facts)

    def _checked(self, action: CheckModel) -> list[object]:
        raw = self._tools.model(action.model, action.path)
        return facts_of_model(raw, action.path or action.model, self._tools.store)[1]

    async def write_plans(self, actions: Sequence[WritePlan], desired: Desired) -> None:
        """Write the plans' files, commit them when the farm says so, and record the revisions."""
        drafts = [each.draft for each in actions]
        facts = await self._jobs.run(lambda: list(self._written(drafts, desired)))
        self._recorder.append(*facts)

    def _written(self, drafts: Sequence[PlanDraft], desired: Desired) -> Iterator[object]:
        texts = {each.item: emit(plan_document(each)).encode() for each in drafts}
        for draft in drafts:
            self._tools.store.put(texts[draft.item])
            for digest, settings in sorted(draft.settings.items()):
                yield from facts_of_settings(digest, settings, self._tools.store)
        commit = None
        if desired.farm.automation.commit_plans:
            files = {f"plans/{item}.yaml": text for item, text in texts.items()}
            commit = self._tools.commit_plans(files, _message(drafts), self._clock.now())
            if commit is None:
                return
        for draft in drafts:
            yield plan_written(draft, digest_of(texts[draft.item]), commit)

    async def slice_plate(self, action: SlicePlate, desired: Desired) -> None:
        """Slice, or take from the cache, and record what was measured."""
        record = self._recorder.state.plates.get(action.plate)
        if record is None:
            return
        fact = await self._jobs.run(lambda: self._sliced(record, desired))
        self._recorder.append_if(_still_composed(record), *fact)

    def _sliced(self, record: PlateRecord, desired: Desired) -> list[object]:
        plate = record.composed.plate
        try:
            request = self._request(record, desired)
            program = desired.classes[record.composed.printer_class].document.program
            bench = self._tools.bench(program, request.slicer)
            cached = bench.cache.known(request) is not None
            return list(
                _facts(record, slice_plate(request, bench), self._tools.store, cached=cached)
            )
        except SlicerFailed as error:
            return [PlateSliceFailed(plate, error.code, f"{error.message}: {error.mend}")]
        except FarmctlError as error:
            return [PlateSliceFailed(plate, "slice-input", f"{error.message}: {error.mend}")]

    def _request(self, record: PlateRecord, desired: Desired) -> PlateRequest:
        composed = record.composed
        parts = tuple(
            PlacedPart(each.label, Digest(each.mesh), each.x_um, each.y_um, each.rotate_mdeg)
            for each in composed.placed
        )
        at = desired.classes[composed.printer_class]
        return PlateRequest(
            parts=parts,
            settings=self._tools.store.get(Digest(composed.settings)),
            room=room_of(at.document),
            ceiling=ceiling_of(at.document),
            slicer=Digest(composed.slicer),
        )


def _message(drafts: Sequence[PlanDraft]) -> str:
    """Return a commit message: the one plan, or how many and which."""
    named = [f"{each.item}@{each.revision} {each.status.value}" for each in drafts]
    if len(named) == 1:
        return f"plans: {named[0]}"
    return "\n".join([f"plans: {len(named)} build plans", "", *named])


def _still_composed(record: PlateRecord) -> Callable[[State], str | None]:
    def why_not(state: State) -> str | None:
        known = state.plates.get(record.composed.plate)
        return None if known == record else "the plate changed while it was sliced"

    return why_not


def _facts(
    record: PlateRecord, sliced: SliceRecord, store: ArtifactStore, *, cached: bool
) -> Iterator[object]:
    if not cached:
        yield from facts_of_slice(sliced, store)
    yield PlateSliced(
        plate=record.composed.plate,
        key=sliced.key,
        gcode=sliced.gcode,
        model_3mf=sliced.plate,
        settings=sliced.settings,
        slicer=sliced.slicer,
        cached=cached,
        summary=_summary(sliced),
        warnings=tuple(sorted({each.code for each in sliced.warnings})),
        features=sliced.features,
    )


def _summary(sliced: SliceRecord) -> Sliced:
    found = sliced.summary
    masses = [each.mass_mg for each in found.filaments]
    laid = found.laid
    box = (laid.min_x_um, laid.min_y_um, laid.max_x_um, laid.max_y_um) if laid else ()
    return Sliced(
        time_ms=found.time_ms,
        filament_um=sum(each.length_um for each in found.filaments),
        filament_mg=None if None in masses else sum(each or 0 for each in masses),
        layers=found.layers,
        height_um=found.height_um,
        box_um=box,
        objects=found.objects,
    )
