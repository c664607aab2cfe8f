"""The YAML that a workspace is written in, and where its fields stand."""

import pytest

from slipway.catalog.findings import Finding, RuleId
from slipway.catalog.tree import NotText, Tree, read_tree


def _tree(text: str) -> Tree:
    tree = read_tree("a.yaml", text.encode())
    assert isinstance(tree, Tree)
    return tree


def _findings(content: bytes) -> list[Finding]:
    findings = read_tree("a.yaml", content)
    assert isinstance(findings, list)
    return findings


def test_every_field_knows_its_place() -> None:
    """Lines and columns count from 1, as editors do."""
    tree = _tree("a: x\nb:\n  - {c: y, d: [1, no]}\n")
    assert tree.data == {"a": "x", "b": [{"c": "y", "d": [NotText("int", "1"), NotText("bool", "no")]}]}
    assert tree.values[("b", 0, "d", 1)] == (3, 19)
    assert tree.keys[("b", 0, "d")] == (3, 12)
    assert tree.value(("b", 0, "c")) == "y"
    assert tree.value(("b", 1, "c")) is None


def test_a_byte_order_mark_is_no_content() -> None:
    """Some editors write one."""
    assert _tree("\ufeffa: x\n").data == {"a": "x"}


NO_MAPPING = "not YAML: mapping values are not allowed in this context"
NO_TOKEN = "not YAML: found character that cannot start any token, while scanning for the next token"


@pytest.mark.parametrize(
    ("content", "rule", "place", "message"),
    [
        (b"", RuleId.EMPTY_FILE, (1, 1), "the file is empty"),
        (b"# only a comment\n", RuleId.EMPTY_FILE, (2, 1), "the file is empty"),
        (b"- a\n", RuleId.NOT_A_MAPPING, (1, 1), "the file holds a list, not fields"),
        (b"word\n", RuleId.NOT_A_MAPPING, (1, 1), "the file holds a single value, not fields"),
        (b"a: x\nb: y\na: z\n", RuleId.DUPLICATE_KEY, (3, 1), "the field is there already, on line 1"),
        (b"a: {b: x, b: y}\n", RuleId.DUPLICATE_KEY, (1, 11), "the field is there already, on line 1"),
        (b"a: &x b\n", RuleId.YAML_FEATURE, (1, 4), "the anchor &x is not used in a workspace's files"),
        (b"a: *x\n", RuleId.YAML_FEATURE, (1, 4), "the alias *x is not used in a workspace's files"),
        (b"a: !!int x\n", RuleId.YAML_FEATURE, (1, 4),
         "the tag tag:yaml.org,2002:int is not used in a workspace's files"),
        (b"a: x\n---\nb: y\n", RuleId.YAML_FEATURE, (2, 1), "a second document begins here"),
        (b"a: " + b"[" * 100_000, RuleId.YAML_FEATURE, (1, 24), "fields nest deeper than 20"),
        (b"{[a]: b}\n", RuleId.WRONG_TYPE, (1, 2), "a field's name is no word"),
        (b"a:\n\t- b\n", RuleId.YAML_SYNTAX, (2, 1),
         NO_TOKEN),
        (b"a: b: c\n", RuleId.YAML_SYNTAX, (1, 5), NO_MAPPING),
        (b"a: x\nb: \x07\n", RuleId.YAML_SYNTAX, (2, 4), "not YAML: the control character 0x07"),
        (b"a: x\nb: \xff\n", RuleId.ENCODING, (2, 4), "the file is not UTF-8: byte 0xff"),
        ("a: x\n".encode("utf-16"), RuleId.ENCODING, (1, 1), "the file is UTF-16"),
    ],
)  # fmt: skip
def test_what_is_not_the_subset_is_one_finding(
    content: bytes, rule: RuleId, place: tuple[int, int], message: str
) -> None:
    """A file made to hurt (a hundred thousand brackets, an object tag) is a finding like any other."""
    (finding,) = _findings(content)
    assert (finding.rule, (finding.line, finding.column), finding.message) == (rule, place, message)
    assert finding.remedy


def test_every_alias_and_duplicate_is_reported() -> None:
    """All findings of a file, not the first."""
    assert [finding.line for finding in _findings(b"a: &x 1\nb: *x\na: 2\nc: *x\n")] == [1, 2, 3, 4]


def test_a_finding_stays_on_one_line() -> None:
    """A field's name may hold a line break; a finding may not."""
    (finding,) = _findings(b'"a\\nb": {c: 1, c: 2}\n')
    assert str(finding).splitlines()[0].startswith("a.yaml:1:16: 'a\\nb'.c: the field is there already")


def test_a_huge_value_is_not_repeated_in_full() -> None:
    """A finding is for reading."""
    (finding,) = _findings(b"a: b: " + b"x" * 5_000)
    assert len(str(finding)) < 2_000
    huge = Tree("a.yaml", {}, {(): (1, 1)}, {}).finding(RuleId.WRONG_VALUE, (), "\x1b[31m" + "x" * 5_000, "y")
    assert huge.message.startswith("\\x1b[31mxxx")
    assert huge.message.endswith("xxx...")
