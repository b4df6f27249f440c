"""Fail the N-th deed: one whole story of a farm, with a crash at each thing that it does."""
