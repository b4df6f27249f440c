"""What was sliced before: the same question at the same commit needs none of the farm's documents.

A commit, a model's bytes and what a person chose decide what is sliced, so the answer is kept under
their digest. It only points to a slice, and is worth nothing once that is gone.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from msgspec import Struct

from farmctl import __version__
from farmctl.farm.parts import Farm
from farmctl.farm.slices.model_files import read_model
from farmctl.model.codec import Undecodable, decode, encode
from farmctl.model.digest import Digest, digest_of, hexdigits
from farmctl.slicing.cache import SliceCache
from farmctl.slicing.key import SLICING_VERSION
from farmctl.slicing.pin import platform
from farmctl.slicing.record import SliceRecord
from farmctl.system.processes import Limits, RealProcesses

_HEAD = ("git", "rev-parse", "--verify", "HEAD")
_WAIT_S = 10.0


class Said(Struct, frozen=True):
    """What a person chooses: names, each with or without `@version`; None is not said."""

    profile: str | None = None
    printer_class: str | None = None


class Answer(Struct, frozen=True):
    """What a question came to.

    Args:
        name: What people call it, `ord-1/bracket` or `bracket.stl`.
        model: Digest of the model's bytes.
        printer_class: `generic-250@1.0.0`.
        profile: `pla-0.4-standard@1.0.0`.
        material: What it is made of.
        mesh: Digest of the clean mesh.
        key: The slice's.
        checked_for: Digest of the bed, height and heat that it was checked against.
    """

    name: str
    model: str
    printer_class: str
    profile: str
    material: str
    mesh: str
    key: Digest
    checked_for: Digest


class Sliced(Struct, frozen=True):
    """A slice, and whether it was there before."""

    answer: Answer
    record: SliceRecord
    cached: bool


def question(farm: Farm, subject: str, said: Said) -> Digest | None:
    """Return the digest of all that decides an answer; None where git names no commit."""
    env = {**os.environ, "LC_ALL": "C"}
    try:
        head = RealProcesses().run(_HEAD, cwd=farm.folder, env=env, limits=Limits(_WAIT_S))
    except FileNotFoundError:
        return None
    if head.returncode != 0:
        return None
    path = Path(subject).expanduser()
    model = digest_of(read_model(farm.disk, path)) if path.is_file() else ""
    versions = (__version__, SLICING_VERSION, platform())
    asked = (*versions, head.stdout.strip(), subject, model, said.profile, said.printer_class)
    return digest_of(json.dumps(asked).encode())


def recall(farm: Farm, asked: Digest) -> Sliced | None:
    """Return the slice that a question came to before, if it is still there."""
    try:
        answer = decode(Answer, json.loads(farm.disk.read(_place(farm, asked))))
    except (FileNotFoundError, NotADirectoryError, ValueError, Undecodable):
        return None
    record = slice_cache(farm).get(answer.key)
    if record is None or record.checked_for != answer.checked_for:
        return None
    return Sliced(answer, record, cached=True)


def remember(farm: Farm, asked: Digest, answer: Answer) -> None:
    """Keep what a question came to."""
    text = json.dumps(encode(answer), sort_keys=True, separators=(",", ":"))
    farm.disk.replace(_place(farm, asked), text.encode(), durable=False)


def slice_cache(farm: Farm) -> SliceCache:
    """Return what was sliced before."""
    return SliceCache(farm.state_folder / "slices", farm.disk, farm.store)


def _place(farm: Farm, asked: Digest) -> Path:
    return farm.state_folder / "asked" / f"{hexdigits(asked)}.json"
