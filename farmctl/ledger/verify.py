"""A second verifier, sharing no code with the first: `python -m farmctl.ledger.verify JOURNAL`."""

import hashlib
import json
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from unicodedata import is_normalized

HEADER = "epoch:int farm:str first_seq:int journal:int ledger:str prev:str"
EVENT = "actor:dict causation:str correlation:str data:dict epoch:int hash:str id:str prev:str"
EVENT += " recorded:str seq:int source:str specversion:str subject:str time:str type:str"
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _sound(value: object) -> bool:
    if isinstance(value, dict | list):
        return all(map(_sound, [*value, *value.values()] if isinstance(value, dict) else value))
    whole = value is None or (isinstance(value, int) and abs(value) <= 2**53)
    return is_normalized("NFC", value) if isinstance(value, str) else whole


def _expect(value: dict[str, Any], shape: str, **due: object) -> None:
    kinds = " ".join(f"{key}:{type(value[key]).__name__}" for key in value)
    kinds = kinds.replace("ation:NoneType", "ation:str")  # of causation and correlation
    wrong = {key: value[key] for key in due if value[key] != due[key]}
    if wrong or kinds != shape:
        raise ValueError(f"{wrong or kinds} is not {due if wrong else shape}")


def _follow(line: bytes, at: dict[str, Any], *, opens: bool) -> dict[str, Any]:
    value = json.loads(line)
    if CANONICAL.encode(value).encode() != line or not _sound(value):
        raise ValueError("not canonical JSON")
    if opens:
        at = {**value, "seq": value["first_seq"] - 1, "hash": value["prev"], **at}
        at["epoch"] = max(1, at["epoch"], value["epoch"])
        told = {key: at[key] for key in ("farm", "ledger", "epoch")}
        _expect(value, HEADER, journal=1, first_seq=at["seq"] + 1, prev=at["hash"], **told)
        return at
    body = CANONICAL.encode({key: value[key] for key in value if key not in ("hash", "prev")})
    link = hashlib.sha256(f"farmctl-event-v1\0{at['hash']}{body}".encode()).hexdigest()
    told = {"id": f"{at['ledger']}/{at['seq'] + 1}", "source": f"farmctl://{at['farm']}"}
    for key in ("recorded", "time"):
        told[key] = f"{datetime.fromisoformat(value[key][:-1]).isoformat('T', 'milliseconds')}Z"
    told |= {"epoch": at["epoch"], "prev": at["hash"], "seq": at["seq"] + 1, "hash": link}
    _expect(value, EVENT, specversion="1.0", **told)
    _expect(value["actor"], "id:str kind:str via:str")
    return {**at, "seq": value["seq"], "hash": link}


def _lines(path: Path, *, last: bool) -> list[bytes]:
    *lines, rest = path.read_bytes().split(b"\n")
    text, end = rest.rstrip(b"\0").decode(errors="replace"), None
    with suppress(ValueError, RecursionError):
        end = json.JSONDecoder().raw_decode(text)[1]
    torn = last and end in (None, len(text))  # a last line that was cut in writing is no damage
    return lines if torn or (lines and not rest) else [*lines, b"no end: " + rest]


def main(journal: Path) -> None:
    """Print how many events there are and the last hash; or exit 3, saying where it is wrong."""
    at: dict[str, Any] = {"seq": 0, "hash": "0" * 64} if journal.is_dir() else {}
    paths = sorted(journal.glob("[0-9]*.jsonl")) if journal.is_dir() else [journal]
    path, number = journal, 1
    try:
        for path in paths:
            for number, line in enumerate(_lines(path, last=path == paths[-1]), start=1):
                at = _follow(line, at, opens=number == 1)
        sys.stdout.write(f"{at['seq']} events of ledger {at['ledger']}, head {at['hash']}\n")
    except (AttributeError, KeyError, OSError, RecursionError, TypeError, ValueError) as error:
        sys.stderr.write(f"{path.name}:{number}: {error!r}\n")
        raise SystemExit(3) from None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
