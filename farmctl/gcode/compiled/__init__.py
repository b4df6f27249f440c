"""Reading and planning large files with compiled loops: the same toolpath, many times faster.

`farmctl.gcode.moves` and `farmctl.gcode.planner` say what g-code means and how long moves take.
This package says the same of plain lines and of moves, for numba to compile. Tests hold both to the
same figures. A line that is not plain goes to the interpreter of `moves`, so that nothing of the
dialect is written down twice but its most common lines.
"""
