"""Policy documents are values; they are compared with what IAM's grammar says."""

import json

from hypothesis import given
from hypothesis import strategies as st

from components import iam

_ACTIONS = st.lists(st.from_regex(r"[a-z0-9]{2,8}:[A-Z][A-Za-z]{2,12}", fullmatch=True), min_size=1)


def test_a_statement_leaves_out_what_is_empty() -> None:
    """IAM refuses a Principal in an identity policy, even an empty one."""
    text = iam.document([iam.Statement(sid="Read", actions=["s3:GetObject"], resources=["arn:aws:s3:::b/*"])])
    assert json.loads(text) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:s3:::b/*"],
            }
        ],
    }


@given(actions=_ACTIONS)
def test_the_same_statements_give_the_same_text(actions: list[str]) -> None:
    """A policy that changes its text by itself shows up as a diff in every preview."""
    statement = iam.Statement(sid="Any", actions=actions, resources=["*"])
    assert iam.document([statement]) == iam.document([statement])


def test_trust_names_services_and_roles_apart() -> None:
    """A role ARN under `Service` would be refused by AWS, a service under `AWS` would trust an account."""
    policy = json.loads(iam.trust(services=["a.amazonaws.com"], roles=["arn:aws:iam::1:role/r"]))
    assert policy["Statement"][0]["Principal"] == {
        "Service": ["a.amazonaws.com"],
        "AWS": ["arn:aws:iam::1:role/r"],
    }


def test_tls_only_denies_the_bucket_and_its_objects() -> None:
    """Leaving out either ARN leaves half of the API open to plain HTTP."""
    statement = json.loads(iam.tls_only("arn:aws:s3:::evidence"))["Statement"][0]
    assert statement["Effect"] == "Deny"
    assert statement["Resource"] == ["arn:aws:s3:::evidence", "arn:aws:s3:::evidence/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_key_policy_leaves_the_decision_to_one_account() -> None:
    """A key policy without its own account locks everyone out for ever."""
    statement = json.loads(iam.key_policy("222233334444"))["Statement"][0]
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::222233334444:root"]}
