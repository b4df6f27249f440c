"""What waits for a person's yes, and what exactly a yes is for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from farmctl.control.subjects import item_named, order_named, plate_named, run_named, unknown
from farmctl.errors import Refused
from farmctl.ledger.fold_orders import answer_key
from farmctl.ledger.state import State
from farmctl.model.digest import digest_of, hexdigits
from farmctl.model.events.plans import ApprovalGiven, PlanWritten
from farmctl.model.ids import ItemKey, OrderId, PlateId, order_of
from farmctl.model.predicates import Gate
from farmctl.model.recorded import PlateRecord
from farmctl.model.states import PlanStatus, PlatePhase
from farmctl.policy.context import binds_of, is_approved
from farmctl.policy.evaluate import Outcome

_GATES = (Gate.SLICE, Gate.DISPATCH)
_NOT_STARTED = (PlatePhase.COMPOSED, PlatePhase.SLICED)


class PlanPending(Struct, frozen=True):
    """A build plan that waits for a yes.

    Args:
        written: The draft.
        why: Why the policy asks a person.
    """

    written: PlanWritten
    why: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return `ord-1042/bracket@3`."""
        return f"{self.written.item}@{self.written.revision}"

    @property
    def binds(self) -> tuple[str, ...]:
        """Return what a yes is for: this revision, and each way it is made."""
        return (self.name, self.written.sha256, *(each.digest for each in self.written.variants))


class PlatePending(Struct, frozen=True):
    """A print that waits for a yes.

    Args:
        plate: What would be sliced or printed.
        why: Why the policy asks a person.
    """

    plate: PlateRecord
    why: tuple[str, ...]

    @property
    def name(self) -> PlateId:
        """Return its plate's name."""
        return PlateId(self.plate.composed.plate)

    @property
    def binds(self) -> tuple[str, ...]:
        """Return what a yes is for: g-code and class; before slicing, the ways its parts go."""
        return binds_of(self.plate)


Pending = PlanPending | PlatePending


def pending(state: State, names: Sequence[str]) -> tuple[Pending, ...]:
    """Return what waits for a yes under these names: orders, build plans, prints.

    Raises NoSuchThing for a name that nothing has, Refused for another revision than the present.
    """
    found: dict[tuple[str, ...], Pending] = {}
    for name in names:
        found.update((each.binds, each) for each in _under(state, name))
    return tuple(found.values())


def seen_code(shown: Sequence[Pending]) -> str:
    """Return a short name of exactly what was shown: another thing has another."""
    binds = "\n".join(sorted(" ".join(each.binds) for each in shown))
    return hexdigits(digest_of(binds.encode()))[:8]


def given(state: State, shown: Sequence[Pending], by: str) -> list[object]:
    """Return the facts of a yes to prints. Raises Refused when one is no longer as shown."""
    facts: list[object] = []
    for each in shown:
        if isinstance(each, PlatePending):
            if each not in _plates(state, (each.name,)):
                raise _moved(each.name)
            facts.append(ApprovalGiven(f"plate/{each.name}", each.binds, by))
    return facts


def plan_approved(state: State, shown: PlanPending, by: str, sha256: str) -> PlanWritten:
    """Return the fact of a yes to a plan that is kept in the ledger. Raises Refused when it moved.

    Args:
        state: The present.
        shown: What was printed.
        by: Who says yes.
        sha256: Digest of the document that says so.
    """
    item = shown.written.item
    record = state.plans.get(item)
    if record is None or record.written != shown.written:
        raise _moved(item)
    return replace(shown.written, status=PlanStatus.APPROVED, approved_by=by, sha256=sha256)


def _moved(name: str) -> Refused:
    return Refused(
        f"{name} has changed since it was shown: nothing is approved", f"farmctl approve {name}"
    )


def _under(state: State, name: str) -> Iterator[Pending]:
    if name in state.plates:
        yield from _plates(state, (plate_named(state, name),))
    elif "/" in name:
        yield from _plan(state, *_revision(state, name))
    elif name in state.runs or name in state.printers:
        yield from _plates(state, (state.runs[run_named(state, name)].queued.plate,))
    elif name in state.orders or name in state.closed:
        yield from _of_order(state, order_named(state, name))
    else:
        raise unknown(name, "order, build plan or print", [*state.orders, *state.items])


def _revision(state: State, name: str) -> tuple[ItemKey, str]:
    item, _, revision = name.partition("@")
    return item_named(state, item), revision


def _plan(state: State, item: ItemKey, revision: str = "") -> Iterator[PlanPending]:
    record = state.plans.get(item)
    if record is None:
        return
    written = record.written
    if revision and revision != str(written.revision):
        raise Refused(
            f"{item}@{revision} is not what would be made: that is {item}@{written.revision}",
            f"farmctl approve {item}",
        )
    if written.status == PlanStatus.DRAFT:
        pins = (each.digest for each in written.variants)
        key = answer_key(Gate.APPROVE_PLAN, (f"{item}@{written.revision}", *pins))
        answer = state.answered.get(key)
        yield PlanPending(written, answer.explanations if answer else ())


def _of_order(state: State, order: OrderId) -> Iterator[Pending]:
    for item in sorted(state.items):
        if order_of(item) == order:
            yield from _plan(state, item)
    yield from _plates(
        state,
        [
            plate
            for plate, record in sorted(state.plates.items())
            if any(order_of(each.instance) == order for each in record.composed.placed)
        ],
    )


def _plates(state: State, plates: Sequence[PlateId]) -> Iterator[PlatePending]:
    for plate in plates:
        record = state.plates.get(plate)
        why = _asked(state, plate)
        if record is None or record.phase not in _NOT_STARTED or not why:
            continue
        if not is_approved(state, record):
            yield PlatePending(record, why)


def _asked(state: State, plate: PlateId) -> tuple[str, ...]:
    """Return why the policy asks a person about a plate, or nothing when it does not."""
    answers = (state.answered.get(answer_key(gate, (plate,))) for gate in _GATES)
    asking = [each for each in answers if each and each.outcome == Outcome.REQUIRE_APPROVAL]
    return asking[-1].explanations if asking else ()
