"""Slipway: one way to ship data pipelines."""
