"""Keeping a farm healthy: its ledger, and what could go wrong."""
