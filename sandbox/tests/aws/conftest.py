"""A running AWS front over a real DynamoDB Local, one for all tests of this folder."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from slipway_sandbox.supervisor.dynamodb import LIBRARIES, java_command
from slipway_sandbox.world import Founding
from tests.conftest import free_port, kept_port, running

FOUNDING = Founding(
    region="us-east-1",
    accounts={"shared": "111122223333", "dev": "222233334444", "prod": "444455556666"},
    github_owner="finedge",
    access_key_id="AKIATESTTESTTESTTEST",
    secret_access_key="the-engineers-secret",
    people={
        "ana.silva": {
            "user": "ana.silva",
            "access_key_id": "AKIATESTTESTTESTANAS",
            "secret_access_key": "anas-secret",
        },
        "ben.okafor": {
            "user": "ben.okafor",
            "access_key_id": "AKIATESTTESTTESTBENS",
            "secret_access_key": "bens-secret",
        },
    },
    dag_buckets={"prod": "finedge-prod-dags-444455556666"},
    airflow_secret="the-airflows-secret",
)

AIRFLOW_PORT = kept_port()
"""Where the front expects the Airflow of prod; the tests of MWAA play it there."""


class Cloud:
    """Clients of the front, as the people and programs of the platform would make them."""

    def __init__(self, url: str) -> None:
        self.url = url

    def client(
        self, service: str, credentials: dict[str, str], region: str = "us-east-1", **config: Any
    ) -> Any:
        """A client with explicit credentials that tells at once, without a retry, what the front said."""
        settings = Config(retries={"total_max_attempts": 1}, max_pool_connections=32, **config)
        return boto3.client(
            service, endpoint_url=self.url, region_name=region, config=settings, **credentials
        )

    def engineer(self) -> dict[str, str]:
        """The platform engineer's own credentials, of the audit account."""
        return {
            "aws_access_key_id": FOUNDING.access_key_id,
            "aws_secret_access_key": FOUNDING.secret_access_key,
        }

    def person(self, id_: str) -> dict[str, str]:
        """The credentials of somebody of the team."""
        key = FOUNDING.people[id_]
        return {
            "aws_access_key_id": key["access_key_id"],
            "aws_secret_access_key": key["secret_access_key"],
        }

    def session_in(self, stack: str, name: str = "test") -> dict[str, str]:
        """Credentials of a fresh session of the access role in a stack's account."""
        arn = f"arn:aws:iam::{FOUNDING.accounts[stack]}:role/OrganizationAccountAccessRole"
        return self.assume(self.engineer(), arn, name)

    def assume(
        self, credentials: dict[str, str], arn: str, name: str = "test", **extra: str
    ) -> dict[str, str]:
        """Credentials of a session of any role."""
        sts = self.client("sts", credentials)
        issued = sts.assume_role(RoleArn=arn, RoleSessionName=name, **extra)["Credentials"]
        return {
            "aws_access_key_id": issued["AccessKeyId"],
            "aws_secret_access_key": issued["SecretAccessKey"],
            "aws_session_token": issued["SessionToken"],
        }


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The front of a world with three accounts."""
    home = tmp_path_factory.mktemp("aws")
    FOUNDING.save(home)
    dynamodb, aws = free_port(), free_port()
    engine = java_command(LIBRARIES, home, dynamodb)
    front = [sys.executable, "-u", "-m", "slipway_sandbox.aws", "--home", str(home), "--port", str(aws)]
    front += ["--dynamodb", f"http://127.0.0.1:{dynamodb}", f"--airflow=prod=http://127.0.0.1:{AIRFLOW_PORT}"]
    url = f"http://127.0.0.1:{aws}"
    with (
        running(engine, f"http://127.0.0.1:{dynamodb}/", home / "dynamodb.log"),
        running(front, f"{url}/_slipway/health", home / "aws.log"),
    ):
        yield Cloud(url)


@pytest.fixture
def unique(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A name nobody else uses, fit for buckets and tables."""
    return f"{request.node.name[:30]}-{abs(hash(tmp_path)) % 10**8}".lower().translate(
        str.maketrans("_[]. ", "-----")
    )
