"""Golden models on the machines of a Dask cluster: what travels, who may slice, and who is left."""
