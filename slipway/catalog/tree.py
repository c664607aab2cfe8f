"""One YAML file as plain data whose every field knows its line and column.

Owns the YAML subset that a workspace is written in: one UTF-8 document, a mapping at the top, no duplicate
key, and nothing that makes one line mean text of another (anchors, aliases, tags). What the fields mean is
`slipway.catalog.documents`' business.

It reads PyYAML's events and not its nodes: libyaml composes nodes recursively in C, and a file of a hundred
thousand opening brackets ends the process there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.resolver import Resolver

from slipway.catalog.findings import Finding, Loc, RuleId, field_path

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast
_STRING: Final = "tag:yaml.org,2002:str"
_NULL: Final = "tag:yaml.org,2002:null"
_DEPTH: Final = 20  # a workspace's files nest four deep

Place = tuple[int, int]
"""Line and column, counted from 1."""


@dataclass(frozen=True, slots=True)
class NotText:
    """A scalar that YAML 1.1 does not read as text: ``no``, ``1200``, ``2026-01-01``. No field is one.

    Attributes:
        kind: what YAML reads, such as ``int``.
        text: what is written.
    """

    kind: str
    text: str


@dataclass(frozen=True)
class Tree:
    """A file that holds a mapping.

    Attributes:
        path: the file, relative to the workspace's root.
        data: dicts, lists, strings, None and `NotText`.
        values: where each field's value begins.
        keys: where each field's name begins.
    """

    path: str
    data: dict[str, Any] = field(repr=False)
    values: Mapping[Loc, Place] = field(repr=False)
    keys: Mapping[Loc, Place] = field(repr=False)

    def value(self, loc: Loc) -> Any:
        """Read a field.

        Args:
            loc: the field.

        Returns:
            Its plain data; None when it is absent.
        """
        if loc not in self.values:
            return None
        found: Any = self.data
        for step in loc:
            found = found[step]
        return found

    def finding(self, rule: RuleId, loc: Loc, message: str, remedy: str) -> Finding:
        """Say that something is wrong with a field's value, or that the field is missing.

        Args:
            rule: the check.
            loc: the field; one that does not exist is placed at the nearest above it that does.
            message: what is wrong.
            remedy: what to write instead.

        Returns:
            The finding, placed.
        """
        near = next(loc[:depth] for depth in range(len(loc), -1, -1) if loc[:depth] in self.values)
        return Finding(self.path, *self.values[near], rule, field_path(loc), message, remedy)

    def key_finding(self, rule: RuleId, loc: Loc, message: str, remedy: str) -> Finding:
        """Say that a field's name is wrong.

        Args:
            rule: the check.
            loc: the field, which exists.
            message: what is wrong.
            remedy: what to write instead.

        Returns:
            The finding, placed.
        """
        return Finding(self.path, *self.keys[loc], rule, field_path(loc), message, remedy)


def read_tree(path: str, content: bytes) -> Tree | list[Finding]:
    """Read a file.

    Args:
        path: the file, relative to the workspace's root, for findings.
        content: its bytes.

    Returns:
        The tree, or everything that keeps it from being one.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [_encoding_finding(path, content, error)]
    composer = _Composer(path, text)
    try:
        data = composer.compose()
    except _GiveUpError:
        return composer.findings
    except yaml.MarkedYAMLError as error:
        return [*composer.findings, _syntax_finding(path, error)]
    except yaml.reader.ReaderError as error:  # a character that YAML forbids; it has an offset and no mark
        message = f"not YAML: the control character 0x{_code(error):02x}"
        at = _place_of(text.encode()[: error.position])
        return [*composer.findings, Finding(path, *at, RuleId.YAML_SYNTAX, "", message, "remove it")]
    return composer.findings or Tree(path, data, composer.values, composer.keys)


class _GiveUpError(Exception):
    """The rest of the file would only repeat what was found."""


class _Composer:
    """Builds plain data from the events of one file and notes where each field stands."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self.values: dict[Loc, Place] = {}
        self.keys: dict[Loc, Place] = {}
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self._resolver: Any = Resolver()

    def compose(self) -> dict[str, Any]:
        """Read the document; what it does not like goes to `findings`."""
        next(self._events)  # the stream begins
        if isinstance(start := next(self._events), yaml.StreamEndEvent):
            self._find(start, (), RuleId.EMPTY_FILE, "the file is empty", "write its fields, or delete it")
            raise _GiveUpError
        top = next(self._events)
        if not isinstance(top, yaml.MappingStartEvent):
            kind = "list" if isinstance(top, yaml.SequenceStartEvent) else "single value"
            remedy = "write `field: value` lines; `slipway catalog schema` lists the fields"
            self._find(top, (), RuleId.NOT_A_MAPPING, f"the file holds a {kind}, not fields", remedy)
            raise _GiveUpError
        data: dict[str, Any] = self._node(top, ())
        next(self._events)  # the document ends
        if isinstance(more := next(self._events), yaml.DocumentStartEvent):
            remedy = "one document a file: move what follows to a file of its own"
            self._find(more, (), RuleId.YAML_FEATURE, "a second document begins here", remedy)
        return data

    def _node(self, event: Any, loc: Loc) -> Any:
        self.values[loc] = _place(event)
        self._refuse_feature(event, loc)
        if len(loc) > _DEPTH:
            remedy = "no field of a workspace nests that deep"
            self._find(event, loc[:1], RuleId.YAML_FEATURE, f"fields nest deeper than {_DEPTH}", remedy)
            raise _GiveUpError
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(loc)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(loc)
        return self._scalar(event) if isinstance(event, yaml.ScalarEvent) else None

    def _mapping(self, loc: Loc) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                self._node(key, loc)
                self._find(
                    key, loc, RuleId.WRONG_TYPE, "a field's name is no word", "write a word before the ':'"
                )
                self._node(next(self._events), loc)
                continue
            at = (*loc, key.value)
            if key.value in plain:
                message = f"the field is there already, on line {self.keys[at][0]}"
                self._find(key, at, RuleId.DUPLICATE_KEY, message, "keep one of the two")
            else:
                self.keys[at] = _place(key)
            self._refuse_feature(key, at)
            plain[key.value] = self._node(next(self._events), at)
        return plain

    def _sequence(self, loc: Loc) -> list[Any]:
        plain: list[Any] = []
        while not isinstance(item := next(self._events), yaml.SequenceEndEvent):
            plain.append(self._node(item, (*loc, len(plain))))
        return plain

    def _scalar(self, event: Any) -> str | NotText | None:
        tag: str = self._resolver.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag == _STRING:
            return str(event.value)
        return None if tag == _NULL else NotText(tag.rpartition(":")[2], event.value)

    def _refuse_feature(self, event: Any, loc: Loc) -> None:
        """Refuse what makes a line's meaning stand elsewhere, where a review misses it."""
        if isinstance(event, yaml.AliasEvent):
            feature = f"the alias *{event.anchor}"
        elif event.anchor is not None:
            feature = f"the anchor &{event.anchor}"
        elif event.tag is not None:
            feature = f"the tag {event.tag}"
        else:
            return
        remedy = "write the value out where it is meant; quote a text that begins with '&', '*' or '!'"
        self._find(event, loc, RuleId.YAML_FEATURE, f"{feature} is not used in a workspace's files", remedy)

    def _find(self, event: Any, loc: Loc, rule: RuleId, message: str, remedy: str) -> None:
        self.findings.append(Finding(self.path, *_place(event), rule, field_path(loc), message, remedy))


def _place(event: Any) -> Place:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _encoding_finding(path: str, content: bytes, error: UnicodeDecodeError) -> Finding:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "the file is UTF-16"
    else:
        message = f"the file is not UTF-8: byte 0x{content[error.start]:02x}"
    at = _place_of(content[: error.start])
    return Finding(path, *at, RuleId.ENCODING, "", message, "save it as UTF-8")


def _place_of(before: bytes) -> Place:
    return before.count(b"\n") + 1, len(before) - before.rfind(b"\n")


def _code(error: yaml.reader.ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(error.character)


_SYNTAX_REMEDIES: Final = (
    ("tab character", "indent with spaces"),
    ("cannot start any token", "indent with spaces, and quote a value that begins with a special character"),
    ("mapping values are not allowed", "quote a value that holds ': ', and check the indentation"),
    ("found unexpected end of stream", "close the quotation mark"),
    ("did not find expected ',' or", "close the bracket, or put a comma between the items"),
)


def _syntax_finding(path: str, error: yaml.MarkedYAMLError) -> Finding:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    problem = ", ".join(part for part in (error.problem, error.context) if part)
    remedy = next(
        (remedy for symptom, remedy in _SYNTAX_REMEDIES if symptom in problem),
        "check indentation, quotes and brackets here and on the line above",
    )
    return Finding(path, line, column, RuleId.YAML_SYNTAX, "", f"not YAML: {problem}", remedy)
