"""Files that can be made again from the journal, so they carry a digest and may be wrong.

What cannot be read, or is not what was written, is as if it were not there.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from farmctl.model.canonical import encode
from farmctl.model.codec import Json
from farmctl.system.disk import Disk

_OPEN, _MIDDLE, _CLOSE = b'{"body":', b',"sha256":"', b'"}\n'
_END_B = len(_MIDDLE) + 64 + len(_CLOSE)


def write_cache(disk: Disk, path: Path, body: Json) -> None:
    """Put a JSON file `{"body": …, "sha256": …}` in place, atomically but not durably."""
    raw = encode(body)
    digest = hashlib.sha256(raw).hexdigest().encode()
    disk.replace(path, _OPEN + raw + _MIDDLE + digest + _CLOSE, durable=False)


def read_cache(disk: Disk, path: Path) -> Json | None:
    """Return the body of a cache file, or None when it is missing or not what was written."""
    try:
        raw = disk.read(path)
    except FileNotFoundError:
        return None
    body = raw[len(_OPEN) : -_END_B]
    digest = hashlib.sha256(body).hexdigest().encode()
    if raw != _OPEN + body + _MIDDLE + digest + _CLOSE:
        return None
    return msgspec.json.decode(body)
