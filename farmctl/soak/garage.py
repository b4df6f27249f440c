"""A farm in memory: what its documents say, and work that takes no slicer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from farmctl.control.actions import CheckModel, SlicePlate, WritePlan
from farmctl.control.recorder import Recorder
from farmctl.ledger.state import State
from farmctl.model.desired import ClassAt, Desired, PolicyAt, ProfileAt, SlicerAt
from farmctl.model.digest import digest_of
from farmctl.model.documents.farm import Farm
from farmctl.model.documents.policy import Policy
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.model.documents.profile import Profile
from farmctl.model.events.orders import OrderedItem, OrderText
from farmctl.model.events.plans import ModelChecked
from farmctl.model.events.plates import PlateSliced, Sliced
from farmctl.model.ids import OrderId
from farmctl.planning.plan_text import plan_written

CUBE = digest_of(b"cube")
_CLASS, _PROFILE, _SLICER = "cube-200", "petg", digest_of(b"slicer")
_RELEASED = {"sha256": digest_of(b"settings").removeprefix("sha256:"), "state": "released"}
_CATALOGUE = (
    b"# program: prusaslicer\n# version: 2.5.0\n"
    b"bed_temperature = 60\nbrim_width = 0\nfirst_layer_temperature = 200\n"
    b"gcode_label_objects = 0\nnozzle_diameter = 0.4\npost_process =\nskirt_distance = 6\n"
    b"skirts = 1\nsupport_material = 0\nsupport_material_auto = 1\ntemperature = 200\n"
)


def order(number: int, quantity: int, created: datetime) -> OrderText:
    """Return an order of cubes."""
    item = OrderedItem("cube", CUBE, quantity, ("PETG/black",), "standard", "functional")
    name = OrderId(f"ord-{number}")
    blob = digest_of(f"{name} {quantity}".encode())[-40:]
    return OrderText(name, blob, created, "manual", "normal", "waived", (item,))


def desired(commit: str, printers: Mapping[str, str], orders: Sequence[OrderText]) -> Desired:
    """Return a farm of equal printers with these orders.

    Args:
        commit: What the revision is called.
        printers: What drives each, by name; its identity is its name.
        orders: What is wanted.
    """
    farm, policy, printer_class, profile = _documents(tuple(printers.items()))
    return Desired(
        commit=commit,
        branch="main",
        farm=farm,
        policy=PolicyAt(policy, digest_of(b"policy")),
        classes={f"{_CLASS}@1.0.0": ClassAt(printer_class, "1.0.0", b"skirts = 0\n")},
        profiles={_PROFILE: ProfileAt(profile, {"1.0.0": b"temperature = 240\n"})},
        slicers={"default": SlicerAt("default", "prusaslicer", _SLICER, _CATALOGUE)},
        orders={each.order: each for each in orders},
        order_blobs={each.order: each.blob for each in orders},
        models=frozenset({CUBE}),
    )


class MemoryGit:
    """A branch that is whatever was last put there."""

    def __init__(self, first: Desired) -> None:
        self.desired = first

    async def current(self, _state: State) -> Desired:
        """Return what it points to."""
        return self.desired


class MemoryWork:
    """Models that are always good, plans that are kept nowhere, slices of a line or two.

    Args:
        recorder: Where facts go.
        gcode: What was sliced, by digest.
        print_s: How long a cube prints.
    """

    def __init__(self, recorder: Recorder, gcode: dict[str, bytes], print_s: int) -> None:
        self._recorder = recorder
        self._gcode = gcode
        self._print_s = print_s

    async def check_model(self, action: CheckModel) -> None:
        """Find the model good."""
        size_um = (20_000, 20_000, 20_000)
        clean = digest_of(b"clean cube")
        self._recorder.append(ModelChecked(action.model, clean, "pass", size_um, 8_000, 12))

    async def write_plans(self, actions: Sequence[WritePlan], _desired: Desired) -> None:
        """Record the plans."""
        digest = digest_of(b"a plan")
        self._recorder.append(*(plan_written(each.draft, digest) for each in actions))

    async def slice_plate(self, action: SlicePlate, _desired: Desired) -> None:
        """Make g-code that stands still for as long as the parts would take."""
        record = self._recorder.state.plates.get(action.plate)
        if record is None:
            return
        parts = len(record.composed.placed)
        raw = f"; {action.plate}\nG4 S{self._print_s * parts}\n".encode()
        digest = digest_of(raw)
        self._gcode[digest] = raw
        summary = Sliced(self._print_s * parts * 1000, 1, 1, 1, 1, (0, 0, 1, 1), parts)
        self._recorder.append_if(
            lambda state: None if action.plate in state.plates else "the plate is gone",
            PlateSliced(
                plate=action.plate,
                key=digest,
                gcode=digest,
                model_3mf=digest_of(b"3mf"),
                settings=record.composed.settings,
                slicer=record.composed.slicer,
                cached=False,
                summary=summary,
            ),
        )


@cache
def _documents(printers: tuple[tuple[str, str], ...]) -> tuple[Farm, Policy, PrinterClass, Profile]:
    rows: list[Mapping[str, Any]] = [
        {
            "name": name,
            "class": f"{_CLASS}@1.0.0",
            "driver": driver,
            "url": f"http://{name}",
            "identity": name,
            "loaded": [{"material": "PETG", "color": "black"}],
        }
        for name, driver in printers
    ]
    farm = {"schema": "farm/v1", "id": "7f3a9c2e", "name": "garage", "printers": rows}
    policy = {"schema": "policy/v1", "name": "default"}
    printer_class = {
        "schema": "class/v1",
        "name": _CLASS,
        "program": "prusaslicer",
        "bed_mm": [200.0, 200.0],
        "height_mm": 200.0,
        "nozzles_mm": [0.4],
        "max_c": {"nozzle": 300.0, "bed": 120.0},
        "versions": {"1.0.0": _RELEASED},
    }
    profile = {
        "schema": "profile/v1",
        "name": _PROFILE,
        "program": "prusaslicer",
        "material": "PETG",
        "nozzle_mm": 0.4,
        "quality": "standard",
        "classes": [_CLASS],
        "versions": {"1.0.0": _RELEASED},
        "channels": {"production": {"version": "1.0.0"}},
    }
    return (
        Farm.model_validate(farm),
        Policy.model_validate(policy),
        PrinterClass.model_validate(printer_class),
        Profile.model_validate(profile),
    )
