"""The same definitions as relations: whole populations assessed in DuckDB, by the same rules."""
