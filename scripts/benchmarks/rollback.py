"""Going back at three in the morning: from the command to the plan with the new revisions."""

from __future__ import annotations

import hashlib
from pathlib import Path

from benchmarks.farms import commit, quiet_farm
from benchmarks.measure import BenchError, Reading, compared
from benchmarks.workshop import Row, Workshop
from farmctl.farm import Farm

_CLOSED, _ORDERS = 1, 200
_LIMIT_S = 30.0
_NEW = "9.9.9"


def rollback(shop: Workshop) -> Reading:
    """Measure `profile rollback` and the `plan` of its branch, with 200 open orders."""
    folder = quiet_farm(shop, _CLOSED, _ORDERS)
    shop.farmctl(folder, "run", "--once")()  # `apply` does what one plan shows, which has an end
    name, before = _in_use(folder)
    _release(folder, name, before)
    shop.farmctl(folder, "profile", "promote", f"{name}@{_NEW}", "--direct")()
    shop.farmctl(folder, "run", "--once")()
    branch = f"farmctl/rollback-{name}-{before}"
    back = shop.farmctl(folder, "profile", "rollback", name)
    plan = shop.farmctl(folder, "plan", "--rev", branch)
    return compared({"ours": lambda: back() + plan(), "peer": lambda: _LIMIT_S}, shop.times)


def _in_use(folder: Path) -> tuple[str, str]:
    """Return the profile, and the version, that the orders are planned with."""
    plans = Farm(folder, folder / ".farmctl").view().state.plans.values()
    pins = {pin.profile for plan in plans for pin in plan.written.variants}
    if len(plans) < _ORDERS or len(pins) != 1:  # each waits on a plate for a clear bed
        raise BenchError(f"{len(plans)} build plans with {sorted(pins)}")
    name, _, version = pins.pop().partition("@")
    return name, version


def _release(folder: Path, name: str, before: str) -> None:
    place = folder / "profiles" / name
    raw = (place / f"{before}.ini").read_bytes().replace(b"fill_density = ", b"fill_density = 1")
    sha256 = hashlib.sha256(raw).hexdigest()
    line = f'  {_NEW}: {{sha256: "{sha256}", state: released}}\n'
    text = (place / "profile.yaml").read_text().replace("channels:", f"{line}channels:")
    inside = f"profiles/{name}"
    commit(folder, {f"{inside}/{_NEW}.ini": raw, f"{inside}/profile.yaml": text.encode()})


ROWS = (
    Row("rollback", 1.0, "profile rollback and the plan it leads to, 200 orders : 30 s", rollback),
)
