"""Which of Pulumi's arguments an attribute of Terraform is. Pure.

The bridge's naming (pulumi-terraform-bridge, pkg/tfbridge/internal/naming): camel case, a list in the plural
unless that is taken, and renames of its own, which data/property_names.json has for the first level.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

_BEFORE_DIGITS: Final = re.compile(r"_(?=\d)")


def match_names(
    attributes: Iterable[str], arguments: Iterable[str], renamed: Mapping[str, str]
) -> Mapping[str, str]:
    """Find the argument of each attribute.

    Args:
        attributes: Terraform's words.
        arguments: Python's.
        renamed: attributes whose argument is another word.

    Returns:
        Arguments by attribute; what is only an output has none.
    """
    return _matched(tuple(attributes), tuple(arguments), tuple(renamed.items()))


@cache  # instances of a type have the same attributes
def _matched(
    attributes: tuple[str, ...], arguments: tuple[str, ...], renames: tuple[tuple[str, str], ...]
) -> Mapping[str, str]:
    by_plain = {_plain(name): name for name in arguments}
    renamed = dict(renames)
    found = {}
    for attribute in attributes:
        word = renamed.get(attribute, attribute)
        match = next((by_plain[each] for each in _spellings(_plain(word)) if each in by_plain), None)
        if match is not None:
            found[attribute] = match
    return found


def _plain(name: str) -> str:
    """Write a word without what Python's names add (`from_`) or lose (`line_1`)."""
    return _BEFORE_DIGITS.sub("", name.rstrip("_"))


def _spellings(word: str) -> Iterator[str]:
    yield word
    yield f"{word}s"
    yield f"{word}es"
    if word.endswith("y"):
        yield f"{word[:-1]}ies"
    if word.endswith("is"):
        yield f"{word[:-2]}es"
