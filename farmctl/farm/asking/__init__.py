"""What people ask about the farm: how it is, why, since when, and of what it was made."""
