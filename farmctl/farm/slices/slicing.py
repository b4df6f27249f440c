"""Slicing one part because somebody asks: a model, or an order's item as it would be made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from farmctl.control.subjects import unknown
from farmctl.errors import Refused
from farmctl.farm.parts import Farm, person
from farmctl.farm.questions import Ask
from farmctl.farm.slices.model_files import read_model
from farmctl.farm.slices.recall import Answer, Said, Sliced, slice_cache
from farmctl.farm.slices.recipes import Wish, recipe_of
from farmctl.ledger.state import State
from farmctl.model.desired import ClassAt, Desired
from farmctl.model.digest import Digest, digest_of
from farmctl.model.events.plans import ModelChecked
from farmctl.model.ids import ItemKey, OrderId, order_of
from farmctl.planning.beds import Box, bed_of
from farmctl.planning.packing import Spot, pack
from farmctl.planning.plan_text import Chosen, chosen_in
from farmctl.planning.plans import size_as_laid
from farmctl.planning.settings import Recipe, Settings, settings_of
from farmctl.profiles.resolve import need_of
from farmctl.profiles.room import ceiling_of, room_of
from farmctl.slicing.key import PlacedPart, label
from farmctl.slicing.request import PlateRequest

if TYPE_CHECKING:  # a slice that is there needs none of these
    from farmctl.control.recorder import Recorder
    from farmctl.slicing.plate import Bench
    from farmctl.slicing.verify import Verification


class Job(Struct, frozen=True):
    """One part on a plate of its own, ready to slice.

    Args:
        wish: What is to be sliced.
        recipe: How.
        material: What it is made of.
        request: The plate, as slicers get it.
    """

    wish: Wish
    recipe: Recipe
    material: str
    request: PlateRequest

    @property
    def answer(self) -> Answer:
        """Return what it comes to, as people and the next command read it."""
        return Answer(
            name=self.wish.name,
            model=self.wish.model,
            printer_class=self.recipe.printer_class.pin,
            profile=self.recipe.profile,
            material=self.material,
            mesh=self.request.parts[0].mesh,
            key=self.request.key,
            checked_for=self.request.checked_for,
        )


def prepare(farm: Farm, subject: str, said: Said, ask: Ask) -> Job:
    """Return the plate of one part, in the middle of the bed as it would lie alone.

    A model that the farm has not met is read, cleaned and recorded first.

    Args:
        farm: Whose classes and profiles.
        subject: A model's path, or `ord-1042/bracket`.
        said: What a person chooses.
        ask: Asks for what is not clear.

    Raises:
        Refused: The model fails, or what was chosen does not go together.
        SlicerFailed: No slicer is pinned for this machine.
    """
    state = farm.view().state
    desired = farm.desired(state=None if _is_closed(state, subject) else state)
    wish, raw = _wish(farm, desired, subject)
    recipe = recipe_of(desired, wish, said, ask)
    checked = _checked(farm, state, wish, raw)
    material = desired.profiles[recipe.profile.partition("@")[0]].document.material
    return Job(wish, recipe, material, plate_of(wish, recipe, checked))


def sliced(farm: Farm, job: Job) -> Sliced:
    """Return the slice of a plate; made, and recorded, when it is not there yet.

    Raises SlicerFailed, with a stable code.
    """
    known = slice_cache(farm).known(job.request)
    if known is not None:
        return Sliced(job.answer, known, cached=True)
    from farmctl.control.derived import facts_of_settings, facts_of_slice
    from farmctl.slicing.plate import make_slice

    recorder = _recorder(farm)
    settings = job.request.settings
    facts = list(facts_of_settings(digest_of(settings), settings, farm.store))
    made = make_slice(job.request, bench_of(farm, job))
    recorder.append(*facts, *facts_of_slice(made, farm.store))
    return Sliced(job.answer, made, cached=False)


def verified(farm: Farm, job: Job, times: int) -> Verification:
    """Slice a plate again and again, without the cache. Raises SlicerFailed."""
    from farmctl.slicing.verify import verify_plate

    return verify_plate(job.request, bench_of(farm, job), times)


def bench_of(farm: Farm, job: Job) -> Bench:
    """Return where a plate is sliced. Raises SlicerFailed where no slicer is here."""
    from farmctl.farm.slices.benches import bench

    return bench(farm, job.recipe.slicer.program, job.request.slicer)


def _is_closed(state: State, subject: str) -> bool:
    return OrderId(subject.partition("/")[0]) in state.closed


def _wish(farm: Farm, desired: Desired, subject: str) -> tuple[Wish, bytes | None]:
    order, slash, name = subject.partition("/")
    texts = desired.orders.get(OrderId(order))
    if texts is None or not slash or Path(subject).expanduser().is_file():
        return _wish_for_file(farm, desired, subject)
    item = next((each for each in texts.items if each.name == name), None)
    if item is None:
        raise unknown(subject, "item", [f"{order}/{each.name}" for each in texts.items])
    at = desired.plans.get(ItemKey(subject))
    material = item.filaments[0].partition("/")[0]
    need = need_of(material, item.quality, item.profile)
    chosen = chosen_in(at.document) if at else Chosen()
    return Wish(subject, item.model, item.model_path, need, chosen), None


def _wish_for_file(farm: Farm, desired: Desired, subject: str) -> tuple[Wish, bytes]:
    path = Path(subject)
    if not path.suffix and order_of(ItemKey(subject)) not in desired.orders and "/" in subject:
        items = [
            f"{order}/{each.name}" for order, text in desired.orders.items() for each in text.items
        ]
        raise unknown(subject, "item or model", items)
    raw = read_model(farm.disk, path)
    return Wish(path.name, digest_of(raw), str(path)), raw


def _checked(farm: Farm, state: State, wish: Wish, raw: bytes | None) -> ModelChecked:
    """Return what is known of a model; what nobody has looked at is looked at and recorded."""
    checked = state.models.get(wish.model)
    if checked is None or (checked.clean and not farm.store.has(Digest(checked.clean))):
        from farmctl.control.derived import facts_of_model

        whole = farm.model(wish.model, wish.path) if raw is None else raw
        recorder = _recorder(farm)
        checked, facts = facts_of_model(whole, wish.path or wish.name, farm.store)
        recorder.append(*facts)
    if checked.verdict == "fail" or checked.clean is None:
        said = [each.message for each in checked.findings if each.level == "fail"]
        raise Refused(
            f"{wish.name} cannot be printed: {'; '.join(said)}", "farmctl preflight MODEL"
        )
    return checked


def plate_of(wish: Wish, recipe: Recipe, checked: ModelChecked) -> PlateRequest:
    """Return the plate of one part alone, in the middle of the bed."""
    settings = settings_of(recipe)
    of_class = recipe.printer_class
    x_mdeg, y_mdeg, z_mdeg = wish.chosen.rotate_mdeg
    spot = _spot(of_class, checked, wish, settings)
    turned = (x_mdeg, y_mdeg, z_mdeg + 90_000 * spot.is_turned)
    part = PlacedPart(label(1), Digest(checked.clean or ""), spot.x_um, spot.y_um, turned)
    return PlateRequest(
        parts=(part,),
        settings=settings.text,
        room=room_of(of_class.document),
        ceiling=ceiling_of(of_class.document),
        slicer=Digest(recipe.slicer.digest),
    )


def _spot(of_class: ClassAt, checked: ModelChecked, wish: Wish, settings: Settings) -> Spot:
    """Return where the part lies; what does not fit lies in the middle, and is refused there."""
    bed = bed_of(of_class.document)
    width_um, depth_um, _ = size_as_laid(checked.size_um, wish.chosen.rotate_mdeg)
    spots = pack(bed, [Box(width_um, depth_um)], settings.spacing)
    return spots[0] if spots else Spot(*bed.middle_um)


def _recorder(farm: Farm) -> Recorder:
    """Return who records; taken before there is anything to record, as another's ledger says no."""
    from farmctl.control.recorder import Recorder

    return Recorder(farm.ledger(), person())
