"""What drivers of printers behind a web server have in common: calls, answer tables, pushes."""
