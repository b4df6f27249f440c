"""Farms at the moments that people's words are about."""

from tests.shelf import copied, fresh, printed, printing, ready

__all__ = ["copied", "fresh", "printed", "printing", "ready"]
