"""What in effective settings will disappoint, and why: told before anything is sliced.

A warning where a print will probably be worse than wished, a note where only a promise is weaker,
an error where it cannot be right.
"""
