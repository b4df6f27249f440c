"""What the documents mean beyond their types."""

from __future__ import annotations

import ast
import inspect
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import farmctl.model
from farmctl.model.documents.common import Filament, parse_filament, split_pin
from farmctl.model.documents.farm import Farm, Printer
from farmctl.model.documents.form import Form
from farmctl.model.documents.kinds import DOCUMENTS, Kind, kind_of
from farmctl.model.documents.order import External, Item, Model, Order, Price
from farmctl.model.documents.plan import Orientation, Plan, PlannedModel, Requirements
from farmctl.model.documents.policy import Auto, Line, Policy
from farmctl.model.documents.printer_class import LimitsC, PrinterClass
from farmctl.model.documents.secret import SecretReference
from farmctl.model.predicates import PREDICATES
from farmctl.model.reasons import RUN_REASONS

pytestmark = pytest.mark.pure

AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SHA = "5d" * 32


def order(**fields: Any) -> Order:
    item = Item(
        name="bracket",
        model=Model(sha256=SHA),
        quantity=1,
        filaments=(Filament(material="PETG", color="black"),),
    )
    return Order(
        **{"schema_": "order/v1", "id": "ord-1", "created": AT, "items": (item,), **fields}
    )


def test_manual_orders_are_waived_unless_said_others_wait_for_their_payment() -> None:
    assert order().payment_status == "waived"
    assert order(source="etsy").payment_status == "pending"
    assert order(payment={"status": "paid"}).payment_status == "paid"
    assert order(source="etsy", payment={"status": "waived"}).payment_status == "waived"


def test_what_an_order_does_not_say() -> None:
    item = order().items[0]
    assert (order().source, order().priority, order().canceled) == ("manual", "normal", None)
    assert (item.quality, item.use, item.profile, item.constraints) == (
        "standard", "functional", None, (),
    )  # fmt: skip


def test_what_a_farm_does_not_say() -> None:
    farm = Farm(schema_="farm/v1", id="7f3a9c2e", name="garage")
    assert (farm.timezone, farm.automation.commit_plans, farm.automation.policy) == (
        "UTC", True, "default",
    )  # fmt: skip
    printer = Printer(name="a", class_="x@1.0.0", driver="virtual")
    assert printer.bed.clears == "person"


def test_what_a_policy_does_not_say_is_allowed_but_no_reprint() -> None:
    policy = Policy(schema_="policy/v1", name="default")
    assert policy.auto == Auto(approve_plan=True, slice=True, dispatch=True)
    assert policy.auto.reprint.reasons == ()
    assert (policy.auto.reprint.max_tries, policy.outcomes) == (2, "presume_success")


@pytest.mark.parametrize(
    ("text", "filament"),
    [
        ("PETG/black", Filament(material="PETG", color="black")),
        ("PA-CF/dark-grey", Filament(material="PA-CF", color="dark-grey")),
        ("PLA+/1", Filament(material="PLA+", color="1")),
        ("PETG", None),
        ("PETG/", None),
        ("/black", None),
        ("petg/black", None),
        ("PETG/Black", None),
        ("PETG/black/2", None),
        ("PETG/black\n", None),
        ("", None),
    ],
)
def test_filaments_as_people_type_them(text: str, filament: Filament | None) -> None:
    assert parse_filament(text) == filament
    if filament:
        assert filament.name == text


@given(st.from_regex(r"(0|[1-9][0-9]{0,8})\.[0-9]{2}", fullmatch=True))
def test_money_is_exact_to_the_cent(amount: str) -> None:
    price = Price(amount=amount, currency="EUR")
    euros, _, cents = amount.partition(".")
    assert price.cents == int(euros) * 100 + int(cents)


@pytest.mark.parametrize(
    "amount", ["84", "84.0", "84.000", "084.00", "-1.00", "1,00", "٣.00", "1.00\n"]
)
def test_other_amounts_are_no_money(amount: str) -> None:
    with pytest.raises(ValidationError):
        Price(amount=amount, currency="EUR")


def test_moments_keep_their_offset_and_have_one() -> None:
    berlin = timezone(timedelta(hours=1))
    parsed = Order.model_validate({**dumped(), "due": "2026-12-01T17:00:00+01:00"})
    assert parsed.due == datetime(2026, 12, 1, 17, 0, tzinfo=berlin)
    assert parsed.due.utcoffset() == timedelta(hours=1)
    assert dumped(parsed)["due"] == "2026-12-01T17:00:00+01:00"
    for text in (
        "2026-12-01T17:00:00",
        "2026-12-01",
        "20261201T170000Z",
        "2026-02-30T00:00:00Z",
        5,
    ):
        with pytest.raises(ValidationError):
            Order.model_validate({**dumped(), "due": text})
    with pytest.raises(ValidationError):
        order(due=datetime(2026, 12, 1))  # noqa: DTZ001


def dumped(document: Order | None = None) -> dict[str, Any]:
    said = (document or order()).model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {key: value for key, value in said.items() if value is not None}


def test_documents_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        order().id = "ord-2"  # type: ignore[misc]


def test_a_python_name_is_no_key_of_a_file() -> None:
    value = {"name": "a", "class_": "x@1.0.0", "driver": "virtual"}
    with pytest.raises(ValidationError):
        Printer.model_validate(value, by_alias=True, by_name=False)


def test_names_of_other_systems_make_one_key() -> None:
    assert External(system="etsy", id="3187604421").key == "etsy:3187604421"


def test_pins_are_split_at_the_version() -> None:
    assert split_pin("petg-0.4-standard@1.8.2") == ("petg-0.4-standard", "1.8.2")


def test_digests_are_spelt_as_everywhere_else() -> None:
    assert Model(sha256=SHA).digest == f"sha256:{SHA}"
    assert PlannedModel(sha256=SHA).digest == f"sha256:{SHA}"


def a_class(bed_mm: Any) -> PrinterClass:
    return PrinterClass(
        schema_="class/v1",
        name="x",
        program="prusaslicer",
        bed_mm=bed_mm,
        height_mm=100,
        nozzles_mm=(0.4,),
        max_c=LimitsC(nozzle=300, bed=100),
        versions={},
    )


def test_a_bed_is_its_corners_however_it_is_written() -> None:
    assert a_class((350, 200)).bed_outline_mm == ((0, 0), (350, 0), (350, 200), (0, 200))
    corners = ((-100.0, 0.0), (0.0, -100.0), (100.0, 0.0))
    assert a_class(corners).bed_outline_mm == corners
    assert a_class(tuple(reversed(corners))).bed_outline_mm == tuple(reversed(corners))


@pytest.mark.parametrize(
    "bed_mm", [(0, 5), (5,), (), ((0, 0), (1, 1)), ((0, 0), (1, 1), (2, 2)), 5]
)
def test_a_bed_that_encloses_nothing_is_none(bed_mm: Any) -> None:
    with pytest.raises(ValidationError):
        a_class(bed_mm)


def a_plan(**fields: Any) -> Plan:
    requires = Requirements(
        filaments=(Filament(material="PETG", color="black"),), size_mm=(1.0, 2.0, 3.0)
    )
    said = {
        "schema_": "plan/v1",
        "order": "ord-1",
        "item": "bracket",
        "revision": 1,
        "status": "draft",
        "model": PlannedModel(sha256=SHA),
        "requires": requires,
        "variants": (),
    }
    return Plan(**{**said, **fields})


def test_a_plan_is_known_by_its_item_and_lies_as_its_model_unless_said() -> None:
    assert a_plan().key == "ord-1/bracket"
    assert a_plan().orientation == Orientation(rotate_deg=(0, 0, 0), chosen_by="farmctl")
    assert (a_plan().supports, a_plan().overrides) == ("none", {})


@pytest.mark.parametrize(("status", "approved_by"), [("approved", None), ("draft", "Mia")])
def test_an_approved_plan_says_who_approved_it(status: str, approved_by: str | None) -> None:
    with pytest.raises(ValidationError):
        a_plan(status=status, approved_by=approved_by)


def test_overrides_are_scalars() -> None:
    said = {"fill_density": "40%", "perimeters": 3, "brim_width": 0.5, "thick_bridges": True}
    assert a_plan(overrides=said).overrides == said
    assert type(a_plan(overrides=said).overrides["thick_bridges"]) is bool
    for value in ([1], {"a": 1}, None):
        with pytest.raises(ValidationError):
            a_plan(overrides={"fill_density": value})


def test_a_policy_knows_every_predicate_and_refuses_those_that_nothing_computes() -> None:
    assert set(Line.model_fields) - {"gate"} == set(PREDICATES)
    for name, predicate in PREDICATES.items():
        for gate in ("approve_plan", "slice", "dispatch", "reprint"):
            free = {"material": "ABS", "slice_warnings": "off-bed"}.get(name)
            names = [free] if free else list(predicate.allowed)
            value = {"flag": True, "count": 3}.get(predicate.asks, names)
            try:
                Line.model_validate({"gate": gate, name: value})
                accepted = True
            except ValidationError:
                accepted = False
            assert accepted == (predicate.is_computed and gate in predicate.gates), (name, gate)


def test_a_policy_reprints_for_the_reasons_of_runs_alone() -> None:
    Auto.model_validate({"reprint": {"reasons": list(RUN_REASONS)}})
    with pytest.raises(ValidationError):
        Auto.model_validate({"reprint": {"reasons": ["fraud"]}})


@pytest.mark.parametrize("places", [{}, {"env": "A", "file": "b"}])
def test_a_secret_is_found_in_one_place(places: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        SecretReference(**places)


def forms() -> dict[str, Form]:
    found: dict[str, Form] = {}
    for model in DOCUMENTS.values():
        module = inspect.getmodule(model)
        for name, value in vars(module).items():
            for each in (value, *getattr(value, "__metadata__", ())):
                if isinstance(each, Form):
                    found[name] = each
    return found


@pytest.mark.parametrize("form", forms().values(), ids=forms())
def test_every_form_takes_its_own_example_and_no_line_end(form: Form) -> None:
    assert form.check(form.example) == form.example
    assert re.fullmatch(form.pattern, form.example + "\n") is None
    assert re.fullmatch(form.pattern, "") is None


@pytest.mark.parametrize(
    "path", ["../x", "a/../x", "/x", "a//b", "./x", "a/.", "a\\b", "a\x00b", "..", "", "a/"]
)
def test_paths_that_leave_the_farm_are_none(path: str) -> None:
    with pytest.raises(ValidationError):
        Model(path=path, sha256=SHA)


@pytest.mark.parametrize("path", ["x.stl", "models/a b.stl", "models/...stl", "models/..a/ü.stl"])
def test_other_paths_are(path: str) -> None:
    assert Model(path=path, sha256=SHA).path == path


def test_every_kind_has_its_model() -> None:
    assert set(DOCUMENTS) == set(Kind)
    for kind, model in DOCUMENTS.items():
        assert kind_of(model) is kind


def test_nothing_else_in_the_model_knows_pydantic() -> None:
    room = Path(farmctl.model.__file__).parent
    for path in room.rglob("*.py"):
        names = {
            name
            for node in ast.walk(ast.parse(path.read_text()))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        if path.parent.name != "documents":
            assert not [name for name in names if name.startswith("pydantic")], path.name
