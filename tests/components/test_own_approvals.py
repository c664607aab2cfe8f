"""The evidence bucket's rule on approvals, judged by an evaluator of IAM's grammar."""

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components import iam
from components.private_bucket import bucket_policy

BUCKET = "arn:aws:s3:::finedge-shared-evidence-111122223333"
ANA, BEN = "AIDAANA", "AROAROLE:ben"
_SEGMENT = st.text("abcDEF019:.-", min_size=1, max_size=8)


def _refuses(key: str, user_id: str, action: str = "s3:PutObject") -> bool:
    """Whether a statement of the policy denies an action of a principal on an object."""
    policy = json.loads(bucket_policy(BUCKET, [], [iam.own_approvals_only]))
    return any(_denies(each, f"{BUCKET}/{key}", user_id, action) for each in policy["Statement"])


def _denies(statement: dict[str, Any], resource: str, user_id: str, action: str) -> bool:
    if statement["Effect"] != "Deny" or "Condition" in statement:  # over TLS, TlsOnly denies nothing
        return False
    named = any(_matches(each, resource, user_id) for each in statement.get("Resource", []))
    exempt = any(_matches(each, resource, user_id) for each in statement.get("NotResource", []))
    meant = named if "Resource" in statement else not exempt
    return meant and any(_matches(each, action, user_id) for each in statement["Action"])


def _matches(pattern: str, text: str, user_id: str) -> bool:
    """`*` and `?` are wild, a variable's value is not (IAM user guide, "Policy variables")."""
    pieces = pattern.split("${aws:userid}")
    wild = [re.escape(piece).replace(r"\*", ".*").replace(r"\?", ".") for piece in pieces]
    return re.fullmatch(re.escape(user_id).join(wild), text) is not None


def test_everybody_approves_below_their_own_id() -> None:
    """Ana's folder is Ana's, Ben's session has Ben's."""
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


def test_reading_is_not_its_business() -> None:
    """An auditor reads everybody's approvals."""
    assert not _refuses(f"approvals/r/prod/{BEN}/a.json", ANA, "s3:GetObject")
