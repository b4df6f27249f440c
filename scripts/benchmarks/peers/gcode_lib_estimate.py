"""Estimate a file with PyPI's gcode-lib, and print the CPU seconds: run by its own Python.

python gcode_lib_estimate.py FILE

Importing and reading from the disk are not counted.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import gcode_lib

if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text()
    begun = time.process_time()
    file = gcode_lib.from_text(text)
    gcode_lib.compute_stats(file.lines)
    estimate = gcode_lib.estimate_print(file.lines)
    sys.stdout.write(f"{time.process_time() - begun} {estimate}\n")
