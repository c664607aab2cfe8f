"""Statements: one module a family, each with the reading of its words and what it does."""
