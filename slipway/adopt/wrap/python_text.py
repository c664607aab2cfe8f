"""Python's own text of values. The formatter lays it out; what it cannot break is broken here. Pure."""

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

_WIDE: Final = 72
_LINE: Final = 100
_LOOKS_SECRET: Final = re.compile(
    r"(?:^|_)(?:pas+wo?r?d|pass(?:phrase)?|pwd|token|secrete?)(?:$|_)", re.IGNORECASE
)
"""What the linter takes for the name of a secret (S106); no secret is ever written."""


def literal(value: Any) -> str:
    """Write a value."""
    match value:
        case str():
            return text(value)
        case dict():
            return mapping({text(str(key)): literal(each) for key, each in value.items()})
        case list() | tuple():
            return listing([literal(each) for each in value])
        case _:
            return repr(value)


def text(value: str) -> str:
    """Write a text; a long one in pieces, each line of it by itself."""
    if len(value) <= _WIDE and "\n" not in value[:-1]:
        return quoted(value)
    pieces = [
        line[start : start + _WIDE]
        for line in value.splitlines(keepends=True)
        for start in range(0, len(line), _WIDE)
    ]
    return f"({' '.join(map(quoted, pieces))})" if len(pieces) > 1 else quoted(value)


def quoted(value: str) -> str:
    """Write a text in double quotes, as the formatter does."""
    return json.dumps(value, ensure_ascii=False) if value.isprintable() else repr(value)


def formatted(pieces: Sequence[tuple[str, bool]]) -> str:
    """Write an f-string.

    Args:
        pieces: each a text, or (True) the expression that stands in its place.
    """
    lines = [""]
    for piece, code in pieces:
        written = f"{{{piece}}}" if code else quoted(piece)[1:-1].replace("{", "{{").replace("}", "}}")
        fits = len(lines[-1]) + len(written) <= _WIDE
        lines = [*lines[:-1], lines[-1] + written] if fits else [*lines, written]
    texts = [f'f"{line}"' if "{" in line else f'"{line}"' for line in lines if line]
    return texts[0] if len(texts) == 1 else f"({' '.join(texts)})"


def sentence(words: str) -> str:
    """Write the first line of a docstring, in several lines where it is long; the quotes are around it."""
    return "\n".join(textwrap.wrap(words, _LINE))


def mapping(items: Mapping[str, str]) -> str:
    """Write a dictionary of what is written already."""
    return f"{{{', '.join(f'{key}: {value}' for key, value in items.items())}}}"


def listing(items: Sequence[str]) -> str:
    """Write a list of what is written already."""
    return f"[{', '.join(items)}]"


def several(items: Sequence[str]) -> str:
    """Write a tuple of what is written already."""
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def call(function: str, arguments: Sequence[tuple[str, str]]) -> str:
    """Write a call; the formatter breaks it where it has to.

    Args:
        function: what is called.
        arguments: name, or none, and Python's text of each.
    """
    written = [f"{name}={value}" if name else value for name, value in arguments]
    comments = [_comment(name, value) for name, value in arguments]
    if not any(comments):
        return f"{function}({', '.join(written)})"
    lines = [f"{each},{comment}" for each, comment in zip(written, comments, strict=True)]
    return "\n".join([f"{function}(", *lines, ")"])


def _comment(name: str, value: str) -> str:
    """Say to the linter that a text is no secret though its argument's name sounds like one."""
    if _LOOKS_SECRET.search(name) and value.startswith(('"', "'")):
        return "  # noqa: S106 - it names one"
    return ""


def docstring(summary: str, attributes: Sequence[tuple[str, str]] = (), *, indent: int) -> str:
    """Write a docstring in Google's style, wrapped.

    Args:
        summary: its first line.
        attributes: name and meaning of each.
        indent: columns in front of it.
    """
    if not attributes:
        return f'"""{summary}"""'
    rows = [
        textwrap.fill(
            f"{name}: {says}",
            width=108 - indent,
            initial_indent=" " * 4,
            subsequent_indent=" " * 8,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for name, says in attributes
    ]
    lines = ["Attributes:", *"\n".join(rows).split("\n")]
    pad = " " * indent
    return "\n".join([f'"""{summary}', "", *(f"{pad}{line}" for line in lines), f'{pad}"""'])
