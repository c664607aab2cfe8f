"""Which credential lands in which account, and which lands nowhere."""

import json
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from tests.aws.conftest import FOUNDING, Cloud

UNKNOWN = {"aws_access_key_id": "AKIAUNKNOWNUNKNOWN00", "aws_secret_access_key": "whatever"}


def refused(operation: Any, **arguments: Any) -> tuple[str, int]:
    """Code and HTTP status of the refusal."""
    with pytest.raises(ClientError) as caught:
        operation(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_the_engineer_lives_in_the_audit_account(cloud: Cloud) -> None:
    """The person's own key is of the account that `shared` lives in."""
    identity = cloud.client("sts", cloud.engineer()).get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::111122223333:user/platform-engineer"
    assert identity["Account"] == "111122223333"


def test_people_of_the_team_are_users_of_the_audit_account(cloud: Cloud) -> None:
    """Each under the name by which the ledger knows them, and under an id of their own."""
    ana, ben = (cloud.client("sts", cloud.person(id_)).get_caller_identity() for id_ in FOUNDING.people)
    assert ana["Arn"] == "arn:aws:iam::111122223333:user/ana.silva"
    assert ben["Arn"] == "arn:aws:iam::111122223333:user/ben.okafor"
    assert ana["UserId"] != ben["UserId"]


@pytest.mark.parametrize("stack", sorted(FOUNDING.accounts))
def test_a_session_lands_in_the_account_of_its_role(cloud: Cloud, stack: str) -> None:
    """Whoever assumes it: the role's ARN decides the account."""
    identity = cloud.client("sts", cloud.session_in(stack, "drill")).get_caller_identity()
    account = FOUNDING.accounts[stack]
    assert identity["Account"] == account
    assert identity["Arn"] == f"arn:aws:sts::{account}:assumed-role/OrganizationAccountAccessRole/drill"


def test_a_session_can_assume_a_role_of_its_own_account(cloud: Cloud, unique: str) -> None:
    """The AWS provider chains roles: organisation role, then deployer."""
    credentials = cloud.session_in("dev")
    document = _trusting("arn:aws:iam::222233334444:role/OrganizationAccountAccessRole")
    role = cloud.client("iam", credentials).create_role(RoleName=unique, AssumeRolePolicyDocument=document)
    chained = cloud.assume(credentials, role["Role"]["Arn"])
    assert cloud.client("sts", chained).get_caller_identity()["Account"] == "222233334444"


def test_a_user_of_a_member_account_keeps_to_that_account(cloud: Cloud, unique: str) -> None:
    """Keys work in their account only, and only while they are active."""
    iam = cloud.client("iam", cloud.session_in("prod"))
    iam.create_user(UserName=unique)
    key = iam.create_access_key(UserName=unique)["AccessKey"]
    own = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    assert cloud.client("sts", own).get_caller_identity()["Account"] == "444455556666"
    iam.update_access_key(UserName=unique, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert refused(cloud.client("sts", own).get_caller_identity) == ("InvalidClientTokenId", 403)
    iam.update_access_key(UserName=unique, AccessKeyId=key["AccessKeyId"], Status="Active")
    assert cloud.client("sts", own).get_caller_identity()["Account"] == "444455556666"
    iam.delete_access_key(UserName=unique, AccessKeyId=key["AccessKeyId"])
    assert refused(cloud.client("sts", own).get_caller_identity) == ("InvalidClientTokenId", 403)


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("sts", "get_caller_identity", ("InvalidClientTokenId", 403)),
        ("iam", "list_roles", ("InvalidClientTokenId", 403)),
        ("s3", "list_buckets", ("InvalidAccessKeyId", 403)),
        ("ec2", "describe_vpcs", ("AuthFailure", 401)),
        ("dynamodb", "list_tables", ("UnrecognizedClientException", 400)),
        ("kms", "list_keys", ("UnrecognizedClientException", 400)),
        ("lambda", "list_functions", ("UnrecognizedClientException", 400)),
        ("route53", "list_hosted_zones", ("InvalidClientTokenId", 403)),
    ],
)
def test_an_unknown_key_is_refused_in_the_services_own_words(
    cloud: Cloud, service: str, operation: str, expected: tuple[str, int]
) -> None:
    """moto would let it into an account of its own, and a wrong profile would look like an empty world."""
    assert refused(getattr(cloud.client(service, UNKNOWN), operation)) == expected


@pytest.mark.parametrize("service", ["sts", "s3", "dynamodb"])
def test_a_wrong_secret_is_refused(cloud: Cloud, service: str) -> None:
    """The front verifies signatures: a key id alone opens nothing."""
    wrong = cloud.engineer() | {"aws_secret_access_key": "not-the-secret"}
    operation = {"sts": "get_caller_identity", "s3": "list_buckets", "dynamodb": "list_tables"}[service]
    code, status = refused(getattr(cloud.client(service, wrong), operation))
    assert code in {"SignatureDoesNotMatch", "InvalidSignatureException"}
    assert status == 403


@pytest.mark.parametrize("token", [None, "forged"])
def test_a_session_needs_its_own_token(cloud: Cloud, token: str | None) -> None:
    """Keys of a session are worthless without the token they came with."""
    session = cloud.session_in("dev")
    session.pop("aws_session_token")
    forged = session | ({"aws_session_token": token} if token else {})
    assert refused(cloud.client("sts", forged).get_caller_identity) == ("InvalidClientTokenId", 403)


def test_a_header_cannot_choose_the_account(cloud: Cloud, unique: str) -> None:
    """moto trusts ``x-moto-account-id``; a client of the front must not reach it."""
    s3 = cloud.client("s3", cloud.session_in("dev"))
    s3.meta.events.register("before-send.s3", _impersonate)
    s3.create_bucket(Bucket=unique)
    dev = cloud.client("s3", cloud.session_in("dev")).list_buckets()["Buckets"]
    prod = cloud.client("s3", cloud.session_in("prod")).list_buckets()["Buckets"]
    assert unique in {bucket["Name"] for bucket in dev}
    assert unique not in {bucket["Name"] for bucket in prod}


def test_a_role_that_does_not_exist_cannot_be_assumed(cloud: Cloud) -> None:
    """moto lets anybody assume anything; a typing error would look like success."""
    sts = cloud.client("sts", cloud.engineer())
    for arn in (
        "arn:aws:iam::222233334444:role/Nobody",
        "arn:aws:iam::999999999999:role/Admin",
        "nonsense-that-is-long-enough",
    ):
        assert refused(sts.assume_role, RoleArn=arn, RoleSessionName="test") == ("AccessDenied", 403)


def test_a_role_admits_whom_it_trusts(cloud: Cloud, unique: str) -> None:
    """The trust policy decides: principal and external id."""
    prod = cloud.session_in("prod")
    document = _trusting(
        "arn:aws:iam::444455556666:root", {"StringEquals": {"sts:ExternalId": "open-sesame"}}
    )
    role = cloud.client("iam", prod).create_role(RoleName=unique, AssumeRolePolicyDocument=document)["Role"][
        "Arn"
    ]
    wanted = {"RoleArn": role, "RoleSessionName": "test"}
    assert refused(cloud.client("sts", cloud.session_in("dev")).assume_role, **wanted) == (
        "AccessDenied",
        403,
    )
    assert refused(cloud.client("sts", prod).assume_role, **wanted) == ("AccessDenied", 403)
    admitted = cloud.assume(prod, role, ExternalId="open-sesame")
    assert cloud.client("sts", admitted).get_caller_identity()["Account"] == "444455556666"


@pytest.fixture
def glass(cloud: Cloud, unique: str) -> str:
    """A role for people of the audit account, with a second factor, a reason, and their own name."""
    document = _trusting(
        f"arn:aws:iam::{FOUNDING.accounts['shared']}:root",
        {
            "StringEquals": {"sts:RoleSessionName": "${aws:username}"},
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
            "StringLike": {"aws:RequestTag/Reason": "?*"},
        },
    )
    iam = cloud.client("iam", cloud.session_in("prod"))
    return str(iam.create_role(RoleName=unique, AssumeRolePolicyDocument=document)["Role"]["Arn"])


_DEVICE = {"SerialNumber": "arn:aws:iam::111122223333:mfa/ana.silva", "TokenCode": "123456"}
_TOLD = {"Tags": [{"Key": "Reason", "Value": "lag"}]}


def test_a_role_asks_for_a_name_a_second_factor_and_a_reason(cloud: Cloud, glass: str) -> None:
    """Who gives all of them is let in, in a session that is called after them."""
    sts = cloud.client("sts", cloud.person("ana.silva"))
    session = sts.assume_role(RoleArn=glass, RoleSessionName="ana.silva", **_DEVICE, **_TOLD)
    assert session["AssumedRoleUser"]["Arn"].endswith("/ana.silva")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("ben.okafor", {**_DEVICE, **_TOLD}),
        ("ana.silva", _TOLD),
        ("ana.silva", _DEVICE),
        ("ana.silva", {**_DEVICE, **_TOLD, "TokenCode": "secret"}),
        ("ana.silva", {**_DEVICE, "Tags": [{"Key": "Reason", "Value": ""}]}),
        ("ana.silva", {**_DEVICE, "Tags": [{"Key": "Cause", "Value": "lag"}]}),
    ],
)
def test_nobody_breaks_the_glass_with_less(
    cloud: Cloud, glass: str, name: str, given: dict[str, Any]
) -> None:
    """Somebody else's name, no device, no code, no reason."""
    sts = cloud.client("sts", cloud.person("ana.silva"))
    assert refused(sts.assume_role, RoleArn=glass, RoleSessionName=name, **given) == ("AccessDenied", 403)


def test_a_session_has_no_user_name(cloud: Cloud, glass: str) -> None:
    """A variable without a value matches nothing, so a role's session cannot come in under its own name."""
    sts = cloud.client("sts", cloud.session_in("shared", "ana.silva"))
    wanted = {"RoleArn": glass, "RoleSessionName": "ana.silva", **_DEVICE, **_TOLD}
    assert refused(sts.assume_role, **wanted) == ("AccessDenied", 403)


def test_a_condition_that_cannot_be_evaluated_is_named(cloud: Cloud, unique: str) -> None:
    """A condition is neither ignored nor guessed."""
    prod = cloud.session_in("prod")
    document = _trusting("*", {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
    role = cloud.client("iam", prod).create_role(RoleName=unique, AssumeRolePolicyDocument=document)["Role"][
        "Arn"
    ]
    with pytest.raises(ClientError, match=r"cannot evaluate the condition IpAddress aws:SourceIp"):
        cloud.assume(prod, role)


def test_operations_that_would_issue_keys_of_nobody_are_refused_by_name(cloud: Cloud) -> None:
    """moto answers these with one fixed example key."""
    sts = cloud.client("sts", cloud.engineer())
    with pytest.raises(ClientError, match="does not support sts GetSessionToken: assume a role instead"):
        sts.get_session_token()


def test_a_refused_head_leaves_the_connection_usable(cloud: Cloud) -> None:
    """A body after the answer to a HEAD would be read as the beginning of the next answer."""
    with requests.Session() as session:
        assert session.head(f"{cloud.url}/bucket", timeout=10).status_code == 403
        second = session.get(f"{cloud.url}/bucket", timeout=10)
    assert (second.status_code, b"AccessDenied" in second.content) == (403, True)


def test_an_anonymous_request_is_refused(cloud: Cloud) -> None:
    """Nothing in this world is public."""
    assert _anonymous(cloud.url + "/some-bucket/some-key")[0] == 403
    status, body = _anonymous(cloud.url + "/some-bucket")
    assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True)


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/data.json", "/moto-api/"])
def test_moto_s_own_interface_is_closed(cloud: Cloud, path: str) -> None:
    """``/moto-api/reset`` would empty the locked evidence bucket."""
    assert _anonymous(cloud.url + path, b"")[0] == 403


def test_an_unreadable_authorization_is_an_aws_error(cloud: Cloud) -> None:
    """Garbage in a header is the client's error, in words it can parse."""
    answer = requests.get(cloud.url, headers={"Authorization": "AWS4-HMAC-SHA256 Credential=x"}, timeout=10)
    assert (answer.status_code, answer.json()["__type"]) == (400, "IncompleteSignature")


def _impersonate(request: Any, **_: Any) -> None:
    request.headers["x-moto-account-id"] = FOUNDING.accounts["prod"]


def _trusting(principal: str, condition: dict[str, Any] | None = None) -> str:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
    }
    statement |= {"Condition": condition} if condition else {}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _anonymous(url: str, body: bytes | None = None) -> tuple[int, bytes]:
    answer = requests.request("GET" if body is None else "POST", url, data=body, timeout=10)
    return answer.status_code, answer.content
