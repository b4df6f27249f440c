"""Printers joining the farm, being looked at, and leaving it."""
