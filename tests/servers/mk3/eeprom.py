"""The EEPROM: what outlives a reset, and is read and written by D3."""

from __future__ import annotations

import re
from pathlib import Path

_SIZE = 4096
_ASKED = re.compile(r"D3 A(?:0)?x([0-9a-fA-F]+)(?: C(\d+))?(?: X([0-9a-fA-F]+))?$")


class Eeprom:
    """4 KiB, kept in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._octets = bytearray(file.read_bytes() if file.exists() else bytes(_SIZE))

    def answer(self, line: str) -> list[str]:
        """Return what a D3 says: what is there, sixteen bytes in a line."""
        asked = _ASKED.match(line)
        if asked is None:
            return []
        address, written = int(asked[1], 16), bytes.fromhex(asked[3] or "")
        if written:
            self._octets[address : address + len(written)] = written
            self._file.write_bytes(self._octets)
        count = len(written) or int(asked[2] or 1)
        return [
            f"{at:04x}  " + self._octets[at : min(at + 16, address + count)].hex(" ")
            for at in range(address, address + count, 16)
        ]
