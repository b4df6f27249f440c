"""Clock, disk, processes, threads, secrets, log: Protocols and the real ones.

The only room that calls `time`, `open`, `fsync`, `subprocess`, `random` or threads, so that all
other code also runs under a simulated clock, disk and wire.
"""
