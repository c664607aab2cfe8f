"""The providers' settings: known names only, regions, keys, accounts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from botocore.exceptions import ClientError

from slipway_sandbox.provider import credentials
from slipway_sandbox.provider.connections import Credentials
from slipway_sandbox.provider.contract import ProviderFault, Session
from slipway_sandbox.provider.credentials import aws_session, region
from slipway_sandbox.provider.github.client import Github
from slipway_sandbox.provider.github_session import connect
from slipway_sandbox.provider.stubs import provider_pb2
from slipway_sandbox.world import World
from tests.provider.engine import OFFLINE, OFFLINE_AWS, Resource, engine, offline_world, struct

if TYPE_CHECKING:
    from pathlib import Path

ROLE = "arn:aws:iam::222233334444:role/OrganizationAccountAccessRole"
VARIABLES = (
    "AWS_REGION AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE "
    "GITHUB_BASE_URL GITHUB_TOKEN GITHUB_OWNER"
)


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES.split():
        monkeypatch.delenv(name, raising=False)


@dataclass
class Sts:
    """STS that knows one account a role."""

    signers: list[Credentials | None] = field(default_factory=list)
    assumed: list[dict[str, Any]] = field(default_factory=list)
    refusal: ClientError | None = None

    def client(self, session: Session, service: str, _region: str | None = None) -> Sts:
        """What the session connects to."""
        assert service == "sts"
        self.signers.append(session.credentials)
        return self

    def assume_role(self, **arguments: Any) -> dict[str, Any]:
        """Keys named after the role."""
        self.assumed.append(arguments)
        if self.refusal is not None:
            raise self.refusal
        key = arguments["RoleArn"].split(":")[4]
        return {"Credentials": {"AccessKeyId": key, "SecretAccessKey": "s", "SessionToken": "t"}}

    def get_caller_identity(self) -> dict[str, str]:
        """The account of the key in use."""
        signer = self.signers[-1]
        return {"Account": "111122223333" if signer is None else signer.access_key}


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Sts:
    """Every session's STS."""
    fake = Sts()
    monkeypatch.setattr(
        Session, "client", lambda self, service, where=None: fake.client(self, service, where)
    )
    return fake


def test_roles_are_assumed_in_order(sts: Sts, tmp_path: Path) -> None:
    """Each with the credentials of the one before; the account is that of the last."""
    settings = {
        "region": "us-east-1",
        "accessKey": "AKIA",
        "secretKey": "s",
        "assumeRoles": [
            {"roleArn": ROLE.replace("2222", "3333"), "sessionName": "one", "duration": "1h30m"},
            {"roleArn": ROLE, "externalId": "x", "policyArns": ["p"], "tags": {"a": "b"}},
        ],
    }
    session = aws_session(offline_world(tmp_path), settings, {}, {})
    assert session.account == "222233334444"
    assert [signer.access_key for signer in sts.signers if signer] == ["AKIA", "333333334444", "222233334444"]
    assert sts.assumed[0]["DurationSeconds"] == 5400
    assert sts.assumed[1] == {
        "RoleArn": ROLE,
        "RoleSessionName": "pulumi",
        "ExternalId": "x",
        "PolicyArns": [{"arn": "p"}],
        "Tags": [{"Key": "a", "Value": "b"}],
    }


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"allowedAccountIds": ["999"]}, "AWS account ID not allowed: 111122223333"),
        ({"forbiddenAccountIds": ["111122223333"]}, "AWS account ID not allowed: 111122223333"),
        ({"allowedAccountIds": ["1"], "forbiddenAccountIds": ["2"]}, "exclude each other"),
        ({"assumeRoles": [{"sessionName": "x"}]}, "an entry of aws:assumeRoles has no roleArn"),
        (
            {"assumeRoles": [{"roleArn": ROLE, "duration": "soon"}]},
            "invalid duration of an assumed role: soon",
        ),
        ({"assumeRoleWithWebIdentity": {}}, "does not support aws:assumeRoleWithWebIdentity"),
        ({"region": "mars-1"}, "invalid AWS region: mars-1"),
        ({"profile": "nobody"}, "nobody"),
    ],
)
@pytest.mark.usefixtures("sts")
def test_settings_that_lead_nowhere_are_refused(settings: dict[str, Any], told: str, tmp_path: Path) -> None:
    """By name; the right account is admitted."""
    world, whole = offline_world(tmp_path), {"region": "us-east-1", **settings}
    with pytest.raises(ProviderFault, match=told):
        aws_session(world, whole, {}, {})
    admitted = aws_session(world, {"region": "us-east-1", "allowedAccountIds": ["111122223333"]}, {}, {})
    assert admitted.account == "111122223333"


def test_a_region_comes_from_the_settings_then_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the real provider; none at all is an error with its remedy."""
    with pytest.raises(ProviderFault, match="has no region") as none:
        region({})
    assert none.value.remedy == "set aws:region in the stack's configuration"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert region({}) == "eu-west-1"
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    assert region({}) == "eu-west-2"
    assert region({"region": "us-gov-west-1"}) == "us-gov-west-1"
    assert region({"region": "mars-1", "skipRegionValidation": True}) == "mars-1"


def test_keys_come_from_the_settings_then_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any, the world's own key signs."""
    assert credentials._own({}) is None
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENV")
    found = credentials._own({})
    assert found is not None
    assert found.access_key == "ENV"
    own = credentials._own({"accessKey": "OWN", "secretKey": "s", "token": "t"})
    assert own == Credentials(access_key="OWN", secret_key="s", token="t")
    assert "s" not in repr(own).replace("access_key", "").replace("Credentials", "")


@pytest.mark.parametrize(
    ("settings", "path", "told"),
    [
        ({"regoin": "x"}, "regoin", "the aws provider has no property regoin; did you mean region?"),
        ({"defaultTags": "{'tags'}"}, "defaultTags", "expected an object, got str"),
        ({"defaultTags": '{"tag": {}}'}, "defaultTags.tag", "ProviderDefaultTags has no property tag"),
        ({"maxRetries": "many"}, "maxRetries", "expected a value of type integer"),
        ({"assumeRoles": [{"rolArn": "x"}]}, "assumeRoles[0].rolArn", "did you mean roleArn?"),
    ],
)
def test_unknown_settings_are_refused_by_name(settings: Any, path: str, told: str, home: Path) -> None:
    """In CheckConfig, and again in Configure, for engines that skip the first."""
    with engine("aws", home) as aws:
        answer = aws.stub.CheckConfig(provider_pb2.CheckRequest(news=struct(settings)))
        reasons = {failure.property: failure.reason for failure in answer.failures}
        assert told in reasons[path]
        with pytest.raises(grpc.RpcError) as error:
            aws.configure(settings)
    assert told in str(error.value.details())


@pytest.mark.usefixtures("sts")
def test_known_settings_of_every_form_are_taken(home: Path) -> None:
    """As the SDK sends them (nested ones as JSON text), and as stack files do; the engine's own keys too."""
    settings = {
        "region": "us-east-1",
        "version": "7.51.1",
        "defaultTags": '{"tags": {"A": "b"}}',
        "ignoreTags": {"keys": ["x"]},
        "assumeRole": {"roleArn": ROLE},
        "assumeRoles": '[{"role_arn": "' + ROLE + '", "policy_arns": ["p"]}]',
        "skipMetadataApiCheck": "true",
        "maxRetries": 3,
        "endpoints": '[{"s3": "http://127.0.0.1:9000"}]',
    }
    with engine("aws", home) as aws:
        assert not aws.stub.CheckConfig(provider_pb2.CheckRequest(news=struct(settings))).failures
        aws.configure(settings)
        difference = aws.stub.DiffConfig(
            provider_pb2.DiffRequest(old_inputs=struct(settings), news=struct(settings | {"maxRetries": 4}))
        )
    assert list(difference.diffs) == ["maxRetries"]
    assert not difference.replaces


def test_an_endpoint_elsewhere_is_refused(home: Path) -> None:
    """The sandbox's provider never speaks to a real cloud."""
    elsewhere = OFFLINE_AWS | {"endpoints": [{"s3": "https://s3.amazonaws.com"}]}
    with pytest.raises(grpc.RpcError) as error, engine("aws", home, settings=elsewhere):
        pytest.fail("configured")
    assert "https://s3.amazonaws.com of s3 is not on this machine" in str(error.value.details())


def test_old_engines_send_settings_as_variables(home: Path) -> None:
    """Under names such as aws:config:region."""
    with engine("aws", home) as aws:
        variables = {f"aws:config:{name}": text for name, text in OFFLINE_AWS.items()}
        aws.stub.Configure(provider_pb2.ConfigureRequest(variables=variables))
        vpc = Resource("aws:ec2/vpc:Vpc", "net")
        assert ":eu-west-1:" in aws.create(vpc, {"cidrBlock": "10.0.0.0/16"})[1]["arn"]


def test_github_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Owner and token from the settings, then the environment; another server or an app is refused."""
    world = offline_world(home)
    monkeypatch.setenv("GITHUB_OWNER", "from-env")
    client = connect(world, {"token": "t"})
    assert isinstance(client, Github)
    assert (client.owner, client.base_url) == ("from-env", world.github)
    assert connect(world, {"owner": "mine"}).owner == "mine"
    with pytest.raises(ProviderFault, match=r"https://api.github.com is not the sandbox's GitHub"):
        connect(world, {"baseUrl": "https://api.github.com"})
    app = {"appAuth": {"id": "1", "installationId": "2", "pemFile": "x"}}
    with pytest.raises(grpc.RpcError) as error, engine("github", home, settings=app):
        pytest.fail("configured")
    assert "the sandbox does not support github:appAuth" in str(error.value.details())


@pytest.mark.parametrize("package", ["aws", "github", "snowflake"])
def test_without_a_world_the_remedy_is_told(package: str, tmp_path: Path) -> None:
    """The program runs, but nobody started the sandbox: a preview that finds nothing to do would be a lie."""
    told = refused_settings(package, tmp_path, {"region": "us-east-1"} if package == "aws" else {})
    assert told == (
        f"connecting to the sandbox: no sandbox is up in {tmp_path} (start one with `slipway sandbox up`)"
    )


@pytest.mark.parametrize(
    ("package", "cloud"), [("aws", "AWS"), ("github", "GitHub"), ("snowflake", "Snowflake")]
)
def test_a_world_without_the_server_is_named(package: str, cloud: str, home: Path) -> None:
    """Without the front, requests would go to the real AWS."""
    replace(World.load(home), aws="", github="", snowflake="").save()
    assert f"this sandbox was started without {cloud} (end it with" in refused_settings(
        package, home, OFFLINE[package]
    )


@pytest.mark.usefixtures("sts")
def test_an_account_that_is_not_allowed_is_told_before_anything_is_checked(home: Path) -> None:
    """In Configure, as the real provider does: a preview fails where an `up` would."""
    settings = {
        "region": "us-east-1",
        "allowedAccountIds": ["999999999999"],
        "assumeRoles": [{"roleArn": ROLE}],
    }
    assert refused_settings("aws", home, settings) == (
        "connecting to the sandbox: AWS account ID not allowed: 222233334444 "
        "(aws:allowedAccountIds allows 999999999999: correct it, or the roles of aws:assumeRoles)"
    )


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("AccessDenied", "correct aws:assumeRoles; `slipway sandbox status` lists the accounts"),
        (
            "InvalidClientTokenId",
            'point this shell at the sandbox that is up now: `eval "$(slipway sandbox env)"`',
        ),
    ],
)
def test_a_role_that_cannot_be_assumed_is_named(sts: Sts, code: str, remedy: str, home: Path) -> None:
    """With AWS's own words; a key of an earlier world is another mistake than a wrong role."""
    sts.refusal = ClientError({"Error": {"Code": code, "Message": "No."}}, "AssumeRole")
    told = refused_settings("aws", home, {"region": "us-east-1", "assumeRoles": [{"roleArn": ROLE}]})
    assert told == f"connecting to the sandbox: the aws provider cannot assume {ROLE}: {code}: No. ({remedy})"


def test_a_server_that_does_not_answer_is_told_at_once(home: Path) -> None:
    """The supervisor was killed too: nobody could take the world's description away."""
    told = refused_settings("aws", home, {"region": "us-east-1"})
    assert told == (
        "connecting to the sandbox: the sandbox's server does not answer; look at `slipway sandbox status`"
    )


def refused_settings(package: str, home: Path, settings: dict[str, Any]) -> str:
    """What Configure answers to settings that cannot work."""
    with pytest.raises(grpc.RpcError) as error, engine(package, home, settings=settings):
        pytest.fail("configured")
    return str(error.value.details())
