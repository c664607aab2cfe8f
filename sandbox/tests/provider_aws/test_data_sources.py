"""Data sources answer from the servers, and name what they do not find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from slipway_sandbox.provider.aws import AWS_INVOKES, AWS_TYPES
from slipway_sandbox.provider.contract import ProviderFault, Session
from tests.provider_aws.case import Bed
from tests.provider_aws.cases_iam import allow
from tests.provider_aws.conftest import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slipway_sandbox.provider.contract import Properties

TRUST = '{"Version":"2012-10-17","Statement":[]}'


@pytest.fixture
def bed(session: Session) -> Iterator[Bed]:
    """Ground that is cleared at the end."""
    ground = Bed(session)
    yield ground
    ground.clear()


def ask(session: Session, source: str, /, **args: Any) -> Properties:
    """The answer of a data source named like "s3/getBucket"."""
    return AWS_INVOKES[f"aws:{source}:{source.rpartition('/')[2]}"](session, args)


def test_the_caller_is_who_sts_says(session: Session) -> None:
    """STS is asked, with the session's credentials."""
    answer = ask(session, "index/getCallerIdentity")
    assert answer["accountId"] == answer["id"] == ACCOUNT
    assert answer["arn"] == f"arn:aws:iam::{ACCOUNT}:user/platform-engineer"


def test_places(session: Session) -> None:
    """Regions and zones are the server's; their names AWS's."""
    assert ask(session, "index/getPartition")["partition"] == "aws"
    assert ask(session, "index/getRegion")["description"] == "US East (N. Virginia)"
    assert ask(session, "index/getRegion", region="eu-west-1")["id"] == "eu-west-1"
    assert "eu-west-1" in ask(session, "index/getRegions")["names"]
    zones = ask(session, "index/getAvailabilityZones", state="available", excludeNames=["us-east-1b"])
    assert zones["names"][:2] == ["us-east-1a", "us-east-1c"]
    zone = ask(session, "index/getAvailabilityZone", name="us-east-1a")
    assert (zone["nameSuffix"], zone["region"]) == ("a", "us-east-1")
    assert ask(session, "index/getService", serviceId="s3")["reverseDnsName"] == "com.amazonaws.us-east-1.s3"
    assert ask(session, "index/getService", dnsName="sqs.eu-west-1.amazonaws.com")["serviceId"] == "sqs"


def test_names(session: Session) -> None:
    """ARNs are taken apart; what is none is refused."""
    parts = ask(session, "index/getArn", arn="arn:aws:rds:eu-west-1:123456789012:db:mysql-db")
    assert (parts["service"], parts["account"], parts["resource"]) == ("rds", "123456789012", "db:mysql-db")
    assert ask(session, "index/getDefaultTags")["tags"] == {"Environment": "test"}
    with pytest.raises(ProviderFault, match="'bucket' is no ARN"):
        ask(session, "index/getArn", arn="bucket")


def test_the_newest_image_is_found(session: Session) -> None:
    """Owners, filters and mostRecent choose as with the real provider."""
    by_name = [{"name": "name", "values": ["amzn2-ami-hvm-*"]}]
    image = ask(session, "ec2/getAmi", mostRecent=True, owners=["amazon"], filters=by_name)
    assert image["id"].startswith("ami-")
    assert image["name"].startswith("amzn2-ami-hvm-")
    ids = ask(session, "ec2/getAmiIds", owners=["amazon"], filters=by_name)["ids"]
    assert image["id"] == ids[0]
    with pytest.raises(ProviderFault, match=r"no AMI matches .*windows-99"):
        ask(session, "ec2/getAmi", filters=[{"name": "name", "values": ["windows-99"]}])


def test_the_default_network(session: Session) -> None:
    """Every account has one, and all its parts are found."""
    vpc = ask(session, "ec2/getVpc", default=True)
    assert vpc["enableDnsSupport"] is True
    assert vpc["id"] in ask(session, "ec2/getVpcs")["ids"]
    of_vpc = [{"name": "vpc-id", "values": [vpc["id"]]}]
    subnets = ask(session, "ec2/getSubnets", filters=of_vpc)["ids"]
    assert ask(session, "ec2/getSubnet", id=subnets[0])["vpcId"] == vpc["id"]
    group = ask(session, "ec2/getSecurityGroup", vpcId=vpc["id"], name="default")
    assert group["arn"] == f"arn:aws:ec2:us-east-1:{ACCOUNT}:security-group/{group['id']}"
    with pytest.raises(ProviderFault, match=r"\d+ subnets match vpcId"):
        ask(session, "ec2/getSubnet", vpcId=vpc["id"])


def test_a_hosted_zone_by_name(session: Session) -> None:
    """With or without the final dot."""
    made = session.client("route53").create_hosted_zone(Name="finedge.example", CallerReference="1")
    zone = ask(session, "route53/getZone", name="finedge.example.")
    assert f"/hostedzone/{zone['zoneId']}" == made["HostedZone"]["Id"]
    assert zone["name"] == "finedge.example"
    assert len(zone["nameServers"]) == 4


LOOKED_UP = [
    ("s3/getBucket", "aws:s3/bucket:Bucket", {"bucket": "looked-up"}, {"bucket": "looked-up"}),
    (
        "iam/getRole",
        "aws:iam/role:Role",
        {"name": "looked-up", "assumeRolePolicy": TRUST, "tags": {"a": "b"}},
        {"name": "looked-up"},
    ),
    ("iam/getUser", "aws:iam/user:User", {"name": "looked-up"}, {"userName": "looked-up"}),
    (
        "iam/getPolicy",
        "aws:iam/policy:Policy",
        {"name": "looked-up", "policy": allow("s3:GetObject")},
        {"name": "looked-up"},
    ),
    ("cloudwatch/getLogGroup", "aws:cloudwatch/logGroup:LogGroup", {"name": "/looked"}, {"name": "/looked"}),
    ("sns/getTopic", "aws:sns/topic:Topic", {"name": "looked-up"}, {"name": "looked-up"}),
    ("sqs/getQueue", "aws:sqs/queue:Queue", {"name": "looked-up"}, {"name": "looked-up"}),
    (
        "dynamodb/getTable",
        "aws:dynamodb/table:Table",
        {
            "name": "looked-up",
            "hashKey": "id",
            "attributes": [{"name": "id", "type": "S"}],
            "billingMode": "PAY_PER_REQUEST",
        },
        {"name": "looked-up"},
    ),
    ("ecr/getRepository", "aws:ecr/repository:Repository", {"name": "looked-up"}, {"name": "looked-up"}),
    (
        "secretsmanager/getSecret",
        "aws:secretsmanager/secret:Secret",
        {"name": "looked-up", "recoveryWindowInDays": 0},
        {"name": "looked-up"},
    ),
    (
        "ssm/getParameter",
        "aws:ssm/parameter:Parameter",
        {"name": "/looked-up", "type": "String", "value": "v"},
        {"name": "/looked-up"},
    ),
]


@pytest.mark.parametrize("row", LOOKED_UP, ids=[row[0] for row in LOOKED_UP])
def test_an_object_is_looked_up(
    session: Session, bed: Bed, row: tuple[str, str, Properties, Properties]
) -> None:
    """Not there: an error that names it. There: the ARN and tags that the resource itself reports."""
    name, token, inputs, args = row
    with pytest.raises(ProviderFault, match=next(iter(args.values()))):
        ask(session, name, **args)
    made = bed.make(token, **inputs)
    answer = ask(session, name, **args)
    assert answer["arn"] == made.outputs["arn"]
    if "tags" in answer:
        assert answer["tags"] == made.outputs["tagsAll"]


def test_a_secret_version_and_a_key(session: Session, bed: Bed) -> None:
    """Values by stage, keys by alias."""
    secret = bed.make("aws:secretsmanager/secret:Secret", name="valued", recoveryWindowInDays=0).id
    bed.make("aws:secretsmanager/secretVersion:SecretVersion", secretId=secret, secretString="hunter2")
    assert ask(session, "secretsmanager/getSecretVersion", secretId="valued")["secretString"] == "hunter2"
    with pytest.raises(ProviderFault, match="has no version OTHER"):
        ask(session, "secretsmanager/getSecretVersion", secretId="valued", versionStage="OTHER")
    key = bed.make("aws:kms/key:Key")
    bed.make("aws:kms/alias:Alias", name="alias/known", targetKeyId=key.id)
    assert ask(session, "kms/getKey", keyId="alias/known")["arn"] == key.outputs["arn"]
    assert ask(session, "kms/getAlias", name="alias/known")["targetKeyId"] == key.id
    with pytest.raises(ProviderFault, match="alias/unknown"):
        ask(session, "kms/getAlias", name="alias/unknown")


def test_a_session_leads_to_its_role(session: Session, bed: Bed) -> None:
    """Also where the role has a path, which the session's ARN lacks."""
    role = bed.make("aws:iam/role:Role", name="deploy", assumeRolePolicy=TRUST, path="/ci/")
    context = ask(session, "iam/getSessionContext", arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/run-1")
    assert context["issuerArn"] == role.outputs["arn"]
    assert context["sessionName"] == "run-1"


def test_another_region_is_asked_where_the_argument_says(session: Session) -> None:
    """The region argument is the resource's own, not the provider's."""
    queue = AWS_TYPES["aws:sqs/queue:Queue"].create(session, "q", {"name": "afar", "region": "eu-west-1"})
    arn = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:afar"
    assert ask(session, "sqs/getQueue", name="afar", region="eu-west-1")["arn"] == arn
    with pytest.raises(ProviderFault, match="afar"):
        ask(replace(session), "sqs/getQueue", name="afar")
    AWS_TYPES["aws:sqs/queue:Queue"].delete(session, queue.id, {"region": "eu-west-1"})
