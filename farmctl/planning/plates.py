"""Putting wanted parts on plates: compatible parts together, shared out over the free printers.

The model is simple: parts that can be printed together are divided so that the free printers that
can take them finish together; without a free printer a plate is filled. What is once composed is
left alone until `stale` says that an input changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.events.plans import PlanWritten, VariantPin
from farmctl.model.events.plates import Placed, PlateComposed
from farmctl.model.ids import InstanceId, PlateId
from farmctl.model.states import PlatePhase
from farmctl.planning.assign import Assignment, assign
from farmctl.planning.beds import Box, bed_of
from farmctl.planning.choosing import Choice, choose
from farmctl.planning.demand import Demand, lack
from farmctl.planning.machines import Around, Machine
from farmctl.planning.packing import Spacing, Spot, most_that_fit, pack
from farmctl.planning.plan_text import Chosen, chosen_in
from farmctl.planning.settings import Recipe, settings_of
from farmctl.planning.sharing import first_share
from farmctl.planning.stops import plate_stops
from farmctl.planning.wants import part_times_ms, wants


class PlateDraft(Struct, frozen=True):
    """A plate to compose.

    Args:
        printer_class: `voron-350@3.0.0`.
        profile: `petg-0.4-standard@1.8.2`.
        slicer: Digest of the pinned slicer.
        settings: Digest of the effective settings.
        nozzle_um: The nozzle.
        filaments: `PETG/black`, slot by slot.
        tags: What a printer must have.
        placed: The parts, by label.
        why: Why so many, for people.
        replaces: The run whose failed parts it makes again.
    """

    printer_class: str
    profile: str
    slicer: str
    settings: str
    nozzle_um: int
    filaments: tuple[str, ...]
    tags: tuple[str, ...]
    placed: tuple[Placed, ...]
    why: str
    replaces: str | None = None

    def composed(self, plate: PlateId) -> PlateComposed:
        """Return the fact that it was composed under this name."""
        return PlateComposed(
            plate,
            self.printer_class,
            self.profile,
            self.slicer,
            self.settings,
            self.nozzle_um,
            self.filaments,
            self.tags,
            self.placed,
            self.replaces,
        )


class _Kind(Struct, frozen=True):
    """What parts on one plate have in common."""

    demand: Demand
    profile: str
    slicer: str
    settings: str
    spacing: Spacing
    replaces: str | None


class _Part(Struct, frozen=True):
    instance: InstanceId
    variant: str
    mesh: str
    box: Box
    rotate_mdeg: tuple[int, ...]
    time_ms: int
    most_plates: int | None

    @property
    def shape(self) -> tuple[int, int, str, str]:
        """Return a key that is the same for equal parts of different orders."""
        return -self.box.area_um2, -self.box.width_um, self.mesh, self.variant


def compose(around: Around) -> tuple[PlateDraft, ...]:
    """Return the plates that wanted parts make now, the most urgent first."""
    state, desired = around.state, around.desired
    wanted = wants(state, desired)
    if not wanted:
        return ()
    claims = claimed(around)
    free = list(claims.left)
    times = part_times_ms(state)
    kinds: defaultdict[_Kind, list[_Part]] = defaultdict(list)
    for want in wanted:
        for choice in choose(state, desired, want, claims.machines, free):
            kind = _kind_of(desired, choice)
            if kind is not None:
                kinds[kind] += _parts_of(state, choice, times)
    drafts: list[PlateDraft] = []
    for kind, parts in kinds.items():
        takers = [each for each in free if _takes(kind.demand, each)]
        found = _fill(desired, kind, parts, len(takers))
        drafts += found
        used = {each.name for each in takers[: len(found)]}
        free = [each for each in free if each.name not in used]
    return tuple(drafts)


def claimed(around: Around, but: Collection[PlateId] = ()) -> Assignment:
    """Return which free printers the plates that are not started yet will take."""
    state, desired = around.state, around.desired
    plates = [
        plate
        for plate, record in state.plates.items()
        if record.phase in (PlatePhase.COMPOSED, PlatePhase.SLICED)
        and plate not in but
        and record.run is None
        and record.failed_code is None
        and not any(plate_stops(state, desired, record))
    ]
    return assign(around, plates)


def next_plates(state: State, drafts: Sequence[PlateDraft]) -> Iterator[PlateComposed]:
    """Yield the facts of composing these plates, with the next free numbers."""
    for number, draft in enumerate(drafts, state.counts.plate + 1):
        yield draft.composed(PlateId(f"plate-{number}"))


def _takes(demand: Demand, machine: Machine) -> bool:
    return lack(demand, machine.name, machine.equipment) is None


def _kind_of(desired: Desired, choice: Choice) -> _Kind | None:
    pin = choice.pin
    spacing = _spacing(desired, choice.want.written, pin)
    if spacing is None:
        return None
    return _Kind(
        choice.demand, pin.profile, pin.slicer, pin.settings, spacing, choice.want.replaces
    )


def _spacing(desired: Desired, written: PlanWritten, pin: VariantPin) -> Spacing | None:
    """Return the room that parts need, or None while the documents say other settings.

    Then the plan gets a new revision first.
    """
    name, _, version = pin.profile.partition("@")
    of_class, profile = desired.classes.get(pin.printer_class), desired.profiles.get(name)
    slicer = next((each for each in desired.slicers.values() if each.digest == pin.slicer), None)
    if of_class is None or profile is None or slicer is None or version not in profile.settings:
        return None
    at = desired.plans.get(written.item)
    chosen = chosen_in(at.document) if at else Chosen()
    settings = settings_of(
        Recipe(
            slicer=slicer,
            printer_class=of_class,
            profile=pin.profile,
            profile_settings=profile.settings[version],
            nozzle_um=pin.nozzle_um,
            supports=written.supports,
            overrides=chosen.overrides,
        )
    )
    return settings.spacing if settings.digest == pin.settings else None


def _parts_of(state: State, choice: Choice, times: Mapping[str, int]) -> Iterator[_Part]:
    written, pin = choice.want.written, choice.pin
    width_um, depth_um, _ = written.size_um
    checked = state.models.get(written.model)
    mesh = checked.clean if checked else None
    for instance in choice.parts:
        yield _Part(
            instance=instance,
            variant=pin.digest,
            mesh=mesh or written.model,
            box=Box(width_um, depth_um),
            rotate_mdeg=written.rotate_mdeg,
            time_ms=times.get(pin.digest, 0),
            most_plates=choice.most_plates,
        )


def _fill(desired: Desired, kind: _Kind, parts: Sequence[_Part], free: int) -> list[PlateDraft]:
    """Divide parts, the most urgent first, into plates for so many free printers."""
    bed = bed_of(desired.classes[kind.demand.printer_class].document)
    known = all(each.time_ms for each in parts)
    drafts: list[PlateDraft] = []
    rest, left = list(parts), free
    while rest and (rest[0].most_plates is None or len(drafts) < rest[0].most_plates):
        times = [each.time_ms if known else 1 for each in rest]
        share = first_share(times, left) if left else len(rest)
        count = most_that_fit(bed, [each.box for each in rest[:share]], kind.spacing)
        if count == 0:
            break  # the bed is smaller than the plan says: a newer plan is on its way
        why = _why(count, share, left, free)
        in_order = sorted(rest[:count], key=lambda each: each.shape)
        spots = pack(bed, [each.box for each in in_order], kind.spacing) or ()
        drafts.append(_draft(kind, in_order, spots, why))
        rest, left = rest[count:], max(0, left - 1)
    return drafts


def _why(count: int, share: int, left: int, free: int) -> str:
    if not left:
        return f"{count}: as many as fit, for the next free printer"
    if count < share:
        return f"{count}: as many as fit"
    return f"{count}: shared out over {free} free printer{'s' if free > 1 else ''}"


def _draft(kind: _Kind, parts: Sequence[_Part], spots: Sequence[Spot], why: str) -> PlateDraft:
    placed = tuple(
        _placed(number, part, spot)
        for number, (part, spot) in enumerate(zip(parts, spots, strict=True), 1)
    )
    demand = kind.demand
    return PlateDraft(
        printer_class=demand.printer_class,
        profile=kind.profile,
        slicer=kind.slicer,
        settings=kind.settings,
        nozzle_um=demand.nozzle_um,
        filaments=demand.filaments,
        tags=demand.tags,
        placed=placed,
        why=why,
        replaces=kind.replaces,
    )


def _placed(number: int, part: _Part, spot: Spot) -> Placed:
    x, y, z = part.rotate_mdeg
    turned = z + 90_000 if spot.is_turned else z
    return Placed(
        label=f"P{number:02}",
        instance=part.instance,
        variant=part.variant,
        mesh=part.mesh,
        x_um=spot.x_um,
        y_um=spot.y_um,
        rotate_mdeg=(x, y, turned - 360_000 if turned > 360_000 else turned),
    )
