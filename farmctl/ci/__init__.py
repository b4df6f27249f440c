"""What a change does to prints: golden models sliced before and after it, measured, compared."""
