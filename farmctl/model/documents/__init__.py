"""The documents of a farm's repository, one module for each kind.

They say what may stand in a file. What one file says of another is checked where the farm is
read. The only part of the model that knows pydantic.
"""
