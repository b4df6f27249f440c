"""The real servers for farms with a Bambu."""

from __future__ import annotations

from tests.servers.bambu_fixtures import bambu, bambu_stack, maker

__all__ = ["bambu", "bambu_stack", "maker"]
