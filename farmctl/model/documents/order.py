"""`orders/<id>.yaml`: the promise to a customer."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from farmctl.model.digest import Digest
from farmctl.model.documents.common import (
    Document,
    FarmPath,
    Filament,
    Moment,
    Name,
    ProfileChoice,
    Quality,
    Reference,
    Rows,
    Sha256,
    Use,
)
from farmctl.model.documents.form import Form, OneOf, conflict
from farmctl.model.drafts import DRAFT, as_text, is_draft
from farmctl.model.reasons import ORDER_REASONS

Source = Literal["manual", "shopify", "etsy", "woocommerce", "erp", "api"]
Priority = Literal["low", "normal", "high", "urgent"]
PaymentStatus = Literal["pending", "paid", "waived", "refunded"]
Constraint = Literal["no_support_marks", "strength_axis", "cosmetic_face", "watertight"]
Amount = Annotated[
    str,
    Form(
        "an amount of money",
        "in quotes: digits, a dot, two digits",
        "84.00",
        r"(?:0|[1-9]\d{0,8})\.\d{2}",
    ),
]
Currency = Annotated[str, Form("a currency", "three capital letters (ISO 4217)", "EUR", "[A-Z]{3}")]
OrderReason = Annotated[str, OneOf(tuple(ORDER_REASONS))]


class External(Document):
    """The order in the system it came from."""

    system: Name = Field(description="Which system.", examples=["etsy"])
    id: Reference = Field(description="Its id there.", examples=["3187604421"])

    @property
    def key(self) -> str:
        """Return `etsy:3187604421`: adding it twice is the same order."""
        return f"{self.system}:{self.id}"


class Price(Document):
    """What the whole order costs."""

    amount: Amount = Field(description="As text, so that no cent is rounded.")
    currency: Currency = Field(description="In which currency.")

    @property
    def cents(self) -> int:
        """Return the amount in hundredths of the currency."""
        return int(self.amount.replace(".", ""))


class Payment(Document):
    """Whether the order is paid; only paid and waived orders are made."""

    status: PaymentStatus = Field(description="`waived` means: made without payment.")


class Canceled(Document):
    """That the order is not wanted any more."""

    reason: OrderReason = Field(description="Why.", examples=["customer_request"])
    at: Moment = Field(description="Since when.")


class Model(Document):
    """The shape of a part: its bytes, by digest."""

    path: FarmPath | None = Field(
        default=None, description="Where it lies in the farm; left out when it is kept out of git."
    )
    sha256: Sha256 = Field(description="Digest of the file.")

    @property
    def digest(self) -> Digest:
        """Return the digest as it is written everywhere else."""
        return Digest(f"sha256:{self.sha256}")


class Item(Document):
    """One kind of part in an order."""

    name: Name = Field(description="Its name, unique in the order.", examples=["bracket"])
    model: Model = Field(description="Its shape.")
    quantity: Annotated[int, Field(ge=0, le=100_000)] = Field(
        description="How many; 0 drops the item, what is made stays counted."
    )
    filaments: Annotated[Rows[Filament], Field(min_length=1, max_length=16)] = Field(
        description="What it is made of, slot by slot."
    )
    quality: Quality = Field(default="standard", description="How fine.")
    use: Use = Field(default="functional", description="What it is for.")
    profile_: ProfileChoice | None = Field(
        default=None,
        validation_alias="profile",
        serialization_alias="profile",
        description="A person's choice; `null` finds it by material, quality and nozzle. "
        "`NAME@draft` is the draft.",
    )
    printers: Rows[Name] = Field(
        default=(),
        description="Who may print the draft; none named, virtual printers. For drafts alone.",
    )
    constraints: Rows[Constraint] = Field(
        default=(), description="What it must keep; what farmctl cannot verify needs approval."
    )

    @property
    def profile(self) -> str | None:
        """Return the choice as the ledger has it: `petg`, `petg@draft on voron-1`."""
        return as_text(self.profile_, self.printers)

    @model_validator(mode="after")
    def _names_printers_for_a_draft(self) -> Self:
        if self.printers and not is_draft(self.profile_):
            raise conflict(
                "`printers` is for drafts alone",
                f"write `profile: {self.profile_ or 'NAME'}@{DRAFT}`, or leave `printers` out",
                "printers",
            )
        return self


class Order(Document):
    """The promise to a customer."""

    schema_: Literal["order/v1"] = Field(
        validation_alias="schema", serialization_alias="schema", description="`order/v1`."
    )
    id: Name = Field(description="Its id, the same as its file's name.", examples=["ord-1042"])
    created: Moment = Field(description="When it was made.")
    source: Source = Field(default="manual", description="Where it came from.")
    external: External | None = Field(
        default=None, description="The order in the system it came from; unique in the farm."
    )
    customer: Reference | None = Field(
        default=None, description="A reference; personal data stays out of git."
    )
    due: Moment | None = Field(default=None, description="When it must be ready.")
    priority: Priority = Field(default="normal", description="How urgent.")
    price: Price | None = Field(default=None, description="What the whole order costs.")
    payment: Payment | None = Field(
        default=None,
        description="Left out: `waived` for a manual order, `pending` for any other.",
    )
    canceled: Canceled | None = Field(default=None, description="That it is not wanted any more.")
    items: Annotated[Rows[Item], Field(min_length=1, max_length=1_000)] = Field(
        description="What is ordered."
    )

    @property
    def payment_status(self) -> PaymentStatus:
        """Return the status of the payment, with the default of the order's source."""
        if self.payment is not None:
            return self.payment.status
        return "waived" if self.source == "manual" else "pending"
