"""Drivers: how farmctl looks at a printer and acts on it."""
