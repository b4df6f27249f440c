"""Slicer programs: settings and meshes become g-code that can be trusted.

An exit code of 0 proves nothing here: slicers drop keys, replace values and print beside the bed
without a word. So settings are complete, what came out is compared with what was asked, and what
was measured is stored beside it.
"""
