"""Why a run of the slicer did not give g-code."""

from __future__ import annotations

import signal

from farmctl.errors import SlicerFailed
from farmctl.slicing.limits import SliceLimits
from farmctl.slicing.prusaslicer import messages
from farmctl.system.processes import Finished

_SHELL_SIGNALS = 128  # a shell reports its child's signal as 128 + the number
_WORDS_SHOWN = 400


def failure_of(ended: Finished, limits: SliceLimits, largest_b: int) -> SlicerFailed | None:
    """Return why a run failed, or None when the program says it did not.

    Args:
        ended: How the program ended.
        limits: What it was allowed.
        largest_b: Size of the largest file it wrote.
    """
    number = _signal(ended.returncode)
    if ended.timed_out or number == signal.SIGXCPU:
        return SlicerFailed(
            f"the slicer did not finish within {_allowed(ended, limits)}",
            "simplify the mesh, make fewer parts at once, or raise the limit",
            "slicer-timeout",
        )
    if number == signal.SIGXFSZ or largest_b >= limits.file_b:
        return SlicerFailed(
            f"the slicer wrote more than the {limits.file_b // 1024**2} MiB one file may have",
            "check the model's unit and size: farmctl preflight MODEL",
            "slicer-disk-full",
        )
    return None if ended.returncode == 0 else _refusal(ended, number)


def no_output(ended: Finished) -> SlicerFailed:
    """Return the failure of a program that says all is well and wrote nothing."""
    known, _ = messages.failure(ended.stdout, ended.stderr)
    if known is not None:
        return _as_failure(known, ended)
    return SlicerFailed(
        "the slicer ended with exit code 0 and wrote no g-code",
        "farmctl doctor",
        "slicer-no-output",
    )


def _refusal(ended: Finished, number: int) -> SlicerFailed:
    known, words = messages.failure(ended.stdout, ended.stderr)
    if known is not None:
        return _as_failure(known, ended)
    if number == signal.SIGKILL:
        return SlicerFailed(
            "something outside killed the slicer: most often the system is out of memory",
            "slice fewer plates at once, or simplify the mesh",
            "slicer-memory",
        )
    if number:
        return SlicerFailed(
            f"the slicer crashed ({_name(number)}){_shown(words)}",
            "farmctl preflight MODEL; if it passes, try another version of the slicer",
            "slicer-crashed",
        )
    return SlicerFailed(
        f"the slicer failed with exit code {ended.returncode}{_shown(words)}",
        "mend what the slicer says",
        "slicer-failed",
    )


def _as_failure(known: messages.Known, ended: Finished) -> SlicerFailed:
    _, words = messages.failure(ended.stdout, ended.stderr)
    return SlicerFailed(f"{known.what}{_shown(words)}", known.mend, known.code)


def _shown(words: str) -> str:
    text = " ".join(words.split())
    if not text:
        return ""
    return f": {text[:_WORDS_SHOWN]}{'…' if len(text) > _WORDS_SHOWN else ''}"


def _signal(returncode: int) -> int:
    if returncode < 0:
        return -returncode
    ended_by_signal = _SHELL_SIGNALS < returncode < _SHELL_SIGNALS + signal.NSIG
    return returncode - _SHELL_SIGNALS if ended_by_signal else 0


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _allowed(ended: Finished, limits: SliceLimits) -> str:
    return f"{limits.wall_s:g} s" if ended.timed_out else f"{limits.cpu_s} s of CPU time"
