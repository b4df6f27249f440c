"""Pure: the one next action of each thing, from the whole present."""
