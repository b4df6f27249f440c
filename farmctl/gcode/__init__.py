"""G-code: its canonical form, what it does and for how long, and whether a machine may run it."""
