"""Large tables that are the same on every machine: numbers made of digits, on the server."""

from typing import Final

DIGITS: Final = (
    "CREATE TABLE digits (d INT)",
    f"INSERT INTO digits VALUES {', '.join(f'({digit})' for digit in range(10))}",
)
"""Statements that make the table which `numbers` reads, in the session's schema."""


def numbers(rows: int) -> str:
    """A query of the numbers from 0, as column N: every combination of digits.

    Args:
        rows: how many, a power of ten.
    """
    places = len(str(rows)) - 1
    number = " + ".join(f"{10**place} * d{place}.d" for place in range(places))
    digits = " CROSS JOIN ".join(f"digits d{place}" for place in range(places))
    return f"SELECT {number} AS n FROM {digits}"
