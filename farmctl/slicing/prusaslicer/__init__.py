"""PrusaSlicer's command line, as it behaves rather than as it says."""
