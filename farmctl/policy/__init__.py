"""Pure: what may happen by itself, what needs a yes, and why."""
