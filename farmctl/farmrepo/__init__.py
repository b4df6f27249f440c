"""The farm's git repository: desired state read at a revision, and farmctl's own commits to it."""
