"""The CODEOWNERS file: which line speaks of which path. Pure.

Source: docs.github.com "About code owners". As there, the last line that matches a path counts alone, a line
without owners takes ownership away, and neither `!` nor `[ ]` has a meaning. An address as an owner is
nobody here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the file may be; the first that exists is used."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A pattern and who owns what it matches: ``@login``, ``@organization/team`` or an address."""

    pattern: str
    owners: tuple[str, ...]


def parse(text: str) -> tuple[Line, ...]:
    """The lines of a file; comments and blank lines left out."""
    fields = [line.partition("#")[0].split() for line in text.splitlines()]
    return tuple(Line(pattern=words[0], owners=tuple(words[1:])) for words in fields if words)


def owning_lines(lines: Iterable[Line], paths: Iterable[str]) -> tuple[Line, ...]:
    """The lines that own these paths, each once."""
    newest_first = tuple(reversed(tuple(lines)))
    found = [next((line for line in newest_first if _means(line.pattern, path)), None) for path in paths]
    return tuple(dict.fromkeys(line for line in found if line is not None and line.owners))


def _means(pattern: str, path: str) -> bool:
    return _expression(pattern).fullmatch(path) is not None


@lru_cache(maxsize=1024)
def _expression(pattern: str) -> re.Pattern[str]:
    """As in .gitignore: a slash before the end anchors, a name alone is meant in any folder."""
    body = pattern.strip("/")
    anchored = "/" in pattern.rstrip("/")
    pieces = re.findall(r"/\*\*/|\*\*/|/\*\*|\*+|\?|.", body, re.DOTALL)
    inside = "".join(_FRAGMENTS.get(piece, _plain(piece)) for piece in pieces)
    below = {"/": "/.+", "*": "" if pattern.endswith("/*") else _BELOW}.get(pattern[-1], _BELOW)
    return re.compile(("" if anchored else "(?:.*/)?") + inside + below, re.DOTALL)


_BELOW = "(?:/.+)?"
_FRAGMENTS = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "/**": "/.*", "?": "[^/]"}


def _plain(piece: str) -> str:
    return "[^/]*" if piece.startswith("*") else re.escape(piece)
