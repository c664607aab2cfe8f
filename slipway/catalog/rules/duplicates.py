"""The one shape of every rule against a name or value that may stand only once."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from slipway.catalog.findings import Finding, Loc, RuleId
from slipway.catalog.tree import Tree

KeyT = TypeVar("KeyT")
Occurrence = tuple[KeyT, Tree, Loc]
"""What stands there, in which file, in which field."""


def later_occurrences(occurrences: Iterable[Occurrence[KeyT]]) -> Iterator[tuple[Occurrence[KeyT], str]]:
    """Find what stands a second time.

    Args:
        occurrences: in the order in which the first is the right one.

    Yields:
        Each later occurrence with the place of the first, as ``file:line``.
    """
    first: dict[KeyT, str] = {}
    for occurrence in occurrences:
        key, tree, loc = occurrence
        if key in first:
            yield occurrence, first[key]
        else:
            first[key] = f"{tree.path}:{tree.values[loc][0]}"


def once(
    rule: RuleId, occurrences: Iterable[Occurrence[KeyT]], say: Callable[[KeyT], tuple[str, str]]
) -> Iterator[Finding]:
    """Report what stands a second time.

    Args:
        rule: the rule.
        occurrences: in the order in which the first is the right one.
        say: from the repeated value to the message, before "; first in FILE:LINE", and the remedy.

    Yields:
        A finding at each later occurrence.
    """
    for (key, tree, loc), first in later_occurrences(occurrences):
        message, remedy = say(key)
        yield tree.finding(rule, loc, f"{message}; first in {first}", remedy)
