"""What is said to a Bambu. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from farmctl.printers.bambu.package import PLATE, name_on_card

HIGHEST_ID = 2**31 - 1

PUSH_ALL = {"pushing": {"sequence_id": "0", "command": "pushall"}}
GET_VERSION = {"info": {"sequence_id": "0", "command": "get_version"}}

# What it would not do for somebody who may only look; to a machine that prints nothing it changes
# nothing.
PROBE = {"command": "print_speed", "param": "2"}


def task_of(file: str) -> str:
    """Return a file's task id: 31 bits, which is what all models keep, and never 0.

    Prints with the id 0 are taken for one and the same.
    """
    return str(int(sha256(file.encode()).hexdigest()[:12], 16) % HIGHEST_ID + 1)


def project_file(file: str, md5: str, slots: Sequence[int] = ()) -> dict[str, Any]:
    """Return the command that prints a stored file.

    Args:
        file: What farmctl calls it.
        md5: Of the stored envelope; empty when it is not known.
        slots: Of its AMS, in order: each filament of a print comes from the slot of its number.
            Without one the print comes from the spool at the machine's back.
    """
    stored, task = name_on_card(file), task_of(file)
    return {
        "command": "project_file",
        "param": PLATE,
        "url": f"ftp:///{stored}",
        "file": stored,
        "md5": md5,
        "project_id": "0",
        "profile_id": "0",
        "task_id": task,
        "subtask_id": task,
        "subtask_name": file,
        "timelapse": False,
        "bed_type": "auto",
        # Models differ in the spelling; the g-code says itself what is to be done.
        "bed_levelling": False,
        "bed_leveling": False,
        "flow_cali": False,
        "vibration_cali": False,
        "layer_inspect": False,
        "use_ams": bool(slots),
        "ams_mapping": list(slots),
    }


def verb(command: str) -> dict[str, Any]:
    """Return `pause`, `resume` or `stop`: of whatever is printed."""
    return {"command": command, "param": ""}


def request(command: Mapping[str, Any], sequence: str) -> str:
    """Return the message of a command of printing, with the number that its echo carries."""
    return json.dumps({"print": {"sequence_id": sequence, **command}})
