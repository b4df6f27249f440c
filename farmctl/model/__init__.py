"""What a farm is made of: documents, facts, ids, units, codes. No behaviour beyond properties."""
