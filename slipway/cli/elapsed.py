"""How long something takes, for people."""

from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3600
_EXACT_BELOW: Final = 10


def elapsed(seconds: float) -> str:
    """Write a time: `0.4 s`, `12 s`, `1 min 34 s`, `2 h 5 min`.

    Args:
        seconds: not negative.
    """
    if seconds < _EXACT_BELOW:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
