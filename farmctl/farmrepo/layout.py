"""Where things lie in a farm's repository."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from farmctl.model.digest import Digest, hexdigits
from farmctl.model.documents.profile import RESERVED_NAMES

FARM = "farm.yaml"
FOLDERS = ("golden_models", "models", "orders", "plans", "policies", "profiles")
"""The folders of a farm; what else lies in its repository is not farmctl's."""

PLANS = "plans"
STATE = ".farmctl"


def order_path(order: str) -> str:
    """Return where an order's file lies."""
    return f"orders/{order}.yaml"


def plan_path(order: str, item: str) -> str:
    """Return where a build plan lies."""
    return f"{PLANS}/{order}/{item}.yaml"


def policy_path(name: str) -> str:
    """Return where a policy lies."""
    return f"policies/{name}.yaml"


def profile_path(name: str) -> str:
    """Return where a profile lies."""
    return f"profiles/{name}/profile.yaml"


def class_path(name: str) -> str:
    """Return where a printer class lies."""
    return f"profiles/classes/{name}/class.yaml"


def settings_path(document: str, version: str) -> str:
    """Return where the settings of a version of a profile or class lie, beside its document."""
    return f"{folder_of(document)}/{version}.ini"


GOLDEN_MODELS = "golden_models"
BASELINES = f"{GOLDEN_MODELS}/baselines/"
"""Where the figures of golden models lie, as they were when somebody said yes to them."""


def golden_path(name: str) -> str:
    """Return where a golden model lies."""
    return f"{GOLDEN_MODELS}/{name}.yaml"


def golden_name(path: str) -> str:
    """Return the name of the golden model that lies at a path."""
    return path.removeprefix(f"{GOLDEN_MODELS}/").removesuffix(".yaml")


def baseline_path(profile: str, version: str) -> str:
    """Return where the figures of a version of a profile lie."""
    return f"{BASELINES}{profile}/{version}.json"


def folder_of(path: str) -> str:
    """Return the folder that a file lies in."""
    return path.rpartition("/")[0]


CATALOGUES = "profiles/slicers/"
"""Where the complete settings of pinned slicers lie."""


def catalogue_path(slicer: Digest) -> str:
    """Return where the complete settings of a pinned slicer lie."""
    return f"{CATALOGUES}{hexdigits(slicer)}.ini"


class Layout(Struct, frozen=True):
    """The documents of a farm by name, each with its path; and what lies where nothing is read.

    Args:
        profiles: Profiles by name.
        classes: Printer classes by name.
        policies: Policies by name.
        orders: Orders by id.
        plans: Build plans by order and item.
        golden_models: Golden models by name.
        baselines: Their figures by profile and version.
        settings: Names of the .ini files, without `.ini`, by the folder they lie in.
        misplaced: Files that look like documents where none is read.
    """

    profiles: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    policies: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[tuple[str, str], str] = field(default_factory=dict)
    golden_models: Mapping[str, str] = field(default_factory=dict)
    baselines: Mapping[tuple[str, str], str] = field(default_factory=dict)
    settings: Mapping[str, frozenset[str]] = field(default_factory=dict)
    misplaced: tuple[str, ...] = ()


def lay_out(paths: Iterable[str]) -> Layout:
    """Return what the files at these paths are."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    plans: dict[tuple[str, str], str] = {}
    settings: dict[str, frozenset[str]] = defaultdict(frozenset)
    misplaced = []
    paths = sorted(paths)
    for path in paths:
        match path.split("/"):
            case [("golden_models" | "orders" | "policies") as folder, file] if file.endswith(
                ".yaml"
            ):
                found[folder][file.removesuffix(".yaml")] = path
            case ["plans", order, file] if file.endswith(".yaml"):
                plans[order, file.removesuffix(".yaml")] = path
            case ["profiles", name, "profile.yaml"] if name not in RESERVED_NAMES:
                found["profiles"][name] = path
            case ["profiles", "classes", name, "class.yaml"]:
                found["classes"][name] = path
            case ["profiles", *inner, file] if file.endswith(".ini"):
                settings["/".join(["profiles", *inner])] |= {file.removesuffix(".ini")}
            case ["farm.yml"]:
                misplaced.append(path)
            case [("golden_models" | "orders" | "plans" | "policies" | "profiles"), *_] if _is_yaml(
                path
            ):
                misplaced.append(path)
            case _:
                pass  # a model, settings, or nothing of farmctl's
    return Layout(
        **found,
        plans=plans,
        baselines=_baselines(paths),
        settings=settings,
        misplaced=tuple(misplaced),
    )


def _baselines(paths: Iterable[str]) -> dict[tuple[str, str], str]:
    found = {}
    for path in paths:
        if not path.startswith(BASELINES):  # a farm may have 100,000 files
            continue
        profile, slash, file = path.removeprefix(BASELINES).partition("/")
        if slash and file.endswith(".json") and "/" not in file:
            found[profile, file.removesuffix(".json")] = path
    return found


def _is_yaml(path: str) -> bool:
    return path.lower().endswith((".yaml", ".yml"))
