"""Going back at three in the morning: from the command to the plan with the new revisions."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from benchmarks.farms import commit, forget_branch, quiet_farm
from benchmarks.measure import BenchError, Reading, interleaved
from benchmarks.workshop import Row, Workshop
from farmctl.farm import Farm
from farmctl.testing.parts import box

_CLOSED, _ORDERS = 1, 200
_LIMIT_S = 30.0
_NEW = "9.9.9"


def rollback(shop: Workshop) -> Reading:
    """Measure `profile rollback` and the `plan` of its branch: 200 open orders, a plate for each.

    The branch of the turn before is deleted, which is not counted: each turn makes its own.
    """
    folder = quiet_farm(shop, _CLOSED, _ORDERS, part=box(180, 180, 2))
    name, before = _in_use(folder)
    _release(folder, name, before)
    shop.farmctl(folder, "profile", "promote", f"{name}@{_NEW}", "--direct")()
    shop.farmctl(folder, "apply")()
    if _in_use(folder) != (name, _NEW):
        raise BenchError(f"the orders are not planned with {name}@{_NEW}")
    branch, shown = f"farmctl/rollback-{name}-{before}", folder / ".farmctl/shown.json"
    back = shop.farmctl(folder, "profile", "rollback", name)
    plan = shop.farmctl(folder, "plan", "--rev", branch)
    saved = shop.farmctl(folder, "plan", "--rev", branch, "--save", str(shown))

    def ours() -> float:
        forget_branch(folder, branch)
        return back() + plan()

    used_s = interleaved({"ours": ours}, shop.times)["ours"]
    saved()
    _check_whole(json.loads(shown.read_bytes()))
    return Reading(used_s, _LIMIT_S)


def _in_use(folder: Path) -> tuple[str, str]:
    """Return the profile, and the version, that every order is planned with."""
    plans = Farm(folder, folder / ".farmctl").view().state.plans.values()
    pins = {pin.profile for plan in plans for pin in plan.written.variants}
    if len(plans) != _ORDERS or len(pins) != 1:  # each waits on a plate for a clear bed
        raise BenchError(f"{len(plans)} build plans with {sorted(pins)}")
    name, _, version = pins.pop().partition("@")
    return name, version


def _check_whole(changes: dict[str, list[dict[str, str]]]) -> None:
    """Raise BenchError unless the plan shows the new revision, and the plate, of every order."""
    kinds = [each["kind"] for each in changes["items"]]
    plans = {each["subject"] for each in changes["items"] if each["kind"] == "write-plan"}
    if len(plans) != _ORDERS or kinds.count("slice") != _ORDERS:
        raise BenchError(
            f"the plan shows {len(plans)} new revisions, {kinds.count('slice')} slices"
        )


def _release(folder: Path, name: str, before: str) -> None:
    place = folder / "profiles" / name
    old = (place / f"{before}.ini").read_bytes()
    raw = old.replace(b"fill_density = 1", b"fill_density = 2")
    if raw == old:
        raise BenchError(f"the new version of {name} is the old one")
    sha256 = hashlib.sha256(raw).hexdigest()
    line = f'  {_NEW}: {{sha256: "{sha256}", state: released}}\n'
    text = (place / "profile.yaml").read_text().replace("channels:", f"{line}channels:")
    inside = f"profiles/{name}"
    commit(folder, {f"{inside}/{_NEW}.ini": raw, f"{inside}/profile.yaml": text.encode()})


ROWS = (
    Row("rollback", 1.0, "profile rollback and the plan it leads to, 200 orders : 30 s", rollback),
)
