"""How many files and connections this process may have open."""

from __future__ import annotations

import resource


def allow_open_files(count: int) -> int:
    """Raise the limit to `count` as far as the system lets us, and return what it is then.

    Shells give 1,024, which is less than a thousand printers need; what a user may have is usually
    far more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= count:
        return count
    highest = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest, hard))
    return highest
