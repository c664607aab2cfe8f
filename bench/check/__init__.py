"""How long a typical change takes to check, beside building everything."""
