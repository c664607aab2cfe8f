"""Policy documents are values; they are compared with what IAM's grammar says."""

import json

from hypothesis import given
from hypothesis import strategies as st

from components import iam, key_policy

_ACTIONS = st.lists(st.sampled_from(["s3:GetObject", "s3:PutObject", "kms:Decrypt", "sts:*"]), min_size=1)


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


@given(
    statements=st.lists(
        st.builds(iam.Statement, sid=st.text("abc", min_size=1), actions=_ACTIONS, resources=st.just(["*"])),
        min_size=1,
    )
)
def test_a_document_holds_its_statements_in_their_order(statements: list[iam.Statement]) -> None:
    """A document that reordered or merged statements would change its text between runs."""
    parsed = json.loads(iam.document(statements))["Statement"]
    assert [(each["Sid"], each["Action"]) for each in parsed] == [
        (each.sid, each.actions) for each in statements
    ]


ACCOUNT = "222233334444"


def test_a_service_is_trusted_on_behalf_of_one_account_only() -> None:
    """Without the account the service could be made to act for somebody else (the confused deputy)."""
    assert iam.trust_services(["codebuild.amazonaws.com"], ACCOUNT).as_json() == {
        "Sid": "Services",
        "Effect": "Allow",
        "Principal": {"Service": ["codebuild.amazonaws.com"]},
        "Action": ["sts:AssumeRole"],
        "Condition": {"StringEquals": {"aws:SourceAccount": "222233334444"}},
    }


def test_a_role_is_trusted_by_condition_so_that_it_may_come_up_later() -> None:
    """AWS refuses a policy whose principal does not exist; the account with a condition always does."""
    statement = iam.trust_role(f"arn:aws:iam::{ACCOUNT}:role/slipway-dev-airflow").as_json()
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::222233334444:root"]}
    assert statement["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::222233334444:role/slipway-dev-airflow"}
    }


def test_tls_only_denies_the_bucket_and_its_objects() -> None:
    """Leaving out either ARN leaves half of the API open to plain HTTP."""
    statement = iam.tls_only("arn:aws:s3:::evidence").as_json()
    assert statement["Effect"] == "Deny"
    assert statement["Resource"] == ["arn:aws:s3:::evidence", "arn:aws:s3:::evidence/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_alarms_may_use_the_key_of_their_topic() -> None:
    """CloudWatch drops an alarm without a word when it may not encrypt with the topic's key."""
    statement = key_policy.encrypt_for_alarms(ACCOUNT).as_json()
    assert statement["Principal"] == {"Service": ["cloudwatch.amazonaws.com"]}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]


def test_the_key_of_evidence_cannot_be_deleted() -> None:
    """Evidence under a lock of seven years is worth nothing once its key is gone."""
    statement = key_policy.keep_key().as_json()
    assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": ["*"]})
    assert statement["Action"] == ["kms:DisableKey", "kms:ScheduleKeyDeletion"]
