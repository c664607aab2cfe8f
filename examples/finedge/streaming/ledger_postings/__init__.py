"""Ledger postings: hourly totals by account and currency. Stateful: windowed, with a watermark."""
