"""A person's yes: to a build plan it is a commit in their name, to a print a fact."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from farmctl.control.approvals import Pending, PlanPending, given, pending, plan_approved
from farmctl.control.subjects import NoSuchThing
from farmctl.errors import Refused
from farmctl.farm.acting.verbs import Said, say
from farmctl.farm.edits import Edit, Introduce, commit_edit
from farmctl.farm.parts import Farm, person
from farmctl.farmrepo.edit import set_value
from farmctl.farmrepo.layout import plan_path
from farmctl.ledger.state import State
from farmctl.model.digest import Digest, digest_of
from farmctl.model.ids import ItemKey, OrderId
from farmctl.model.states import PlanStatus


class Approved(Struct, frozen=True):
    """What became of a yes: the commit that says it, if one does, and what was recorded."""

    commit: str | None
    said: Said


def waiting(farm: Farm, state: State, names: Sequence[str]) -> tuple[Pending, ...]:
    """Return what waits for a yes under these names.

    Raises NoSuchThing for a name that nothing has, Refused for an order without build plans yet.
    """
    try:
        return pending(state, names)
    except NoSuchThing:
        ordered = farm.snapshot().order_blobs
        for name in names:
            order = OrderId(name.partition("/")[0])
            if order in ordered and order not in state.orders:
                raise Refused(
                    f"{order} has no build plan yet",
                    "farmctl plan shows it, farmctl apply makes it",
                ) from None
        raise


def approve(farm: Farm, shown: Sequence[Pending], introduce: Introduce) -> Approved:
    """Say yes to exactly what was shown.

    Raises:
        Refused: Something of it has changed; nothing is approved.
    """
    by = person().id
    plans = [each for each in shown if isinstance(each, PlanPending)]
    in_git, kept = _texts(farm, plans, by)

    def facts(state: State) -> list[object]:
        written = [
            plan_approved(state, each, f"person/{by}", digest_of(kept[each.written.item]))
            for each in plans
            if each.written.item in kept
        ]
        return [*given(state, shown, by), *written]

    for raw in kept.values():
        farm.store.put(raw)
    said = say(farm, facts)
    commit = None
    if in_git:
        names = ", ".join(f"{item}@{_revision(plans, item)}" for item in sorted(in_git))
        files = {plan_path(*item.split("/")): raw for item, raw in in_git.items()}
        commit = commit_edit(farm, Edit(files, f"plans: {names} approved"), introduce)
    return Approved(commit, said)


def _revision(plans: Sequence[PlanPending], item: ItemKey) -> int:
    return next(each.written.revision for each in plans if each.written.item == item)


def _texts(
    farm: Farm, plans: Sequence[PlanPending], by: str
) -> tuple[dict[ItemKey, bytes], dict[ItemKey, bytes]]:
    """Return the approved documents: of plans that git has, and of plans that the store has.

    Raises Refused where git has another text than the one that was shown.
    """
    in_git: dict[ItemKey, bytes] = {}
    kept: dict[ItemKey, bytes] = {}
    known = farm.snapshot().plans if plans else {}
    for each in plans:
        item, shown = each.written.item, each.written.sha256
        at = known.get(item)
        if at is not None and at.digest != shown:
            raise Refused(
                f"plans/{item}.yaml is not the plan that was shown: nothing is approved",
                "farmctl apply takes note of it, then ask again",
            )
        if at is not None:
            in_git[item] = _with_yes(_committed(farm, at.blob), by)
        else:
            kept[item] = _with_yes(farm.store.get(Digest(shown)), by)
    return in_git, kept


def _committed(farm: Farm, blob: str) -> bytes:
    with farm.repository() as repository:
        return repository.read(blob)


def _with_yes(document: bytes, by: str) -> bytes:
    text = set_value(document.decode(), ("status",), PlanStatus.APPROVED.value)
    return set_value(text, ("approved_by",), f"person/{by}").encode()
