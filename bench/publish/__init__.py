"""What publishing by write-audit-publish costs, beside rebuilding the tables in place."""
