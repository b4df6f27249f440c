"""The lists of what is to be made."""

from __future__ import annotations

from farmctl.insight.kinds import OF_PROFILE, WITH_ORDER, make_kind

_ITEMS_OF_ORDER = (
    "(SELECT list({name: each.name, quantity: each.quantity, good: good,"
    " filament: each.filaments[1], quality: each.quality} ORDER BY each.item)"
    " FROM items AS each JOIN item_progress USING (item) WHERE each.order_id = orders.order_id)"
)

ORDERS = make_kind(
    "orders",
    "orders",
    "accepted_at, order_id",
    f"""
    id order_id
    state state
    reason reason
    held held
    items {_ITEMS_OF_ORDER}
    source source
    external external
    customer customer
    priority priority
    payment payment
    price_cents price_cents
    currency currency
    created created_at
    accepted accepted_at
    due due_at
    closed closed_at
    """,
    """
    order order_id = $value
    state state = $value
    since accepted_at >= $value
    """,
)

ITEMS = make_kind(
    "items",
    "items JOIN item_progress AS progress USING (item)",
    "item",
    """
    id item
    order items.order_id
    state progress.state
    quantity items.quantity
    good good
    in_flight in_flight
    failed failed
    tries tries
    filaments filaments
    quality quality
    use use_as
    profile profile
    plan_revision plan_revision
    model model
    """,
    f"""
    order items.order_id = $value
    profile {OF_PROFILE.format("profile")}
    state progress.state = $value
    """,
)

PLANS = make_kind(
    "plans",
    "plans",
    "item, revision",
    """
    id item || '@' || revision
    order order_id
    item item
    revision revision
    state status
    approved_by approved_by
    commit git_commit
    sha256 sha256
    model model
    filaments filaments
    written written_at
    withdrawn withdrawn_at
    why why
    """,
    f"""
    order order_id = $value
    profile EXISTS (FROM variants AS way WHERE way.item = plans.item AND way.revision = plans.revision AND ({OF_PROFILE.format("way.profile")}))
    state status = $value
    since written_at >= $value
    """,  # noqa: E501 - a condition stands on one line
)

PLATES = make_kind(
    "plates",
    "plates",
    "composed_at, plate",
    """
    id plate
    state state
    reason reason
    class printer_class
    profile profile
    filaments filaments
    parts instances
    run run
    replaces replaces
    gcode gcode
    estimated_s estimated_ms // 1000
    filament_g round(filament_mg / 1000.0, 2)
    layers layers
    warnings warnings
    failed failed_message
    composed composed_at
    sliced sliced_at
    """,
    f"""
    order plate {WITH_ORDER}
    printer EXISTS (FROM runs WHERE runs.plate = plates.plate AND runs.printer = $value)
    profile {OF_PROFILE.format("profile")}
    state state = $value
    since composed_at >= $value
    """,
)
