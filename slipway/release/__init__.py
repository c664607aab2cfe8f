"""A release: which artifacts it holds, where they came from, who let it in, and what may keep it out."""
