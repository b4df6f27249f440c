"""New farms, and the reference farm that they start from."""
