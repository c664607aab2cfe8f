"""Finds the commands that the written documents quote: in fenced blocks and between backticks."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]

_DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/guides/*.md",
    "docs/adr/*.md",
    "docs/reference/*.md",
    "examples/finedge/*.md",
)
_FENCED = re.compile(r"^```(?:bash|sh|console)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_SUBSTITUTED = re.compile(r'"\$\(([^)]*)\)"')


@dataclass(frozen=True, kw_only=True)
class QuotedCommand:
    """One command of a document.

    Attributes:
        document: its path in the checkout.
        words: the command's words, the program first.
    """

    document: str
    words: tuple[str, ...]

    @property
    def options(self) -> list[str]:
        """The options, without values: those that another program gets are not among them."""
        return [word.split("=")[0] for word in self.words if re.fullmatch(r"--?[a-z][-a-z]*(=.*)?", word)]


def quoted_commands(program: str) -> list[QuotedCommand]:
    """Find what people are told to type.

    Args:
        program: `make`, `slipway` or `pulumi`.

    Returns:
        Every command of the documents that runs it.
    """
    return [
        QuotedCommand(document=str(path.relative_to(CHECKOUT)), words=words)
        for pattern in _DOCUMENTS
        for path in sorted(CHECKOUT.glob(pattern))
        for words in _commands(path.read_text(encoding="utf-8"))
        if words[0] == program
    ]


def _commands(text: str) -> Iterator[tuple[str, ...]]:
    fenced = [line for block in _FENCED.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    for line in [*fenced, *_INLINE.findall(_FENCED.sub("", text))]:
        for command in (*_SUBSTITUTED.findall(line), line):
            words = tuple(shlex.split(command.replace("…", ""), comments=True))
            if words:
                yield words
