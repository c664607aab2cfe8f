"""The word that was probably meant. Every error about an unknown word uses this, so they all read alike."""

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word closest to a misspelt one.

    Args:
        word: what was written.
        known: the words that would have been right.

    Returns:
        The closest known word, compared without case; None when nothing is close.
    """
    return next(iter(near(word, known, most=1)), None)


def near(word: str, known: Iterable[str], *, most: int = 3) -> tuple[str, ...]:
    """Find the known words that are close to a misspelt one.

    Args:
        word: what was written.
        known: the words that would have been right.
        most: how many of them to return at most.

    Returns:
        The nearest first, compared without case; none when nothing is close.
    """
    by_folded = {candidate.casefold(): candidate for candidate in sorted(known)}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=most, cutoff=_CLOSE)
    return tuple(by_folded[each] for each in close)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say the nearest word as a remedy, or list the known words when none is near.

    Args:
        word: what was written.
        known: the words that would have been right.

    Returns:
        A sentence without its final stop, such as ``did you mean 'batch'?``.
    """
    words = sorted(str(one) for one in known)  # an enum's member shows its value, not its repr
    close = nearest(word, words)
    if close is not None:
        return f"did you mean {close!r}?"
    if not words:
        return "none is defined yet"
    shown = ", ".join(words[:_SHOWN])
    return f"use one of {shown}" + (f" or {len(words) - _SHOWN} more" if len(words) > _SHOWN else "")


_CLOSE = 0.6
_SHOWN = 8  # more than a line of names teaches nothing
