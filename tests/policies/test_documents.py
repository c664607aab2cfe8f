"""Policy documents: however one is written, rules see the same statements."""

import json
from typing import Any

import pytest

from policies.rules.documents import (
    allowed,
    arn_parts,
    begins_wild,
    is_every_resource,
    is_fixed,
    is_wild,
    statements,
)


def _one(**statement: Any) -> Any:
    (read,) = statements(json.dumps({"Statement": [{"Effect": "Allow", **statement}]}))
    return read


@pytest.mark.parametrize("document", [None, "", {}, "{}", '{"Statement": []}'])
def test_no_statements(document: Any) -> None:
    """What is not there allows nothing."""
    assert statements(document) == ()


def test_writings_of_one_document() -> None:
    """One statement or a list, a word or a list, text with any spaces, or no text at all."""
    one = {"Effect": "Allow", "Action": "S3:getObject", "Resource": "*", "Principal": "*"}
    many = {
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Resource": ["*"],
        "Principal": {"AWS": ["*"]},
        "Sid": "",
    }
    documents: list[Any] = [
        {"Statement": one},
        json.dumps({"Statement": many}, indent=4),
        {"Statement": (many,)},
    ]
    read = [statements(each) for each in documents]
    assert read[0] == read[1] == read[2]
    assert read[0][0].actions == ("s3:getobject",)


def test_no_json_is_refused() -> None:
    """A document that cannot be read is no document that allows nothing."""
    with pytest.raises(ValueError, match="Expecting"):
        statements("{")


def test_only_what_allows() -> None:
    """A refusal grants nothing, and neither does a word that IAM does not know."""
    document = {
        "Statement": [{"Sid": effect, "Effect": effect, "Action": "*"} for effect in ("Allow", "Deny", "x")]
    }
    assert [each.sid for each in allowed(document)] == ["Allow"]
    assert [each.sid for each in statements(document)] == ["Allow", "Deny", "x"]


def test_what_is_not() -> None:
    """The elements that speak of everything else are kept apart."""
    read = _one(NotAction="IAM:*", NotResource="arn:aws:s3:::a", NotPrincipal={"AWS": "arn:aws:iam::1:root"})
    assert read.other_actions == ("iam:*",)
    assert read.other_resources == ("arn:aws:s3:::a",)
    assert read.other_principals == (("AWS", "arn:aws:iam::1:root"),)
    assert (read.actions, read.resources, read.principals) == ((), (), ())


@pytest.mark.parametrize(
    ("statement", "everybody"),
    [
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": ["arn:aws:iam::1:root", "*"]}}, True),
        ({"Principal": {"Federated": "*"}}, True),
        ({"NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, False),
        ({"Principal": {"Service": "events.amazonaws.com"}}, False),
        ({}, False),
    ],
)
def test_everybody(statement: dict[str, Any], *, everybody: bool) -> None:
    """Everybody has several writings; who is not named is everybody too."""
    assert _one(**statement).is_for_everybody is everybody


@pytest.mark.parametrize(
    ("statement", "speaks"),
    [
        ({"Action": "iam:PassRole"}, True),
        ({"Action": ["s3:*", "IAM:Pass*"]}, True),
        ({"Action": "iam:P?ssRole"}, True),
        ({"Action": "*"}, True),
        ({"Action": "iam:PassRoles"}, False),
        ({"Action": "s3:*"}, False),
        ({"NotAction": "s3:*"}, True),
        ({"NotAction": ["s3:*", "iam:*"]}, False),
        ({}, False),
    ],
)
def test_what_a_statement_speaks_of(statement: dict[str, Any], *, speaks: bool) -> None:
    """Patterns match in any case; all but some is all that is not among them."""
    assert _one(**statement).speaks_of("iam:passrole") is speaks


@pytest.mark.parametrize(
    ("operator", "demanding"),
    [
        ("StringEquals", True),
        ("stringequals", True),
        ("StringEqualsIgnoreCase", True),
        ("StringLike", True),
        ("ArnEquals", True),
        ("ArnLike", True),
        ("ForAnyValue:StringLike", True),
        ("ForAllValues:StringLike", False),
        ("StringEqualsIfExists", False),
        ("StringNotEquals", False),
        ("ArnNotLike", False),
        ("Null", False),
        ("Bool", False),
    ],
)
def test_operators_that_demand_a_key(operator: str, *, demanding: bool) -> None:
    """The others let a request pass that has no such key, or any value but one."""
    (condition,) = _one(Condition={operator: {"aws:SourceArn": "x"}}).conditions
    assert condition.is_demanding is demanding


def test_conditions_are_read_flat() -> None:
    """One entry a key, the key in small letters, the values as they are; JSON's own types are text."""
    read = _one(Condition={"Bool": {"aws:A": True}, "StringLike": {"aws:B": ["X", "y"], "aws:C": "Z"}})
    assert [(each.key, each.values) for each in read.conditions] == [
        ("aws:a", ("True",)),
        ("aws:b", ("X", "y")),
        ("aws:c", ("Z",)),
    ]


@pytest.mark.parametrize(("pattern", "wild"), [("*", True), ("?*", True), ("a*", False), ("*a", False)])
def test_nothing_but_wildcards(pattern: str, *, wild: bool) -> None:
    """A pattern with one letter is already about less than everything."""
    assert is_wild(pattern) is wild


@pytest.mark.parametrize(
    ("pattern", "wild"), [("*a", True), ("?a", True), ("", True), ("a*", False), ("a", False)]
)
def test_beginnings(pattern: str, *, wild: bool) -> None:
    """What begins with a wildcard, or with nothing, fixes nothing."""
    assert begins_wild(pattern) is wild


@pytest.mark.parametrize(("pattern", "fixed"), [("a", True), ("a*", False), ("?a", False), ("", False)])
def test_values(pattern: str, *, fixed: bool) -> None:
    """A value is a pattern that matches itself alone."""
    assert is_fixed(pattern) is fixed


@pytest.mark.parametrize(
    ("arn", "parts"),
    [
        ("arn:aws:iam::1:role/a:b", ("1", "role/a:b")),
        ("arn:aws:s3:::a", ("", "a")),
        ("arn:aws:iam::1", None),
        ("urn:aws:iam::1:role/a", None),
        ("*", None),
    ],
)
def test_parts_of_arns(arn: str, parts: tuple[str, str] | None) -> None:
    """A resource may have colons of its own; a pattern too short for an ARN is none."""
    assert arn_parts(arn) == parts


@pytest.mark.parametrize(
    ("resource", "every"),
    [
        ("*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:dynamodb:*:*:*", True),
        ("arn:aws:dynamodb:us-east-1:1:*", False),
        ("arn:aws:s3:::finedge-*", False),
        ("arn:aws:dynamodb:*:*:table/*", False),
        ("finedge", False),
    ],
)
def test_every_resource(resource: str, *, every: bool) -> None:
    """All buckets are as much as everything, where a statement speaks of S3 alone."""
    assert is_every_resource(resource) is every
