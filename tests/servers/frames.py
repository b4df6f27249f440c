"""What goes over a wire: HTTP heads, and the frames of a websocket."""

from __future__ import annotations

import asyncio


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """Return one frame of a websocket's server, or nothing at its end: RFC 6455, 5.2."""
    try:
        head = await reader.readexactly(2)
        size = head[1] & 0x7F
        extended = await reader.readexactly({126: 2, 127: 8}.get(size, 0))
        size = int.from_bytes(extended, "big") if extended else size
        return head + extended + await reader.readexactly(size)
    except asyncio.IncompleteReadError:
        return b""


def is_message(frame: bytes) -> bool:
    """Tell a whole text from pings and pieces."""
    return frame[0] == 0x81


def without(header: bytes, octets: bytes) -> bytes:
    """Return the head of a request, and what follows it, without one header."""
    head, end, body = octets.partition(b"\r\n\r\n")
    kept = [h for h in head.split(b"\r\n") if not h.lower().startswith(header + b":")]
    return b"\r\n".join(kept) + end + body


def body_length(head: bytes) -> int:
    """Return how many bytes follow a request's head."""
    for header in head.lower().split(b"\r\n"):
        if header.startswith(b"content-length:"):
            return int(header.partition(b":")[2])
    return 0
