"""Farms of any size: made by `farmctl init`, filled by code, brought to rest by `farmctl apply`."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.history import Made, facts
from benchmarks.measure import BenchError
from benchmarks.workshop import Workshop
from farmctl.control.decide.decide import declared
from farmctl.control.recorder import facts_of
from farmctl.farm import Farm
from farmctl.farmrepo.emit import emit
from farmctl.model.desired import Desired
from farmctl.model.envelope import Actor
from farmctl.model.events.printers import PrinterWithdrawn
from farmctl.model.ids import ItemKey, OrderId, PrinterName, item_key
from farmctl.model.states import PlanStatus
from farmctl.planning.plan_text import Chosen, PlanDraft, plan_document
from farmctl.testing.farms import Ordered, order_files, virtual_printer, write_files
from farmctl.testing.moves_orders import plan
from farmctl.testing.parts import box

_AT = datetime(2026, 11, 21, 10, tzinfo=UTC)
_CONTROLLER = Actor("controller", "farmctl", "run")
_RETIRED = PrinterName("retired-1")
_ADA = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
_LOT = 50  # orders whose history is written at once


def busy_farm(shop: Workshop, printers: int, orders: int) -> Path:
    """Make a farm where every printer prints and the other orders wait."""
    names = [f"sim-{number + 1}" for number in range(printers)]
    folder = _farm(shop, f"busy-{orders}", names)
    commit(folder, _orders(range(1, orders + 1), box()))
    shop.farmctl(folder, "clear", *names)()
    shop.farmctl(folder, "apply")()
    runs = Farm(folder, folder / ".farmctl").view().state.runs.values()
    if sum(run.phase.may_be_printing for run in runs) != printers:
        raise BenchError(f"{printers} printers, and {len(runs)} prints")
    return folder


def quiet_farm(shop: Workshop, closed: int, waiting: int, part: bytes | None = None) -> Path:
    """Make a farm with a past, where all that is open waits for a person to clear a bed.

    Each open order is of one part: this model, or a small box of which many fit on a plate.
    """
    folder = _farm(shop, f"quiet-{closed}", ["sim-1", "sim-2", _RETIRED])
    commit(folder, _closed_orders(closed))
    _tell(Farm(folder, folder / ".farmctl"))
    _put_printers(folder, ["sim-1", "sim-2"])
    commit(folder, _orders(range(closed + 1, closed + waiting + 1), part or box()))
    shop.farmctl(folder, "apply")()
    return folder


def empty_farm(shop: Workshop, name: str) -> Path:
    """Make the sample farm without its orders."""
    folder = shop.folder / name
    shop.farmctl(shop.folder, "init", str(folder), "--sample")()
    remove(folder, "orders")
    return folder


def _farm(shop: Workshop, name: str, printers: Sequence[str]) -> Path:
    folder = empty_farm(shop, name)
    _put_printers(folder, printers)
    return folder


def _put_printers(folder: Path, names: Sequence[str]) -> None:
    """Write `farm.yaml` with these printers, all alike, each with a bed that a person clears."""
    path = folder / "farm.yaml"
    before, _, _ = path.read_text().partition("printers:")
    printers = [virtual_printer(each, clears="person", speedup=1) for each in names]
    path.write_text(before + emit({"printers": printers}))


def commit(folder: Path, files: Mapping[str, bytes]) -> None:
    """Commit files, and the farm's own with them."""
    write_files(folder, {"farm.yaml": (folder / "farm.yaml").read_bytes(), **files}, _AT)


def remove(folder: Path, name: str) -> None:
    """Commit a farm without one of its folders."""
    _git(folder, "rm", "-q", "-r", "-f", name)
    _git(folder, *_ADA, "commit", "-q", "-m", f"no {name}")


def forget_branch(folder: Path, name: str) -> None:
    """Delete a branch, if it is there."""
    _git(folder, "update-ref", "-d", f"refs/heads/{name}")


def _orders(numbers: Iterable[int], part: bytes) -> dict[str, bytes]:
    """Return orders of one part each, all of the same model."""
    files: dict[str, bytes] = {}
    for number in numbers:
        files |= order_files(f"ord-{number}", [Ordered("box", part)])
    return files


def _closed_orders(count: int) -> dict[str, bytes]:
    """Return orders with a model and a build plan each, as they stay in git."""
    files: dict[str, bytes] = {}
    for number in range(1, count + 1):
        item = Ordered(f"part-{number}", box(6, 6, 1 + number / 1000))
        files |= order_files(f"ord-{number}", [item])
        key = item_key(OrderId(f"ord-{number}"), item.name)
        files[f"plans/{key}.yaml"] = emit(plan_document(_draft(key))).encode()
    return files


def _draft(item: ItemKey) -> PlanDraft:
    written = plan(item, 1, PlanStatus.APPROVED)
    return PlanDraft(
        item=item,
        revision=written.revision,
        model=written.model,
        filaments=written.filaments,
        size_um=(6_000, 6_000, 1_000),
        chosen=Chosen(),
        variants=written.variants,
        slicers=tuple(("default", each.slicer) for each in written.variants)[:1],
        status=PlanStatus.APPROVED,
        approved_by=written.approved_by,
    )


def _tell(farm: Farm) -> None:
    """Let the ledger know of every order in git as made, by a printer that is no longer there."""
    ledger = farm.ledger()
    desired = farm.desired()
    retired = declared(desired)[_RETIRED]
    ledger.append(facts_of([retired], ledger.state), _CONTROLLER)
    for lot in _lots(desired):
        ledger.append([each for made in lot for each in facts(made)], _CONTROLLER)
    ledger.append(facts_of([PrinterWithdrawn(_RETIRED)], ledger.state), _CONTROLLER)
    ledger.save()


def _lots(desired: Desired) -> Iterator[list[Made]]:
    texts = sorted(desired.orders.values(), key=lambda text: int(text.order.removeprefix("ord-")))
    made = (Made(number, text, _RETIRED) for number, text in enumerate(texts, start=1))
    while lot := list(islice(made, _LOT)):
        yield lot


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)
