"""The impact graph: what follows from what, across tools, and the walk that finds what a change can touch."""
