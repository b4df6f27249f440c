"""The farm's memory: a journal that is the truth, its fold, and what checks it."""
