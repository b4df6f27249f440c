"""The reference farm: where its files are, in a source tree and in an installed farmctl."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import farmctl
from farmctl.errors import FarmctlError, Refused
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.system.disk import Disk

_PACKAGE = Path(farmctl.__file__).parent
_PACKED = _PACKAGE / "_sample"
_MOMENT = re.compile(r"^(created|due): (.+)$", re.MULTILINE)
_FOLDERS = ("golden_models", "models", "orders", "policies", "profiles")


def sample_folder() -> Path:
    """Return where the reference farm lies: packed with farmctl, or around it in a source tree."""
    return _PACKED if (_PACKED / FARM_FILE).is_file() else _PACKAGE.parent


def sample_files(disk: Disk) -> Mapping[str, bytes]:
    """Return the files of the reference farm by path. Raises FarmctlError where it is missing."""
    top = sample_folder()
    if not (top / FARM_FILE).is_file():
        raise FarmctlError("this farmctl came without its sample farm", "install it again")
    inside = [path for name in _FOLDERS for path in (top / name).rglob("*") if path.is_file()]
    files = sorted([top / FARM_FILE, *inside])
    return {path.relative_to(top).as_posix(): disk.read(path) for path in files}


def ordered_at(text: str, now: datetime) -> str:
    """Return a sample order as one of now: it is due as long from now as it was from its making."""
    moments = {key: datetime.fromisoformat(said) for key, said in _MOMENT.findall(text)}

    def moved(found: re.Match[str]) -> str:
        moment = moments[found[1]] - moments["created"] + now
        return f"{found[1]}: {moment.isoformat(timespec='seconds')}"

    return _MOMENT.sub(moved, text)


def refuse_sample(farm: Farm) -> None:
    """Raise Refused when the farm is farmctl's own: what is done there is lost or in the way."""
    in_source_tree = (farm.folder / "farmctl" / Path(farmctl.__file__).name).is_file()
    if in_source_tree or farm.folder == _PACKED:
        raise Refused(
            f"{farm.folder} is farmctl's own sample farm, not one to work in",
            "make yours: `farmctl init ~/farm`, or `farmctl init ~/farm --sample` for a copy of it",
        )
