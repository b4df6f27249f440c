"""The virtual machine (pure: state and time to state), its faults, and its memory on disk."""
