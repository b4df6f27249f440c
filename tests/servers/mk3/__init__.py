"""A simulated Original Prusa MK3S: what its firmware says on the serial line, and its panel."""
