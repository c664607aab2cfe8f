"""One AWS for the whole suite, and sessions of the provider at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto.server import ThreadedMotoServer

from slipway_sandbox.provider.contract import Session
from slipway_sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT = "123456789012"  # whom moto takes an unknown key for
REGION = "us-east-1"


@pytest.fixture(scope="session")
def aws_url() -> Iterator[str]:
    """A moto server on a free port."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def world(aws_url: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world of which only the AWS front runs."""
    home: Path = tmp_path_factory.mktemp("home")
    return World(
        home=home,
        pid=0,
        aws=aws_url,
        dynamodb=aws_url,
        github=aws_url,
        region=REGION,
        accounts={"shared": ACCOUNT},
        github_owner="finedge",
        access_key_id="AKIATEST",
        secret_access_key="secret",
    )


@pytest.fixture(scope="session")
def session(world: World) -> Session:
    """The provider as a program configures it, with a default tag."""
    return Session(
        package="aws", account=ACCOUNT, region=REGION, world=world, default_tags={"Environment": "test"}
    )
