"""Pure: need, build plan, plate, printer; what becomes of orders."""
