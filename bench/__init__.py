"""Figures of the docs, each measured beside its yardstick in one run."""
