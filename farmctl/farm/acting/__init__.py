"""What `apply`, `run` and people's words do: the loop, with a farm's folder around it."""
