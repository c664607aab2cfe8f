"""The evidence bucket's rule on approvals, judged by an evaluator of IAM's grammar."""

import json

from hypothesis import given
from hypothesis import strategies as st

from components import iam
from components.private_bucket import bucket_policy
from tests.doubles.iam_evaluator import Answer, Request, judge

BUCKET = "arn:aws:s3:::finedge-shared-evidence-111122223333"
APPROVE = "arn:aws:iam::111122223333:role/slipway-shared-approve"
ANA, BEN = "AROAAPPROVE:ana", "AROAAPPROVE:ben"
_SEGMENT = st.text("abcDEF019:.-", min_size=1, max_size=8)


def _refuses(key: str, user_id: str, action: str = "s3:PutObject", role: str = APPROVE) -> bool:
    """Whether a statement of the policy denies an action of a principal on an object."""
    policy = json.loads(bucket_policy(BUCKET, [], [iam.own_approvals_only, iam.approvals_by(APPROVE)]))
    over_tls = {"aws:SecureTransport": "true", "aws:userid": user_id, "aws:PrincipalArn": role}
    request = Request(
        action=action,
        resource=f"{BUCKET}/{key}",
        principal=("AWS", "arn:aws:iam::1:user/x"),
        context=over_tls,
    )
    return judge(policy["Statement"], request) is Answer.DENIED


def test_everybody_approves_below_their_own_id() -> None:
    """Ana's session has Ana's folder, Ben's has Ben's."""
    assert not _refuses(f"approvals/r/prod/{ANA}/a.json", ANA)
    assert not _refuses(f"approvals/r/prod/{BEN}/a.json", BEN)
    assert _refuses(f"approvals/r/prod/{BEN}/a.json", ANA)
    assert _refuses(f"approvals/r/prod/{ANA}/a.json", BEN)


@given(st.tuples(_SEGMENT, _SEGMENT, _SEGMENT, _SEGMENT))
def test_an_approval_in_its_depth_is_below_its_writers_id(segments: tuple[str, ...]) -> None:
    """At exactly `approvals/<release>/<environment>/<user id>/<name>`, which is all that is read."""
    key = "/".join(("approvals", *segments))
    assert _refuses(key, ANA) == (segments[2] != ANA)


def test_at_another_depth_the_rule_says_nothing() -> None:
    """`*` matches slashes: that is why readers insist on the depth."""
    assert not _refuses(f"approvals/r/prod/{BEN}/{ANA}/a.json", ANA)


@given(st.lists(_SEGMENT, min_size=1, max_size=3))
def test_the_other_records_are_not_its_business_and_nothing_else_is_written(path: list[str]) -> None:
    """Evidence, effects, ledger and checkpoints are guarded by IAM and Object Lock."""
    for folder in ("evidence", "effects", "ledger", "checkpoints"):
        assert not _refuses("/".join([folder, *path]), ANA)
    assert _refuses("/".join(["elsewhere", *path]), ANA)


@given(st.sampled_from(["role/OrganizationAccountAccessRole", "user/ben", "role/slipway-shared-approve2"]))
def test_no_other_principal_writes_an_approval(other: str) -> None:
    """In any other role Ana could call her session `ben`; what else it writes is not this rule's business."""
    principal = f"arn:aws:iam::111122223333:{other}"
    assert _refuses(f"approvals/r/prod/{BEN}/a.json", BEN, role=principal)
    assert not _refuses("evidence/a.json", BEN, role=principal)
    assert not _refuses(f"approvals/r/prod/{BEN}/a.json", BEN, "s3:GetObject", role=principal)


def test_reading_is_not_its_business() -> None:
    """An auditor reads everybody's approvals."""
    assert not _refuses(f"approvals/r/prod/{BEN}/a.json", ANA, "s3:GetObject")
