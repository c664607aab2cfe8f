"""How a benchmark tells how far it is: on stderr, so that stdout is the tables alone."""

import sys


def say(message: str) -> None:
    """Write a line."""
    print(message, file=sys.stderr, flush=True)
