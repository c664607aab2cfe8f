"""Ledger postings: hourly debits and credits by account and currency. Stateful: deduplicated, windowed, watermarked."""
