"""One AWS front with DynamoDB Local for the whole suite, and a session of the provider at it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from slipway_sandbox.provider.aws import AWS_INVOKES, AWS_TYPES
from slipway_sandbox.provider.contract import Session
from slipway_sandbox.supervisor.dynamodb import LIBRARIES, java_command
from slipway_sandbox.world import Founding, World
from tests.conftest import free_port, running
from tests.provider.engine import Engine, engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT = "111122223333"
FOUNDING = Founding(
    region="us-east-1",
    accounts={"shared": ACCOUNT},
    github_owner="finedge",
    access_key_id="AKIATESTTESTTESTTEST",
    secret_access_key="the-engineers-secret",
)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of which the AWS half runs."""
    home: Path = tmp_path_factory.mktemp("home")
    FOUNDING.save(home)
    ports = dynamodb, aws = free_port(), free_port()
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    databases = home / "dynamodb"
    databases.mkdir()
    engine = java_command(LIBRARIES, databases, dynamodb)
    front = [sys.executable, "-u", "-m", "slipway_sandbox.aws", "--home", str(home), "--port", str(aws)]
    with (
        running(engine, f"{urls[0]}/", home / "dynamodb.log"),
        running([*front, "--dynamodb", urls[0]], f"{urls[1]}/_slipway/health", home / "aws.log"),
    ):
        yield World(home=home, pid=0, aws=urls[1], dynamodb=urls[0], github=urls[1], **FOUNDING.told)


@pytest.fixture
def world_of_none(tmp_path: Path) -> World:
    """A world of which nothing runs."""
    return World(home=tmp_path, pid=0, aws="", dynamodb="", github="", **FOUNDING.told)


@pytest.fixture(scope="session")
def session(world: World) -> Session:
    """The provider as a program configures it, with a default tag."""
    return Session(
        package="aws",
        account=ACCOUNT,
        region=FOUNDING.region,
        world=world,
        default_tags={"Environment": "test"},
    )


@pytest.fixture(scope="session")
def pulumi(world: World) -> Iterator[Engine]:
    """The engine's side of the provider, configured for this front with a default tag."""
    world.save()
    settings = {"region": world.region, "defaultTags": {"tags": {"Environment": "test"}}}
    with engine("aws", world.home, settings=settings, types=AWS_TYPES, invokes=AWS_INVOKES) as connected:
        yield connected
