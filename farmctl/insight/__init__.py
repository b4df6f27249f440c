"""The ledger as tables for people's questions: DuckDB, made from the journal, never read back."""
