"""The kinds of documents, and the model of each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from farmctl.model.documents.common import Document
from farmctl.model.documents.farm import Farm
from farmctl.model.documents.golden import Golden
from farmctl.model.documents.order import Order
from farmctl.model.documents.plan import Plan
from farmctl.model.documents.policy import Policy
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.model.documents.profile import Profile


class Kind(StrEnum):
    """A kind of document."""

    FARM = "farm"
    CLASS = "class"
    PROFILE = "profile"
    POLICY = "policy"
    ORDER = "order"
    PLAN = "plan"
    GOLDEN = "golden"


DOCUMENTS: Mapping[Kind, type[Document]] = MappingProxyType(
    {
        Kind.FARM: Farm,
        Kind.CLASS: PrinterClass,
        Kind.PROFILE: Profile,
        Kind.POLICY: Policy,
        Kind.ORDER: Order,
        Kind.PLAN: Plan,
        Kind.GOLDEN: Golden,
    }
)
"""The model of each kind."""


def kind_of(model: type[Document]) -> Kind:
    """Return the kind whose model this is."""
    return next(kind for kind, each in DOCUMENTS.items() if each is model)
