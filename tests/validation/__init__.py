"""Proves that the real AWS provider accepts what the stacks declare: `python -m tests.validation`."""
