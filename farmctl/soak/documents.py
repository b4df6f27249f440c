"""The farm's files as people would write them: a garage of equal printers, and orders of cubes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from farmctl.farmrepo.layout import (
    FARM,
    catalogue_path,
    class_path,
    order_path,
    policy_path,
    profile_path,
    settings_path,
)
from farmctl.model.digest import digest_of, hexdigits
from farmctl.model.ids import OrderId

Tree = Mapping[str, bytes]
"""Files by their path from the top."""

FARM_ID = "7f3a9c2e"
PLATFORM = "linux-x86_64"
_CUBE = b"solid cube\n"
_MODEL = "models/cube.stl"
_CLASS, _PROFILE, _SLICER = "cube-200", "petg", digest_of(b"slicer")
_CATALOGUE = (
    b"# program: prusaslicer\n# version: 2.5.0\n"
    b"bed_temperature = 60\nbrim_width = 0\nfirst_layer_temperature = 200\n"
    b"gcode_label_objects = 0\nnozzle_diameter = 0.4\npost_process =\nskirt_distance = 6\n"
    b"skirts = 1\nsupport_material = 0\nsupport_material_auto = 1\ntemperature = 200\n"
)
_OF_CLASS, _OF_PROFILE = b"skirts = 0\n", b"temperature = 240\n"


@cache
def files_of_farm(printers: tuple[tuple[str, str], ...]) -> Tree:
    """Return the files of a farm without orders.

    Args:
        printers: The name of each, which is its identity too, and what drives it.
    """
    return {
        FARM: _farm(printers),
        policy_path("default"): b"schema: policy/v1\nname: default\n",
        class_path(_CLASS): _class(),
        settings_path(class_path(_CLASS), "1.0.0"): _OF_CLASS,
        profile_path(_PROFILE): _profile(),
        settings_path(profile_path(_PROFILE), "1.0.0"): _OF_PROFILE,
        catalogue_path(_SLICER): _CATALOGUE,
        _MODEL: _CUBE,
    }


def order_file(order: OrderId, quantity: int, *, is_canceled: bool = False) -> Tree:
    """Return the file of an order of cubes."""
    canceled = "{reason: customer_request, at: 2026-11-21T09:00:00Z}" if is_canceled else "null"
    text = f"""schema: order/v1
id: {order}
created: 2026-11-21T08:00:00Z
source: manual
canceled: {canceled}
items:
  - name: cube
    model: {{path: {_MODEL}, sha256: {hexdigits(digest_of(_CUBE))}}}
    quantity: {quantity}
    filaments: [{{material: PETG, color: black}}]
    quality: standard
    use: functional
"""
    return {order_path(order): text.encode()}


def _farm(printers: tuple[tuple[str, str], ...]) -> bytes:
    rows = "".join(
        f"""  - name: {name}
    class: {_CLASS}@1.0.0
    driver: {driver}
    url: http://{name}
    identity: {name}
    loaded: [{{material: PETG, color: black}}]
"""
        for name, driver in printers
    )
    return f"""schema: farm/v1
id: {FARM_ID}
name: garage
automation: {{commit_plans: true, policy: default}}
slicers:
  default: {{program: prusaslicer, version: "2.5.0", digests: {{{PLATFORM}: "{_SLICER}"}}}}
printers:
{rows}""".encode()


def _class() -> bytes:
    return f"""schema: class/v1
name: {_CLASS}
program: prusaslicer
bed_mm: [200, 200]
height_mm: 200
nozzles_mm: [0.4]
max_c: {{nozzle: 300, bed: 120}}
versions:
  1.0.0: {{sha256: {hexdigits(digest_of(_OF_CLASS))}, state: released}}
""".encode()


def _profile() -> bytes:
    return f"""schema: profile/v1
name: {_PROFILE}
program: prusaslicer
material: PETG
nozzle_mm: 0.4
quality: standard
classes: [{_CLASS}]
versions:
  1.0.0: {{sha256: {hexdigits(digest_of(_OF_PROFILE))}, state: released}}
channels:
  production: {{version: 1.0.0}}
""".encode()
