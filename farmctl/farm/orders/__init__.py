"""From what people type to orders: filled in, read, committed, changed."""
