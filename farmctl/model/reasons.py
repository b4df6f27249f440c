"""Why things ended: closed lists of reason codes, each with its family, label and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Family(StrEnum):
    """What kind of failure a reason belongs to: what safety rules count."""

    ADHESION = "adhesion"
    EXTRUSION = "extrusion"
    THERMAL = "thermal"
    MOTION = "motion"
    POWER = "power"
    MACHINE = "machine"
    SIGHT = "sight"  # nobody knows what happened
    PERSON = "person"
    NONE = "none"  # nothing was printed


class Reason(Struct, frozen=True):
    """One code of a closed list.

    Args:
        code: What is stored.
        label: What people read in a line.
        meaning: What it says, in a sentence.
        family: What a safety rule counts it as.
    """

    code: str
    label: str
    meaning: str
    family: Family = Family.NONE


_RUN = (
    Reason(
        "first_layer", "first layer", "The first layer did not hold or was bad.", Family.ADHESION
    ),
    Reason("adhesion", "came loose", "The part came off the bed later on.", Family.ADHESION),
    Reason("spaghetti", "spaghetti", "Filament was laid in the air.", Family.EXTRUSION),
    Reason("no_extrusion", "no extrusion", "The nozzle moved but nothing came.", Family.EXTRUSION),
    Reason(
        "runout", "filament ran out", "The filament ended and was not renewed.", Family.EXTRUSION
    ),
    Reason("thermal", "heater fault", "A temperature was not held or not safe.", Family.THERMAL),
    Reason("layer_shift", "layer shift", "Layers lie beside each other.", Family.MOTION),
    Reason("power_loss", "power loss", "The machine lost its power.", Family.POWER),
    Reason("interrupted", "interrupted", "The machine restarted in the middle.", Family.POWER),
    Reason("printer_error", "printer error", "The firmware stopped the print.", Family.MACHINE),
    Reason(
        "connection_lost", "connection lost", "What fed the machine was cut off.", Family.MACHINE
    ),
    Reason("lost", "no evidence", "The idle printer has no record of the print.", Family.SIGHT),
    Reason("not_started", "never started", "Nothing was printed; it does not count as a try."),
    Reason("operator_abort", "aborted", "A person ended the print.", Family.PERSON),
)

_ORDER = (
    Reason("customer_request", "customer", "The customer no longer wants it."),
    Reason("fraud", "fraud", "The order is not honest."),
    Reason("out_of_capacity", "no capacity", "The farm cannot make it in time."),
    Reason("unmanufacturable", "cannot be made", "No printer of the farm can make it."),
    Reason("nonpayment", "not paid", "The payment did not come."),
)

_PLATE = (
    Reason("replaced", "replaced", "Another plate makes its parts."),
    Reason("order_canceled", "order canceled", "The order is no longer wanted."),
    Reason("withdrawn", "withdrawn", "Its build plan no longer holds."),
)

RUN_REASONS: Mapping[str, Reason] = {each.code: each for each in _RUN}
"""Why a run ended other than well."""

ORDER_REASONS: Mapping[str, Reason] = {each.code: each for each in _ORDER}
"""Why an order was canceled, as its file may say."""

PLATE_REASONS: Mapping[str, Reason] = {each.code: each for each in _PLATE}
"""Why a plate that was never started is void."""

FILE_DELETED = Reason("file_deleted", "file deleted", "The order's file was deleted while open.")
"""Why an order was canceled when its file says nothing, because it is gone."""


def family_of(code: str) -> Family:
    """Return the family of a run's reason; a code that is not known is the machine's own."""
    reason = RUN_REASONS.get(code)
    return Family.MACHINE if reason is None else reason.family


def label_of(code: str) -> str:
    """Return what people read of a run's reason; a code that is not known speaks for itself."""
    reason = RUN_REASONS.get(code)
    return code if reason is None else reason.label
