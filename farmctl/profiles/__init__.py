"""Versions of settings, which of them make an item, and what they come to together."""
