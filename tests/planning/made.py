"""Small farms and short histories for tests of planning and policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from farmctl.ledger.fold import evolve
from farmctl.ledger.state import State
from farmctl.model.desired import ClassAt, Desired, PolicyAt, ProfileAt, SlicerAt
from farmctl.model.digest import digest_of
from farmctl.model.documents.farm import Farm
from farmctl.model.documents.policy import Policy
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.model.documents.profile import Profile
from farmctl.model.events import orders, plans, plates, printers, run_life, runs
from farmctl.model.events.orders import OrderedItem, OrderText
from farmctl.model.ids import ItemKey, OrderId, PlateId, PrinterName, RunId
from farmctl.model.look import Look, Patience
from farmctl.model.observation import DeviceState, Loaded, Observation

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
ORDER = OrderId("ord-1")
BRACKET = ItemKey("ord-1/bracket")
CUBE = digest_of(b"cube")
MESH = digest_of(b"clean cube")
SLICER = digest_of(b"slicer")
SETTINGS = digest_of(b"settings")


def sha(text: str) -> str:
    return digest_of(text.encode())


def item(name: str = "bracket", quantity: int = 2, **changes: Any) -> OrderedItem:
    base = OrderedItem(name, CUBE, quantity, ("PETG/black",), "standard", "functional")
    return replace(base, **changes)


def order(*items: OrderedItem, order: str = "ord-1", **changes: Any) -> OrderText:
    base = OrderText(
        order=OrderId(order),
        blob=f"blob-{order}",
        created=NOW - timedelta(days=1),
        source="manual",
        priority="normal",
        payment="waived",
        items=items or (item(),),
    )
    return replace(base, **changes)


class Story:
    """A ledger told by hand: each fact is folded at a time of its own."""

    def __init__(self) -> None:
        self.state = State()
        self.at = NOW - timedelta(hours=2)

    def tell(self, *facts: object, actor: str = "tom") -> Story:
        for fact in facts:
            self.at += timedelta(seconds=1)
            self.state = evolve(self.state, fact, at=self.at, seq=self.state.seq + 1, actor=actor)
        return self

    def open_order(self, text: OrderText | None = None) -> Story:
        text = text or order()
        return self.tell(orders.OrderAccepted(text.order, text), orders.OrderOpened(text.order))

    def printer(self, name: str, **changes: Any) -> Story:
        fact = replace(declared(name), **changes)
        return self.tell(fact, printers.BedCleared(fact.printer, "person", None))

    def plan(self, key: str = "ord-1/bracket", **changes: Any) -> Story:
        return self.tell(plan(key, **changes))

    def plate(self, number: int, *instances: str, **changes: Any) -> Story:
        return self.tell(composed(number, *instances, **changes))

    def sliced(self, number: int, time_ms: int = 3_600_000) -> Story:
        return self.tell(sliced(number, time_ms))

    def print_it(self, number: int, printer: str, ended: object | None = None) -> Story:
        """Give the plate to a printer, start it, and end it if `ended` says how."""
        run, file = RunId(f"run-{number}"), f"farmctl-{number}.gcode"
        name, plate = PrinterName(printer), PlateId(f"plate-{number}")
        after = NOW + timedelta(days=1)
        self.tell(
            runs.RunQueued(run, plate, name, sha("gcode"), sha("gcode"), "dec-1", after),
            runs.UploadIntended(run, name, file),
            runs.UploadAccepted(run, name, file),
            runs.StartIntended(run, name, file),
            runs.StartAccepted(run, name, file),
            run_life.RunStarted(run, None, "seen"),
        )
        return self if ended is None else self.tell(ended)

    def complete(self, number: int, printer: str) -> Story:
        ended = run_life.RunCompleted(RunId(f"run-{number}"), "history")
        return self.print_it(number, printer, ended)

    def fail(self, number: int, printer: str, reason: str) -> Story:
        ended = run_life.RunFailed(RunId(f"run-{number}"), reason, "history")
        return self.print_it(number, printer, ended)

    def judge(self, number: int, verdict: str, *instances: str, reason: str | None = None) -> Story:
        said = tuple(orders.ItemVerdict(each, verdict, reason) for each in instances)  # type: ignore[arg-type]
        return self.tell(orders.ItemsJudged(RunId(f"run-{number}"), said, "tom"))


def declared(name: str, **changes: Any) -> printers.PrinterDeclared:
    base = printers.PrinterDeclared(
        PrinterName(name),
        "cube-200@1.0.0",
        "virtual",
        400,
        "person",
        loaded=(Loaded("PETG", "black"),),
        identity=f"id-{name}",
    )
    return replace(base, **changes)


def pin(printer_class: str = "cube-200@1.0.0", **changes: Any) -> plans.VariantPin:
    base = plans.VariantPin(
        digest=sha(f"variant {printer_class}"),
        printer_class=printer_class,
        profile="petg@1.0.0",
        channel="production",
        nozzle_um=400,
        slicer=SLICER,
        settings=SETTINGS,
    )
    return replace(base, **changes)


def plan(key: str = "ord-1/bracket", **changes: Any) -> plans.PlanWritten:
    base = plans.PlanWritten(
        item=ItemKey(key),
        revision=1,
        sha256=sha("plan"),
        status="approved",
        approved_by="policy/default",
        model=CUBE,
        filaments=("PETG/black",),
        tags=(),
        size_um=(40_000, 40_000, 20_000),
        rotate_mdeg=(0, 0, 0),
        supports="none",
        variants=(pin(),),
    )
    return replace(base, **changes)


def composed(number: int, *instances: str, **changes: Any) -> plates.PlateComposed:
    variant = pin(changes.get("printer_class", "cube-200@1.0.0")).digest
    placed = tuple(
        plates.Placed(f"P{row:02}", each, variant, MESH, 0, 0)  # type: ignore[arg-type]
        for row, each in enumerate(instances, 1)
    )
    base = plates.PlateComposed(
        plate=PlateId(f"plate-{number}"),
        printer_class="cube-200@1.0.0",
        profile="petg@1.0.0",
        slicer=SLICER,
        settings=SETTINGS,
        nozzle_um=400,
        filaments=("PETG/black",),
        tags=(),
        placed=placed,
    )
    return replace(base, **changes)


def sliced(number: int, time_ms: int = 3_600_000) -> plates.PlateSliced:
    summary = plates.Sliced(time_ms, 1, 1, 1, 1, (0, 0, 1, 1), 1)
    return plates.PlateSliced(
        PlateId(f"plate-{number}"),
        sha("key"),
        sha("gcode"),
        sha("3mf"),
        SETTINGS,
        SLICER,
        cached=False,
        summary=summary,
    )


def checked(model: str = CUBE, **changes: Any) -> plans.ModelChecked:
    base = plans.ModelChecked(model, MESH, "pass", (40_000, 40_000, 20_000), 32_000, 12)
    return replace(base, **changes)


def look(name: str, state: DeviceState = DeviceState.READY, **changes: Any) -> Look:
    seen = Observation(PrinterName(name), NOW, state, identity=f"id-{name}")
    return Look(
        replace(seen, **changes), Patience(30.0, deletion_fences=True, survives_restart=True)
    )


def looks(*names: str) -> dict[PrinterName, Look]:
    return {PrinterName(name): look(name) for name in names}


def desired(*texts: OrderText, **changes: Any) -> Desired:
    base = Desired(
        commit="c0ffee",
        branch="main",
        farm=farm(),
        policy=policy(),
        classes={"cube-200@1.0.0": printer_class()},
        profiles={"petg": profile()},
        slicers={"default": slicer()},
        orders={each.order: each for each in texts},
        order_blobs={each.order: each.blob for each in texts},
        models=frozenset({CUBE}),
    )
    return replace(base, **changes)


def farm(*rows: Mapping[str, Any]) -> Farm:
    words = {"schema": "farm/v1", "id": "7f3a9c2e", "name": "garage"}
    default = [
        {"name": f"p-{number}", "class": "cube-200@1.0.0", "driver": "virtual"}
        for number in range(1, 6)
    ]
    return Farm.model_validate({**words, "printers": list(rows) or default})


def row(name: str, printer_class: str = "cube-200@1.0.0", **changes: Any) -> dict[str, Any]:
    return {"name": name, "class": printer_class, "driver": "virtual", **changes}


def policy(**changes: Any) -> PolicyAt:
    words = {"schema": "policy/v1", "name": "default", **changes}
    return PolicyAt(Policy.model_validate(words), sha("policy"))


def printer_class(name: str = "cube-200", **changes: Any) -> ClassAt:
    words = {
        "schema": "class/v1",
        "name": name,
        "program": "prusaslicer",
        "bed_mm": [200.0, 200.0],
        "height_mm": 200.0,
        "nozzles_mm": [0.4],
        "max_c": {"nozzle": 300.0, "bed": 120.0},
        "versions": {
            "1.0.0": {"sha256": sha("class").removeprefix("sha256:"), "state": "released"}
        },
        **changes,
    }
    return ClassAt(PrinterClass.model_validate(words), "1.0.0", b"skirts = 0\n")


def profile(name: str = "petg", **changes: Any) -> ProfileAt:
    digest = sha("profile").removeprefix("sha256:")
    words = {
        "schema": "profile/v1",
        "name": name,
        "program": "prusaslicer",
        "material": "PETG",
        "nozzle_mm": 0.4,
        "quality": "standard",
        "classes": ["cube-200"],
        "versions": {"1.0.0": {"sha256": digest, "state": "released"}},
        "channels": {"production": {"version": "1.0.0"}},
        **changes,
    }
    document = Profile.model_validate(words)
    return ProfileAt(document, dict.fromkeys(document.versions, b"temperature = 240\n"))


def slicer() -> SlicerAt:
    catalogue = (
        b"# program: prusaslicer\n# version: 2.5.0\n"
        b"bed_temperature = 60\nbrim_width = 0\nfirst_layer_temperature = 200\n"
        b"gcode_label_objects = 0\nnozzle_diameter = 0.4\npost_process =\nskirt_distance = 6\n"
        b"skirts = 1\nsupport_material = 0\nsupport_material_auto = 1\ntemperature = 200\n"
    )
    return SlicerAt("default", "prusaslicer", SLICER, catalogue)
