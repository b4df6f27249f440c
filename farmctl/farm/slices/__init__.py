"""Slicing and looking at models because somebody asks, with the farm's pins and profiles."""
