"""The command line: parses, calls one function, renders, returns a documented code."""
