"""S3 through the front: locks that hold under attack, conditional writes, presigned URLs, odd names."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from tests.aws.conftest import FOUNDING, Cloud

KEY = "evidence/1"
RACERS = 12
PEOPLE = ("ana.silva", "ben.okafor")


@pytest.fixture
def s3(cloud: Cloud) -> Any:
    """A client in the audit account."""
    return cloud.client("s3", cloud.session_in("shared"))


@pytest.fixture
def locked(s3: Any, unique: str) -> str:
    """A bucket with Object Lock on."""
    s3.create_bucket(Bucket=unique, ObjectLockEnabledForBucket=True)
    return unique


def put_locked(s3: Any, bucket: str, mode: str, days: int = 30) -> str:
    """Put an object under a retention and return its version."""
    put = s3.put_object(
        Bucket=bucket, Key=KEY, Body=b"proof", ObjectLockMode=mode, ObjectLockRetainUntilDate=in_days(days)
    )
    return str(put["VersionId"])


def in_days(days: float) -> datetime:
    """A moment so many days from now, in the precision that S3 keeps."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def retention(s3: Any, bucket: str, version: str) -> dict[str, Any]:
    """The retention of a version."""
    kept: dict[str, Any] = s3.get_object_retention(Bucket=bucket, Key=KEY, VersionId=version)["Retention"]
    return kept


def denied(operation: Callable[..., Any], **arguments: Any) -> None:
    """The operation is refused with 403 AccessDenied."""
    with pytest.raises(ClientError) as caught:
        operation(Key=KEY, **arguments)
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    "attack",
    [
        {"Mode": "COMPLIANCE", "RetainUntilDate": in_days(1)},
        {"Mode": "GOVERNANCE", "RetainUntilDate": in_days(30)},
        {"Mode": "GOVERNANCE", "RetainUntilDate": in_days(300)},
        {},
    ],
    ids=["shorter", "weaker-mode", "weaker-mode-longer", "removed"],
)
@pytest.mark.parametrize("bypass", [{}, {"BypassGovernanceRetention": True}], ids=["plain", "bypass"])
def test_compliance_retention_is_never_weakened(
    s3: Any, locked: str, attack: dict[str, Any], bypass: dict[str, bool]
) -> None:
    """Shorten, then delete: the way around a lock that moto leaves open."""
    version = put_locked(s3, locked, "COMPLIANCE")
    before = retention(s3, locked, version)
    arguments = {"Bucket": locked, "VersionId": version, **bypass}
    denied(s3.put_object_retention, Retention=attack, **arguments)
    assert retention(s3, locked, version) == before
    denied(s3.delete_object, **arguments)
    assert s3.get_object(Bucket=locked, Key=KEY, VersionId=version)["Body"].read() == b"proof"


def test_compliance_retention_can_be_extended(s3: Any, locked: str) -> None:
    """Longer is always allowed."""
    version = put_locked(s3, locked, "COMPLIANCE")
    later = in_days(60)
    s3.put_object_retention(
        Bucket=locked, Key=KEY, VersionId=version, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": later}
    )
    assert retention(s3, locked, version) == {"Mode": "COMPLIANCE", "RetainUntilDate": later}
    denied(s3.delete_object, Bucket=locked, VersionId=version)


def test_governance_is_weakened_only_with_bypass(s3: Any, locked: str) -> None:
    """The header has to be there, and to say true."""
    version = put_locked(s3, locked, "GOVERNANCE")
    shorter = {"Mode": "GOVERNANCE", "RetainUntilDate": in_days(1)}
    target = {"Bucket": locked, "VersionId": version}
    denied(s3.put_object_retention, Retention=shorter, **target)
    denied(s3.put_object_retention, Retention=shorter, BypassGovernanceRetention=False, **target)
    s3.put_object_retention(Key=KEY, Retention=shorter, BypassGovernanceRetention=True, **target)
    assert retention(s3, locked, version) == shorter


def test_governance_is_deleted_only_with_bypass(s3: Any, locked: str) -> None:
    """moto takes the header's presence for a yes, `false` included."""
    version = put_locked(s3, locked, "GOVERNANCE")
    target = {"Bucket": locked, "VersionId": version}
    denied(s3.delete_object, **target)
    denied(s3.delete_object, BypassGovernanceRetention=False, **target)
    s3.delete_object(Key=KEY, BypassGovernanceRetention=True, **target)
    with pytest.raises(ClientError, match="NoSuch"):
        s3.get_object(Key=KEY, **target)


def test_governance_can_become_compliance(s3: Any, locked: str) -> None:
    """Stricter needs no bypass, and there is no way back."""
    version = put_locked(s3, locked, "GOVERNANCE")
    stricter = {"Mode": "COMPLIANCE", "RetainUntilDate": in_days(30)}
    s3.put_object_retention(Bucket=locked, Key=KEY, VersionId=version, Retention=stricter)
    denied(s3.delete_object, Bucket=locked, VersionId=version, BypassGovernanceRetention=True)


def test_a_retention_in_the_past_is_refused(s3: Any, locked: str) -> None:
    """It would be a lock that never was."""
    past = {"Mode": "COMPLIANCE", "RetainUntilDate": in_days(-1)}
    version = s3.put_object(Bucket=locked, Key=KEY, Body=b"")["VersionId"]
    with pytest.raises(ClientError, match="must be in the future"):
        s3.put_object_retention(Bucket=locked, Key=KEY, VersionId=version, Retention=past)
    with pytest.raises(ClientError, match="must be in the future"):
        put_locked(s3, locked, "COMPLIANCE", days=-1)


def test_versioning_of_a_locked_bucket_cannot_be_suspended(s3: Any, locked: str) -> None:
    """Suspended versioning would let the next put replace the locked version."""
    with pytest.raises(ClientError, match="InvalidBucketState"):
        s3.put_bucket_versioning(Bucket=locked, VersioningConfiguration={"Status": "Suspended"})
    assert s3.get_bucket_versioning(Bucket=locked)["Status"] == "Enabled"


def test_a_locked_version_survives_overwrite_marker_and_bulk_delete(s3: Any, locked: str) -> None:
    """Every other way to lose an object, one after the other."""
    version = put_locked(s3, locked, "COMPLIANCE")
    s3.put_object(Bucket=locked, Key=KEY, Body=b"forged")
    s3.delete_object(Bucket=locked, Key=KEY)
    doomed = {"Objects": [{"Key": KEY, "VersionId": version}]}
    errors = s3.delete_objects(Bucket=locked, Delete=doomed, BypassGovernanceRetention=True)["Errors"]
    assert [error["Code"] for error in errors] == ["AccessDenied"]
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        s3.delete_bucket(Bucket=locked)
    assert s3.get_object(Bucket=locked, Key=KEY, VersionId=version)["Body"].read() == b"proof"


def test_a_legal_hold_stands_until_it_is_lifted(s3: Any, locked: str) -> None:
    """No bypass passes a legal hold."""
    version = s3.put_object(Bucket=locked, Key=KEY, Body=b"")["VersionId"]
    target = {"Bucket": locked, "VersionId": version}
    s3.put_object_legal_hold(Key=KEY, LegalHold={"Status": "ON"}, **target)
    denied(s3.delete_object, BypassGovernanceRetention=True, **target)
    s3.put_object_legal_hold(Key=KEY, LegalHold={"Status": "OFF"}, **target)
    s3.delete_object(Key=KEY, **target)
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Key=KEY, **target)
    assert "Versions" not in s3.list_object_versions(Bucket=locked)


def test_a_conditional_create_has_one_winner(cloud: Cloud, s3: Any, unique: str) -> None:
    """The head of the ledger is written this way."""
    s3.create_bucket(Bucket=unique)
    barrier = threading.Barrier(RACERS)
    clients = [cloud.client("s3", cloud.session_in("shared", f"racer-{n}")) for n in range(RACERS)]

    def attempt(client: Any) -> str:
        barrier.wait()
        try:
            client.put_object(Bucket=unique, Key="head", Body=b"x", IfNoneMatch="*")
        except ClientError as refusal:
            return str(refusal.response["Error"]["Code"])
        return "won"

    with ThreadPoolExecutor(RACERS) as pool:
        assert sorted(pool.map(attempt, clients)) == ["PreconditionFailed"] * (RACERS - 1) + ["won"]


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_is_good_for_what_it_signs(cloud: Cloud, unique: str, version: str) -> None:
    """This method, this key, this long; in both versions that boto3 writes."""
    credentials = cloud.session_in("dev")
    cloud.client("s3", credentials).create_bucket(Bucket=unique)
    cloud.client("s3", credentials).put_object(Bucket=unique, Key="a b/ü+~.txt", Body=b"content")
    s3 = cloud.client("s3", credentials, signature_version=version)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": unique, "Key": "a b/ü+~.txt"})
    assert _fetch(url) == (200, b"content")
    assert _fetch(url, method="DELETE")[0] == 403
    assert _fetch(url.replace("a%20b", "a%20c"))[0] == 403
    over = s3.generate_presigned_url(
        "get_object", Params={"Bucket": unique, "Key": "a b/ü+~.txt"}, ExpiresIn=-5
    )
    status, body = _fetch(over)
    assert (status, b"Request has expired" in body) == (403, True)


def test_a_body_that_was_changed_on_the_way_is_refused(cloud: Cloud, s3: Any, unique: str) -> None:
    """The signature covers the body's digest."""
    s3.create_bucket(Bucket=unique)
    tampering = cloud.client("s3", cloud.session_in("shared"))
    tampering.meta.events.register("before-send.s3.PutObject", _tamper)
    with pytest.raises(ClientError, match="XAmzContentSHA256Mismatch"):
        tampering.put_object(Bucket=unique, Key="k", Body=b"original")


def test_names_and_metadata_arrive_as_they_were_sent(s3: Any, unique: str) -> None:
    """Encoded slashes, plus signs, umlauts, underscores in metadata keys."""
    s3.create_bucket(Bucket=unique)
    name = "day=2026-01-31/a b+c~(ü)%2F.json"
    s3.put_object(Bucket=unique, Key=name, Body=b"{}", Metadata={"run_id": "7", "part-id": "x"})
    assert s3.head_object(Bucket=unique, Key=name)["Metadata"] == {"run_id": "7", "part-id": "x"}
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=unique)["Contents"]] == [name]


def test_a_large_object_travels_in_parts(s3: Any, unique: str, tmp_path: Any) -> None:
    """Multipart upload and ranged download."""
    s3.create_bucket(Bucket=unique)
    source = tmp_path / "large"
    source.write_bytes(bytes(range(256)) * 4096 * 10)
    s3.upload_file(str(source), unique, "large")
    assert s3.head_object(Bucket=unique, Key="large")["ContentLength"] == source.stat().st_size
    target = tmp_path / "back"
    s3.download_file(unique, "large", str(target))
    assert target.read_bytes() == source.read_bytes()


def test_an_unsupported_operation_is_an_aws_error(cloud: Cloud) -> None:
    """Never a page of HTML, never a bare 500 that is retried for half a minute."""
    grafana = cloud.client("grafana", cloud.session_in("dev"))
    with pytest.raises(ClientError) as caught:
        grafana.list_workspaces()
    assert caught.value.response["Error"]["Code"] == "NotImplemented"
    assert "the sandbox does not support grafana" in caught.value.response["Error"]["Message"]


def _tamper(request: Any, **_: Any) -> None:
    request.body = b"tampered"


def _fetch(url: str, method: str = "GET") -> tuple[int, bytes]:
    answer = requests.request(method, url, timeout=10)
    return answer.status_code, answer.content


def test_a_default_retention_is_told_in_the_unit_it_was_given_in(s3: Any, locked: str) -> None:
    """AWS holds days or years, never both: a reader that adds them up must not find a zero of the other."""
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 7}}
    s3.put_object_lock_configuration(
        Bucket=locked, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    told = s3.get_object_lock_configuration(Bucket=locked)["ObjectLockConfiguration"]
    assert told == {"ObjectLockEnabled": "Enabled", "Rule": rule}


def _policy(bucket: str, condition: dict[str, dict[str, str]]) -> str:
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": ["*"]},
        "Action": ["s3:*"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": condition,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_bucket_that_demands_tls_is_open(s3: Any, unique: str) -> None:
    """The platform's own buckets all do: a condition that does not hold refuses nobody."""
    s3.create_bucket(Bucket=unique)
    s3.put_bucket_policy(Bucket=unique, Policy=_policy(unique, {"Bool": {"aws:SecureTransport": "false"}}))
    s3.put_object(Bucket=unique, Key=KEY, Body=b"proof")
    assert s3.get_object(Bucket=unique, Key=KEY)["Body"].read() == b"proof"


def test_a_bucket_that_refuses_tls_is_closed(s3: Any, unique: str) -> None:
    """The same statement the other way round holds, and refuses everybody."""
    s3.create_bucket(Bucket=unique)
    s3.put_bucket_policy(Bucket=unique, Policy=_policy(unique, {"Bool": {"aws:SecureTransport": "true"}}))
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=unique, Key=KEY, Body=b"proof")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_condition_that_is_not_evaluated_is_named(s3: Any, unique: str) -> None:
    """Neither letting through nor refusing would be right."""
    s3.create_bucket(Bucket=unique)
    s3.put_bucket_policy(Bucket=unique, Policy=_policy(unique, {"StringEquals": {"aws:SourceVpc": "vpc-1"}}))
    with pytest.raises(ClientError, match="does not evaluate the condition StringEquals aws:SourceVpc"):
        s3.put_object(Bucket=unique, Key=KEY, Body=b"proof")


@pytest.fixture
def own_folders(s3: Any, unique: str) -> str:
    """A bucket in whose approvals everybody has a folder of their own."""
    arn = f"arn:aws:s3:::{unique}"
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": ["*"]},
        "Action": ["s3:PutObject"],
        "NotResource": [f"{arn}/approvals/*/${{aws:userid}}/*", f"{arn}/evidence/*"],
    }
    s3.create_bucket(Bucket=unique)
    s3.put_bucket_policy(
        Bucket=unique, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    return unique


def test_a_policy_variable_stands_for_who_asks(cloud: Cloud, own_folders: str) -> None:
    """Ana writes below her own user id and not below Ben's; what is exempt is open, the rest is closed."""
    ana, ben = (cloud.client("sts", cloud.person(id_)).get_caller_identity()["UserId"] for id_ in PEOPLE)
    writes = cloud.client("s3", cloud.person("ana.silva"))
    for key in (f"approvals/r/{ana}/a", "evidence/e"):
        writes.put_object(Bucket=own_folders, Key=key, Body=b"x")
        assert writes.get_object(Bucket=own_folders, Key=key)["Body"].read() == b"x"
    for key in (f"approvals/r/{ben}/a", "approvals/a", "other/o"):
        with pytest.raises(ClientError) as caught:
            writes.put_object(Bucket=own_folders, Key=key, Body=b"x")
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_bucket_may_ask_which_role_writes(cloud: Cloud, s3: Any, unique: str) -> None:
    """`aws:PrincipalArn` is the role's in a session, the user's own else."""
    access = f"arn:aws:iam::{FOUNDING.accounts['shared']}:role/OrganizationAccountAccessRole"
    s3.create_bucket(Bucket=unique)
    refusal = _policy(unique, {"ArnNotEquals": {"aws:PrincipalArn": access}})
    s3.put_bucket_policy(Bucket=unique, Policy=refusal.replace("s3:*", "s3:PutObject"))
    cloud.client("s3", cloud.session_in("shared")).put_object(Bucket=unique, Key=KEY, Body=b"x")
    with pytest.raises(ClientError) as caught:
        cloud.client("s3", cloud.person("ana.silva")).put_object(Bucket=unique, Key=KEY, Body=b"x")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_session_has_the_user_id_of_its_role_and_name(cloud: Cloud, own_folders: str) -> None:
    """`AROA...:session`, as STS says it: the engineer's sessions have folders too, and no others."""
    credentials = cloud.session_in("shared", "drill")
    own = cloud.client("sts", credentials).get_caller_identity()["UserId"]
    writes = cloud.client("s3", credentials)
    writes.put_object(Bucket=own_folders, Key=f"approvals/r/{own}/a", Body=b"x")
    with pytest.raises(ClientError):
        writes.put_object(Bucket=own_folders, Key=f"approvals/r/{own}x/a", Body=b"x")


@pytest.mark.parametrize("configuration", [{"EventBridgeConfiguration": {}}, {}])
def test_whether_event_bridge_is_told_of_objects_is_told(
    s3: Any, locked: str, configuration: dict[str, Any]
) -> None:
    """On and off."""
    s3.put_bucket_notification_configuration(Bucket=locked, NotificationConfiguration=configuration)
    found = s3.get_bucket_notification_configuration(Bucket=locked)
    assert ("EventBridgeConfiguration" in found) is bool(configuration)
