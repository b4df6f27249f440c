"""The files of a first version: a class or a profile with its settings at 1.0.0."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from farmctl.model.digest import digest_of, hexdigits
from farmctl.profiles.guess import Facts
from farmctl.slicing import ini

FIRST = "1.0.0"
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9.+-]*")
_NOT_TEXT = frozenset({"null", "true", "false"})


def class_files(
    name: str, program: str, facts: Facts, settings: Mapping[str, str]
) -> dict[str, bytes]:
    """Return `class.yaml` and the first settings of a class, by path inside the farm."""
    text = ini.write(settings)
    heated = "[heated_bed]" if facts.bed_c > 1 else "[]"
    lines = [
        "schema: class/v1",
        f"name: {_scalar(name)}",
        f"program: {_scalar(program)}",
        f"bed_mm: {_bed(facts.bed_um)}",
        f"height_mm: {ini.millimetres(facts.height_um)}",
        f"nozzles_mm: [{ini.millimetres(facts.nozzle_um)}]",
        f"capabilities: {heated}",
        f"max_c: {{nozzle: {facts.nozzle_c}, bed: {facts.bed_c}}}",
        *_versions(text),
    ]
    folder = f"profiles/classes/{name}"
    return {f"{folder}/class.yaml": _file(lines), f"{folder}/{FIRST}.ini": text}


def profile_files(
    name: str, program: str, class_name: str, facts: Facts, settings: Mapping[str, str]
) -> dict[str, bytes]:
    """Return `profile.yaml` and the first settings of a profile, in production."""
    text = ini.write(settings)
    lines = [
        "schema: profile/v1",
        f"name: {_scalar(name)}",
        f"program: {_scalar(program)}",
        f"material: {_scalar(facts.material)}",
        f"nozzle_mm: {ini.millimetres(facts.nozzle_um)}",
        f"quality: {_scalar(facts.quality)}",
        f"classes: [{_scalar(class_name)}]",
        *_versions(text),
        f"channels: {{production: {{version: {FIRST}}}}}",
    ]
    folder = f"profiles/{name}"
    return {f"{folder}/profile.yaml": _file(lines), f"{folder}/{FIRST}.ini": text}


def _versions(text: bytes) -> list[str]:
    return ["versions:", f'  {FIRST}: {{sha256: "{hexdigits(digest_of(text))}", state: released}}']


def _file(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _bed(corners_um: tuple[tuple[int, int], ...]) -> str:
    """Return `[350, 350]` for a bed that begins at 0, 0, and else its corners."""
    width = max(x for x, _ in corners_um)
    depth = max(y for _, y in corners_um)
    if sorted(corners_um) == [(0, 0), (0, depth), (width, 0), (width, depth)]:
        return f"[{ini.millimetres(width)}, {ini.millimetres(depth)}]"
    return f"[{', '.join(f'[{ini.millimetres(x)}, {ini.millimetres(y)}]' for x, y in corners_um)}]"


def _scalar(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT
    return text if is_plain else json.dumps(text)
