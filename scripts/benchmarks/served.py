"""Simulated printers in a process of their own, whose work is not counted."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.workshop import Workshop
from farmctl.system.descriptors import allow_open_files

_FILES_EACH = 8


@dataclass(frozen=True, slots=True)
class Address:
    """Where a printer is, and the id of its machine."""

    name: str
    url: str
    identity: str


@contextmanager
def served(shop: Workshop, count: int, speedup: int = 1) -> Iterator[Sequence[Address]]:
    """Serve so many printers for as long as a block."""
    allow_open_files(count * _FILES_EACH)
    asked = ("--printers", str(count), "--port", "0", "--speedup", str(speedup), "-o", "json")
    command = shop.farmctl(shop.folder, "sim", "serve", *asked)
    with subprocess.Popen(
        command.argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            found, _ = json.JSONDecoder().raw_decode(_document(process.stdout))
            yield [Address(**each) for each in found["items"]]
        finally:
            process.terminate()


def _document(lines: Iterator[str]) -> str:
    """Return one JSON document of a program that goes on."""
    read: list[str] = []
    for line in lines:
        read.append(line)
        if line == "}\n":
            break
    return "".join(read)
