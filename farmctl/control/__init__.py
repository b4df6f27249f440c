"""The loop: look, decide, record, act."""
