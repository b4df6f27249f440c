"""A person's own slicer settings on their way into the farm."""
