"""Every refusal of a model has words of ours, and none of the library's get out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic_core.core_schema import ErrorType

from farmctl.farmrepo.complaints import WORDS
from farmctl.farmrepo.findings import Finding
from farmctl.farmrepo.load import load
from farmctl.farmrepo.suggest import close_to, mend_name
from farmctl.model.documents.common import Document
from farmctl.model.documents.farm import Farm
from farmctl.model.documents.golden import Golden
from farmctl.model.documents.kinds import DOCUMENTS, Kind
from farmctl.model.documents.order import Order
from farmctl.model.documents.plan import Plan
from farmctl.model.documents.policy import Policy
from farmctl.model.documents.printer_class import PrinterClass

pytestmark = pytest.mark.pure

SAMPLES = Path(__file__).parent / "samples"


def findings(model: type[Document], old: str, new: str) -> list[Finding]:
    kind = next(kind for kind in Kind if DOCUMENTS[kind] is model)
    text = (SAMPLES / f"{kind}.yaml").read_text()
    assert old in text, f"{old} is not in the sample"
    return list(load(model, text.replace(old, new, 1).encode()).findings)


CASES: list[tuple[type[Document], str, str, str, str, str]] = [
    (Order, "id: ord-1042", "id: Ord 1042", "wrong-form",
     "`Ord 1042` is not a name: lower-case letters, digits and dashes, at most 63", "for example `voron-1`"),
    (Order, 'id: "3187604421"', "id: 3187604421", "wrong-type",
     "`id` should be a text, not a whole number", "put it in quotes"),
    (Order, 'amount: "84.00"', "amount: 84.00", "wrong-type",
     "`amount` should be a text, not a number", "put it in quotes"),
    (Order, 'amount: "84.00"', 'amount: "84"', "wrong-form",
     "`84` is not an amount of money: in quotes: digits, a dot, two digits", "for example `84.00`"),
    (Order, "quantity: 12", 'quantity: "12"', "wrong-type",
     "`quantity` should be a whole number, not a text", "remove the quotes"),
    (Order, "quantity: 12", "quantity: twelve", "wrong-type",
     "`quantity` should be a whole number, not a text", "write a whole number"),
    (Order, "quantity: 12", "quantity: -1", "out-of-range",
     "`quantity` is `-1`; it is at least 0", "write a number at least 0"),
    (Order, "quantity: 12", "quantity: 1000000", "out-of-range",
     "`quantity` is `1000000`; it is at most 100000", "write a number at most 100000"),
    (Order, "quantity: 12", "quantity:", "wrong-type",
     "`quantity` should be a whole number, not nothing", "write a value, or remove the line"),
    (Order, "quantity: 12", "quantity: 1.5", "wrong-type",
     "`quantity` should be a whole number, not a number", "write a whole number"),
    (Order, "priority: normal", "priority: nomal", "not-a-choice",
     "`priority` cannot be `nomal`", "did you mean `normal`?"),
    (Order, "priority: normal", "priority: rush", "not-a-choice",
     "`priority` cannot be `rush`", "one of: high, low, normal, urgent"),
    (Order, "schema: order/v1", "schema: order/v2", "not-a-choice",
     "`schema` cannot be `order/v2`", "write `order/v1`"),
    (Order, "reason: customer_request", "reason: customer_requst", "not-a-choice",
     "`reason` cannot be `customer_requst`", "did you mean `customer_request`?"),
    (Order, "due: 2026-12-01T17:00:00+01:00", "due: 2026-12-01", "wrong-form",
     "`2026-12-01` is not a moment with its offset: date, T, time, offset",
     "for example `2026-12-01T17:00:00+01:00`"),
    (Order, "due: 2026-12-01T17:00:00+01:00", "due: 2026-13-01T17:00:00Z", "wrong-form",
     "`2026-13-01T17:00:00Z` is not a moment with its offset: date, T, time, offset",
     "for example `2026-12-01T17:00:00+01:00`"),
    (Order, "due: 2026-12-01T17:00:00+01:00", "due: 2026", "wrong-type",
     "`due` should be a moment like 2026-12-01T17:00:00+01:00, not a whole number", "put it in quotes"),
    (Order, "filaments: [{material: PETG, color: black}]", "filaments: []", "too-few",
     "`filaments` has 0 entries; it has at least 1", "add or remove some"),
    (Order, "[{material: PETG, color: black}]", "[PETG/black]", "wrong-type",
     "entry 1 of `filaments` should be a group of keys, not a text",
     "write it as `key: value` lines, or {key: value}"),
    (Order, "payment: {status: paid}", "payment: paid", "wrong-type",
     "`payment` should be a group of keys, not a text", "write it as `key: value` lines, or {key: value}"),
    (Order, "constraints: [watertight]", "constraints: watertight", "wrong-type",
     "`constraints` should be a list, not a text", "write it as a list: [one, two]"),
    (Order, "customer: acme-77", "customer: Mia Muster", "wrong-form",
     "`Mia Muster` is not a reference: letters, digits and . _ : # -: no names or addresses of people",
     "for example `acme-77`"),
    (Order, "path: models/bracket.stl", "path: ../bracket.stl", "wrong-form",
     "`../bracket.stl` is not a path in the farm: from the top of the farm, with / between, without . and ..",
     "for example `models/bracket.stl`"),
    (Order, "    quantity: 12\n", "", "missing", "`quantity` is missing", "add `quantity: …`"),
    (Order, "quantity: 12", "qantity: 12", "unknown-key", "`qantity` is not known here", "did you mean `quantity`?"),
    (Order, "use: functional", "zz: 1", "unknown-key", "`zz` is not known here",
     "known here: constraints, filaments, model, name, printers, profile, quality, quantity, use"),
    (Farm, "commit_plans: true", "commit_plans: yes", "wrong-type",
     "`commit_plans` should be true or false, not a text", "write true or false"),
    (Farm, "api_key: {env: VORON1_KEY}", "api_key: s3cr3t", "bare-secret",
     "a secret does not stand in a document, only where it is found",
     "change the secret if it was real, and write {env: NAME} or {file: PATH}"),
    (Farm, "api_key: {env: VORON1_KEY}", "api_key: {env: A, file: b}", "conflict",
     "a secret is found in exactly one place", "keep one of `env`, `file` and `keyring`"),
    (Farm, "api_key: {env: VORON1_KEY}", "api_key: {}", "conflict",
     "a secret is found in exactly one place", "keep one of `env`, `file` and `keyring`"),
    (Farm, "speedup: 600", "speedup: .inf", "out-of-range", "`speedup` is no finite number", "write one"),
    (Farm, "nozzle_mm: 0.4", "nozzle_mm: 0", "out-of-range",
     "`nozzle_mm` is `0`; it is above 0", "write a number above 0"),
    (Farm, "id: 7f3a9c2e", "id: 12345678", "wrong-type",
     "`id` should be a text, not a whole number", "put it in quotes"),
    (Policy, "preflight: [warn]", "risk: 3", "not-computed",
     "nothing computes `risk` yet, so it would never match", "remove the line"),
    (Policy, "preflight: [warn]", "printer_state: [ready]", "conflict",
     "`printer_state` is not known at the gate `approve_plan`", "it is known at dispatch"),
    (Policy, "family: thermal", "family: termal", "not-a-choice",
     "`family` cannot be `termal`", "did you mean `thermal`?"),
    (Policy, "family: thermal", "family: none", "not-a-choice",
     "`family` cannot be `none`", "one of: adhesion, extrusion, machine, motion, person, power, sight, thermal"),
    (PrinterClass, "bed_mm: [350, 350]", "bed_mm: [350]", "too-few",
     "`bed_mm` has too few values", "write value 2, too"),
    (PrinterClass, "bed_mm: [350, 350]", "bed_mm: [1, 2, 3]", "too-many",
     "`bed_mm` has 3 entries; it has at most 2", "add or remove some"),
    (PrinterClass, "bed_mm: [350, 350]", "bed_mm: [[0, 0], [1, 1], [2, 2]]", "conflict",
     "the corners of the bed enclose nothing", "write the corners in order around the bed"),
    (Plan, "status: approved", "status: draft", "conflict",
     "`status` and `approved_by` do not fit together", "an approved plan says who approved it, a draft nobody"),
    (Plan, "perimeters: 3", "perimeters: [3]", "wrong-type",
     "`perimeters` should be a text, a number, or true or false, not a list",
     "write a text, a number, or true or false"),
    (Golden, "range: 900..2400", "range: 900-2400", "wrong-form",
     "`900-2400` is not a range: lowest..highest, where either may be left out", "for example `19.8..20.2`"),
    (Golden, "range: 900..2400", "range: ..", "wrong-form",
     "`..` is not a range: lowest..highest, where either may be left out", "for example `19.8..20.2`"),
    (Golden, "range: 900..2400", "range: 2400..900", "conflict",
     "the range `2400..900` begins above its end", "write `900..2400`"),
    (Golden, "range: 900..2400", "range: 900", "wrong-type",
     "`range` should be a text, not a whole number", "put it in quotes"),
    (Golden, "range: 900..2400", "range: 900..2e3", "wrong-form",
     "`900..2e3` is not a range: lowest..highest, where either may be left out", "for example `19.8..20.2`"),
    (Golden, "change: 2.5%", 'change: "2.5"', "wrong-form",
     "`2.5` is not a change: a number and a percent sign", "for example `5%`"),
    (Golden, "change: 2.5%", "change: -5%", "wrong-form",
     "`-5%` is not a change: a number and a percent sign", "for example `5%`"),
    (Golden, "{range: ..12.5, change: 2.5%}", "{}", "conflict",
     "this bounds nothing", "write `range:` or `change:`, or drop the line"),
    (Golden, "time_s:", "time_min:", "unknown-key", "`time_min` is not known here", "did you mean `time_s`?"),
    (Golden, "shape: bridges", "shape: brigdes", "not-a-choice", "`shape` cannot be `brigdes`",
     "did you mean `bridges`?"),
    (Golden, "height_mm: 12}", "height: 12}", "conflict",
     "bridges: it has no `height`; it has spans_mm, height_mm", "farmctl golden shapes"),
    (Golden, "height_mm: 12}", "height_mm: 1200}", "conflict",
     "bridges: `height_mm` is from 2 to 60", "farmctl golden shapes"),
    (Golden, "height_mm: 12}", "height_mm: [12]}", "conflict",
     "bridges: `height_mm` is one number", "farmctl golden shapes"),
    (Golden, "[10, 20.5]", "[]", "conflict",
     "bridges: `spans_mm` holds 1 to 24 numbers", "farmctl golden shapes"),
    (Golden, "[10, 20.5]", "10", "conflict",
     "bridges: `spans_mm` is a list of numbers", "farmctl golden shapes"),
    (Golden, "[10, 20.5]", "[10, long]", "wrong-type",
     "entry 2 of `spans_mm` should be a number, not a text", "write a number"),
    (Golden, "[10, 20.5]", "long", "wrong-type",
     "`spans_mm` should be a number, not a text", "write a number"),
    (Golden, "  shape: bridges\n", "", "conflict",
     "a golden model is a shape or a file", "keep one of `shape` and `path`"),
    (Golden, "  parameters:", "  path: a.stl\n  parameters:", "conflict",
     "a golden model is a shape or a file", "keep one of `shape` and `path`"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("model", "old", "new", "expected"), [(c[0], c[1], c[2], c[3:]) for c in CASES]
)
def test_each_refusal_says_what_is_wrong_and_how_to_mend_it(
    model: type[Document], old: str, new: str, expected: tuple[str, str, str]
) -> None:
    assert [(f.code, f.message, f.mend) for f in findings(model, old, new)] == [expected]


def test_a_secret_or_password_is_never_said_again() -> None:
    for old, new in (
        ("api_key: {env: VORON1_KEY}", "api_key: s3cr3t"),
        ("api_key: {env: VORON1_KEY}", "api_key: [s3cr3t]"),
        ("http://10.0.0.21:7125", "http://mia:s3cr3t@10.0.0.21"),
    ):
        found = findings(Farm, old, new)
        assert found
        assert "s3cr3t" not in " ".join(f"{each.message} {each.mend}" for each in found)


def error_types(schema: Any) -> set[str]:
    """Return the types of error that a validator with this schema can raise."""
    found: set[str] = set()
    if isinstance(schema, dict):
        kind = schema.get("type")
        found |= BY_SCHEMA.get(kind, set()) if isinstance(kind, str) else set()
        found |= {error for key, error in BY_LIMIT.items() if schema.get(key) is not None}
        for value in schema.values():
            found |= error_types(value)
    elif isinstance(schema, list | tuple):
        for value in schema:
            found |= error_types(value)
    return found


BY_SCHEMA = {
    "str": {"string_type"},
    "int": {"int_type"},
    "float": {"float_type", "finite_number"},
    "bool": {"bool_type"},
    "tuple": {"tuple_type", "missing", "too_long"},
    "dict": {"dict_type"},
    "model": {"model_type"},
    "model-fields": {"missing", "extra_forbidden"},
    "literal": {"literal_error"},
    "datetime": {"datetime_type"},
}
BY_LIMIT = {
    "gt": "greater_than",
    "ge": "greater_than_equal",
    "le": "less_than_equal",
    "min_length": "too_short",
    "max_length": "too_long",
}


@pytest.mark.parametrize("kind", Kind)
def test_the_table_has_words_for_every_error_that_the_models_can_raise(kind: Kind) -> None:
    possible = error_types(DOCUMENTS[kind].__pydantic_core_schema__)
    assert possible
    assert possible <= set(WORDS)


def test_the_table_names_only_errors_that_there_are() -> None:
    ours = {"form", "not_listed", "conflict", "setting_type", "not_computed"}
    assert set(WORDS) - ours <= set(get_args(ErrorType))


def test_names_are_suggested_when_they_are_close() -> None:
    assert close_to("Voron-1", ["voron-1", "sim-1"]) == "voron-1"
    assert close_to("zzz", ["voron-1"]) is None
    assert close_to("zzz", []) is None
    assert mend_name("zzz", []) == "there is none that is known"
    assert mend_name("zzz", [], "profiles") == "there are no profiles"
    assert mend_name("q", [f"p{n:02}" for n in range(14)], "printers") == (
        "printers: p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11 and 2 more"
    )


def test_long_values_are_cut() -> None:
    found = findings(Order, "id: ord-1042", "id: " + "X" * 90)
    assert re.search(r"`X{40}…`", found[0].message)
