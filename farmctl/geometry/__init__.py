"""Models: reading what people upload, cleaning it, judging it, and laying it on a plate.

Light, standard library only: report, findings, fit, archive, package, clean_mesh, footprint,
overlap, threemf. With numpy: load, stl, obj, clean, measure, preflight.
"""
