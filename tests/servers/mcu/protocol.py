"""Klipper's wire protocol between host and micro-controller: numbers, messages, blocks.

Written from the page "Protocol" of Klipper's documentation. A block is

    length, 0x10 | sequence, messages…, CRC (high byte first), 0x7E

and a message is its number and then its values, in the order of its format
(`queue_step oid=%c interval=%u count=%hu add=%hi`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SYNC = 0x7E
DESTINATION = 0x10
OVERHEAD_B = 5
BLOCK_MAX_B = 64

Value = int | bytes


def crc16(octets: bytes) -> bytes:
    """Return the two check bytes: CRC-16/MCRF4XX, high byte first."""
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc.to_bytes(2, "big")


def encode_number(number: int) -> bytes:
    """Return the variable length form: n bytes hold -2**(7n-2) to 3 * 2**(7n-2) - 1."""
    size = 1
    while not -(1 << 7 * size - 2) <= number < 3 << 7 * size - 2:
        size += 1
    groups = [number >> 7 * place & 0x7F for place in range(size)]
    return bytes([*(0x80 | group for group in groups[:0:-1]), groups[0]])


def decode_number(octets: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins at byte `at`, and where the next one begins."""
    first = octets[at]
    number = first & 0x7F
    if number >= 0x60:  # the three highest of every eight values are the negative ones
        number -= 0x80
    while octets[at] & 0x80:
        at += 1
        number = number << 7 | octets[at] & 0x7F
    return number, at + 1


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of message: its number, its name, its values' names and printf-like kinds."""

    number: int
    name: str
    fields: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, number: int, text: str) -> Message:
        """Read a format such as `clock clock=%u`."""
        name, *fields = text.split()
        pairs = (field.partition("=") for field in fields)
        return cls(number, name, tuple((key, kind) for key, _, kind in pairs))

    def encode(self, **values: Value) -> bytes:
        """Return the bytes of one message."""
        return encode_number(self.number) + b"".join(
            _encode_value(kind, values[name]) for name, kind in self.fields
        )

    def decode(self, octets: bytes, at: int) -> tuple[dict[str, Value], int]:
        """Return the values that begin at byte `at`, and where the next message begins."""
        values: dict[str, Value] = {}
        for name, kind in self.fields:
            values[name], at = _decode_value(kind, octets, at)
        return values, at


def _encode_value(kind: str, value: Value) -> bytes:
    if isinstance(value, bytes):
        return bytes([len(value)]) + value
    return encode_number(value & 0xFFFFFFFF if kind == "%u" else value)


def _decode_value(kind: str, octets: bytes, at: int) -> tuple[Value, int]:
    if kind.endswith("s"):
        start = at + 1
        end = start + octets[at]
        return octets[start:end], end
    number, at = decode_number(octets, at)
    return number & 0xFFFFFFFF if kind == "%u" else number, at


def block(sequence: int, messages: bytes = b"") -> bytes:
    """Return one block; without messages it acknowledges, or asks for `sequence` again."""
    head = bytes([len(messages) + OVERHEAD_B, DESTINATION | sequence & 0x0F])
    return head + messages + crc16(head + messages) + bytes([SYNC])


@dataclass(slots=True)
class BlockReader:
    """Finds blocks in a stream of bytes; after rubbish it goes on behind the next 0x7E."""

    _pending: bytes = b""
    _lost: bool = False

    def feed(self, octets: bytes) -> Iterator[tuple[int, bytes] | None]:
        """Yield the sequence nibble and messages of each whole block; None for rubbish."""
        self._pending += octets
        while self._pending:
            if self._lost and not self._find_sync():
                return
            size = self._size()
            if size is None:
                return
            yield self._take(size)

    def _find_sync(self) -> bool:
        _, found, self._pending = self._pending.partition(bytes([SYNC]))
        self._lost = not found
        return bool(found and self._pending)

    def _size(self) -> int | None:
        """Return the length of the block in front, 0 for rubbish, None when more must come."""
        size = self._pending[0]
        if not OVERHEAD_B <= size <= BLOCK_MAX_B:
            return 0
        if len(self._pending) > 1 and self._pending[1] & 0xF0 != DESTINATION:
            return 0
        return size if len(self._pending) >= size else None

    def _take(self, size: int) -> tuple[int, bytes] | None:
        whole = self._pending[:size]
        if not size or whole[-1] != SYNC or crc16(whole[:-3]) != whole[-3:-1]:
            self._lost = True
            return None
        self._pending = self._pending[size:]
        return whole[1] & 0x0F, whole[2:-3]
