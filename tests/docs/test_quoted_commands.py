"""A document that quotes a command is right about its words: the verb exists and so does every option."""

import re
import subprocess
from functools import cache

import pytest

from slipway.cli.reference import pages
from tests.docs.quoted_commands import CHECKOUT, QuotedCommand, quoted_commands

_PULUMI_WORDS = 3


def _told(quoted: QuotedCommand) -> str:
    return f"{quoted.document}: {' '.join(quoted.words)}"


def test_the_documents_quote_commands() -> None:
    """The tests below would pass on documents in which nothing is found."""
    readme = {quoted.words[:3] for quoted in quoted_commands("slipway") if quoted.document == "README.md"}
    assert {
        ("slipway", "sandbox", "up"),
        ("slipway", "sandbox", "env"),
        ("slipway", "catalog", "lint"),
    } <= readme
    assert ("make", "demo") in {quoted.words for quoted in quoted_commands("make")}


def test_every_verb_of_make() -> None:
    """`make` alone lists them, and so does this."""
    verbs = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for quoted in quoted_commands("make"):
        wrong = [word for word in quoted.words[1:] if "=" not in word and word not in verbs]
        assert not wrong, _told(quoted)


def test_every_command_and_option_of_slipway() -> None:
    """The words are a heading of docs/reference/cli.md and the options stand below it."""
    sections = dict(
        re.findall(r"^#+ (slipway[ a-z]*)\n\n```text\n(.*?)^```", pages()["cli.md"], re.MULTILINE | re.DOTALL)
    )
    for quoted in quoted_commands("slipway"):
        names = [" ".join(quoted.words[:length]) for length in range(len(quoted.words), 0, -1)]
        name = next(name for name in names if name in sections)
        is_group = any(other.startswith(f"{name} ") for other in sections)
        following = " ".join(quoted.words).removeprefix(name).split(maxsplit=1)[:1]
        assert not (is_group and re.fullmatch(r"[a-z]+", "".join(following))), _told(quoted)
        wrong = [option for option in quoted.options if not _is_explained(option, sections[name])]
        assert not wrong, _told(quoted)


@pytest.mark.integration
def test_every_command_and_option_of_pulumi() -> None:
    """The Pulumi CLI that `make setup` places explains each of them."""
    for quoted in quoted_commands("pulumi"):
        words = [word for word in quoted.words[1:_PULUMI_WORDS] if re.fullmatch(r"[a-z]+", word)]
        explained = _pulumi_help(*words)
        assert explained, _told(quoted)
        wrong = [option for option in quoted.options if not _is_explained(option, explained)]
        assert not wrong, _told(quoted)


@cache
def _pulumi_help(*words: str) -> str:
    """What the CLI says of a command; nothing where it falls back to that of the command above."""
    ended = subprocess.run(["pulumi", *words, "--help"], capture_output=True, text=True, check=False)
    names = re.findall(r"help for (\S+)", ended.stdout)
    names += re.findall(r"^Aliases:\n  (.*)$", ended.stdout, re.MULTILINE)
    return ended.stdout if ["pulumi", *words][-1] in ", ".join(names).split(", ") else ""


def _is_explained(option: str, text: str) -> bool:
    return re.search(rf"(?<![-\w]){option}(?![-\w])", text) is not None
