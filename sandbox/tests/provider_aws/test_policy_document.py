"""Policy documents come out as the real provider writes them: programs compare and hash the text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from slipway_sandbox.provider.aws import AWS_INVOKES
from slipway_sandbox.provider.contract import ProviderFault, Session

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties
    from slipway_sandbox.world import World

TOKEN = "aws:iam/getPolicyDocument:getPolicyDocument"


@pytest.fixture
def offline(world_of_none: World) -> Session:
    """A session whose servers are never asked."""
    return Session(package="aws", account="111122223333", region="us-east-1", world=world_of_none)


def document(session: Session, **args: Any) -> Properties:
    """The answer of the data source."""
    return AWS_INVOKES[TOKEN](session, args)


def statements(session: Session, **args: Any) -> list[Any]:
    """The statements of the answer."""
    parsed = json.loads(document(session, **args)["json"])
    found = parsed["Statement"]
    assert isinstance(found, list)
    return found


def test_a_document_is_laid_out_as_the_real_provider_lays_it_out(offline: Session) -> None:
    """One value is no list, more are in descending order; fields stand in the grammar's order."""
    answer = document(
        offline,
        statements=[
            {
                "sid": "Read",
                "actions": ["s3:GetObject", "s3:ListBucket"],
                "resources": ["arn:aws:s3:::a/*"],
                "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
                "conditions": [{"test": "StringEquals", "variable": "aws:user", "values": ["b", "a"]}],
            }
        ],
    )
    assert answer["json"] == (
        "{\n"
        '  "Version": "2012-10-17",\n'
        '  "Statement": [\n'
        "    {\n"
        '      "Sid": "Read",\n'
        '      "Effect": "Allow",\n'
        '      "Action": [\n'
        '        "s3:ListBucket",\n'
        '        "s3:GetObject"\n'
        "      ],\n"
        '      "Resource": "arn:aws:s3:::a/*",\n'
        '      "Principal": {\n'
        '        "Service": "ec2.amazonaws.com"\n'
        "      },\n"
        '      "Condition": {\n'
        '        "StringEquals": {\n'
        '          "aws:user": [\n'
        '            "b",\n'
        '            "a"\n'
        "          ]\n"
        "        }\n"
        "      }\n"
        "    }\n"
        "  ]\n"
        "}"
    )
    assert answer["minifiedJson"].startswith(
        '{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow"'
    )
    assert answer["id"].isdigit()


@pytest.mark.parametrize(
    ("principals", "written"),
    [
        ([{"type": "*", "identifiers": ["*"]}], "*"),
        ([{"type": "AWS", "identifiers": ["*"]}], {"AWS": "*"}),
        ([{"type": "AWS", "identifiers": ["a", "b"]}], {"AWS": ["b", "a"]}),
        (
            [{"type": "AWS", "identifiers": ["a"]}, {"type": "AWS", "identifiers": ["b"]}],
            {"AWS": ["a", "b"]},
        ),
    ],
)
def test_principals_have_their_three_forms(offline: Session, principals: list[Any], written: Any) -> None:
    """Everybody is "*", one identifier is a text, more are a list."""
    assert statements(offline, statements=[{"principals": principals}])[0]["Principal"] == written


def test_variables_and_go_escapes(offline: Session) -> None:
    """`&{` is IAM's own `${`; Go writes <, > and & of texts as escapes, which parse back to the same."""
    answer = document(offline, statements=[{"resources": ["arn:aws:s3:::&{aws:username}/<a>"]}])
    assert "${aws:username}/\\u003ca\\u003e" in answer["json"]
    assert json.loads(answer["json"])["Statement"][0]["Resource"] == "arn:aws:s3:::${aws:username}/<a>"


def test_documents_merge_by_sid(offline: Session) -> None:
    """Sources come first, own statements replace those of their Sid, overrides replace both."""
    source = json.dumps({"Statement": [{"Sid": "A", "Effect": "Allow", "Action": ["x:1"]}]})
    override = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "B", "Effect": "Deny"}]})
    found = statements(
        offline,
        sourcePolicyDocuments=[source],
        statements=[{"sid": "B", "actions": ["y:1"]}, {"actions": ["z:1"]}],
        overridePolicyDocuments=[override],
    )
    assert found == [
        {"Sid": "A", "Effect": "Allow", "Action": ["x:1"]},
        {"Sid": "B", "Effect": "Deny"},
        {"Effect": "Allow", "Action": "z:1"},
    ]


def test_a_duplicate_sid_is_refused_by_name(offline: Session) -> None:
    """As the real provider refuses it."""
    with pytest.raises(ProviderFault, match=r"duplicate Sid \(A\) in statements"):
        document(offline, statements=[{"sid": "A"}, {"sid": "A"}])


def test_a_source_that_is_no_document_is_refused(offline: Session) -> None:
    """The message says which kind of document."""
    with pytest.raises(ProviderFault, match="a source document is not JSON"):
        document(offline, sourcePolicyDocuments=["{"])
