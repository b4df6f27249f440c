"""Who is at the keyboard, and which machine this is."""

from __future__ import annotations

import getpass
import socket


def user_name() -> str:
    """Return the name of the user this process belongs to."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"


def host_name() -> str:
    """Return the machine's name."""
    return socket.gethostname()
