"""Tests of the provider's core."""
