"""Golden models by code: the same shape is the same bytes, and a digest says if it is not."""
