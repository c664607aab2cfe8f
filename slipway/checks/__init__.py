"""Checks of a change: what changed, what that can touch, which checks it needs, and what they find."""
