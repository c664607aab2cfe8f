"""Workspaces of a chosen size: the example, grown by generated pipelines that lint, import and parse too.

The same size and seed give the same bytes, and a larger workspace contains a smaller one of the same seed.
"""
