"""Threads that meet a type at once learn it one after the other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure

ROUNDS = 12
DEEP = 30
CODE = f"""
import sys, threading, types
from concurrent.futures import ThreadPoolExecutor
from farmctl.model.codec import decode

sys.setswitchinterval(1e-6)

def nested(number):
    '''Types that nobody has met: each holds the one before it.'''
    lines = ["from __future__ import annotations", "from msgspec import Struct"]
    for depth in range({DEEP}):
        held = f"T{{depth - 1}}" if depth else "int"
        lines += [f"class T{{depth}}(Struct):", f"    held: {{held}} | None = None"]
    module = types.ModuleType(f"round{{number}}")
    sys.modules[module.__name__] = module
    exec("\\n".join(lines), vars(module))
    return vars(module)["T{DEEP - 1}"]

value = None
for _ in range({DEEP}):
    value = {{"held": value}}
with ThreadPoolExecutor(4) as threads:
    for number in range({ROUNDS}):
        kind, start = nested(number), threading.Barrier(4)
        meet = lambda _: (start.wait(), decode(kind, value))
        list(threads.map(meet, range(4)))
print("all learned")
"""


def test_four_threads_meet_a_type_at_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "all learned\n", "")
