"""Tables of what is to be made: orders, their items, models and build plans."""

from __future__ import annotations

from farmctl.insight.schema import table

ORDERS = table(
    "orders",
    "order_id",
    "What was promised to customers.",
    """
    order_id TEXT The order, `ord-1042`.
    state TEXT Where it stands: created, awaiting_payment, open, fulfilled or canceled.
    reason TEXT Why it was canceled or opened again.
    held TEXT Why nothing of it starts; null when it is not held.
    source TEXT Where it came from: manual, shopify, and so on.
    external TEXT Its name in that system, `etsy:3187604421`.
    customer TEXT A reference, never personal data.
    priority TEXT low, normal, high or urgent.
    payment TEXT pending, paid, waived or refunded.
    price_cents BIGINT Price of the whole order, in hundredths of the currency.
    currency TEXT ISO 4217 code of the price.
    items TEXT[] The items it has now.
    blob TEXT Git's object id of its file as last read.
    created_at TIMESTAMP When the customer ordered.
    accepted_at TIMESTAMP When the farm first saw it.
    due_at TIMESTAMP When it must be ready.
    closed_at TIMESTAMP When it was fulfilled or canceled; null while it has work.
    archived_at TIMESTAMP When the file of the closed order was deleted.
    """,
)

ITEMS = table(
    "items",
    "item",
    "What orders are made of, as ordered; `item_progress` says how far they are.",
    """
    item TEXT The item, `ord-1042/bracket`.
    order_id TEXT Its order.
    name TEXT Its name in the order.
    quantity BIGINT How many are wanted now; 0 once it is no longer in the order.
    model TEXT Digest of the ordered model.
    model_path TEXT Where the model lies in the farm.
    filaments TEXT[] `PETG/black`, one for each slot.
    quality TEXT draft, standard or fine.
    use_as TEXT cosmetic or functional.
    profile TEXT The profile that a person chose; null when it follows from the rules.
    constraints TEXT[] What the part must keep.
    plan_revision BIGINT Revision of its build plan that holds now; null without one.
    """,
)

MODELS = table(
    "models",
    "model",
    "What preflight found out about the ordered models.",
    """
    model TEXT Digest of the bytes that were ordered.
    clean TEXT Digest of the clean mesh; null when it cannot be read.
    verdict TEXT pass, warn or fail.
    size_um BIGINT[] Width, depth and height as the file has it, in micrometres.
    volume_mm3 BIGINT Volume in cubic millimetres.
    triangles BIGINT How many triangles it has.
    findings JSON What preflight had to say: code, level and message of each.
    checked_at TIMESTAMP When it was checked last.
    """,
)

PLANS = table(
    "plans",
    "item revision",
    "Build plans, one row for each revision.",
    """
    item TEXT The item it makes.
    revision BIGINT Counted from 1.
    order_id TEXT The item's order.
    status TEXT draft, approved, replaced by a newer revision, or withdrawn.
    approved_by TEXT A policy with its digest, or a person.
    sha256 TEXT Digest of the plan's file.
    git_commit TEXT The commit that carries the file; null when plans are not committed.
    model TEXT Digest of the model.
    filaments TEXT[] `PETG/black`, one for each slot.
    tags TEXT[] What a printer must have.
    size_um BIGINT[] Width, depth and height as oriented, in micrometres.
    rotate_mdeg BIGINT[] Rotation about x, y and z, in thousandths of a degree.
    supports TEXT none or auto.
    written_at TIMESTAMP When it came to stand as it does.
    withdrawn_at TIMESTAMP When it was taken back; null while it holds.
    why TEXT Why it was taken back.
    """,
)

VARIANTS = table(
    "variants",
    "item revision digest",
    "The ways a build plan has to make its item, one for each printer class.",
    """
    item TEXT The item it makes.
    revision BIGINT The plan's revision.
    digest TEXT Names the way: class, profile, settings, slicer, orientation.
    printer_class TEXT `voron-350@3.0.0`.
    profile TEXT `petg-0.4-standard@1.8.2`.
    channel TEXT The channel that the profile came from, or `chosen`.
    nozzle_um BIGINT The nozzle, in micrometres.
    slicer TEXT Digest of the pinned slicer.
    settings TEXT Digest of the effective settings.
    """,
)
