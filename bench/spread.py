"""How a figure that was taken several times is written."""

from collections.abc import Sequence
from statistics import median


def spread(values: Sequence[float], digits: int) -> str:
    """Write median (lowest to highest).

    Args:
        values: at least one.
        digits: behind the point.
    """
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"
