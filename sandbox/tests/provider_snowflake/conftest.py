"""The suite's account, the provider's session with it, and for each test a database and a role of its own."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from slipway_sandbox.provider.contract import Session
from slipway_sandbox.provider.snowflake import SNOWFLAKE_TYPES
from slipway_sandbox.provider.snowflake_session import connect
from slipway_sandbox.world import World
from tests.provider.engine import Engine, engine
from tests.provider_snowflake.case import Ground
from tests.snowflake.conftest import account  # noqa: F401 - a fixture is used by its name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from snowflake.connector import SnowflakeConnection

    from tests.snowflake.conftest import Snowflake

_numbers = itertools.count(1)


def settings_of(server: Snowflake) -> dict[str, str]:
    """The provider's configuration, as a stack file and the sandbox's environment give it."""
    key = Path(server.parameters["private_key_file"]).read_text(encoding="utf-8")
    return {
        "organizationName": "FINEDGE",
        "accountName": "PAYMENTS",
        "user": server.parameters["user"],
        "authenticator": "SNOWFLAKE_JWT",
        "privateKey": key,
    }


@pytest.fixture(scope="session")
def world(account: Snowflake, tmp_path_factory: pytest.TempPathFactory) -> World:  # noqa: F811 - the fixture
    """A world of which Snowflake is the only server that answers."""
    made = World(
        home=tmp_path_factory.mktemp("world"),
        pid=0,
        aws="",
        dynamodb="",
        github="",
        region="us-east-1",
        accounts={"shared": "111122223333"},
        github_owner="",
        access_key_id="AKIDEXAMPLE",
        secret_access_key="none",
        snowflake=f"http://{account.parameters['host']}:{account.parameters['port']}",
    )
    made.save()
    return made


@pytest.fixture(scope="session")
def settings(account: Snowflake) -> Mapping[str, str]:  # noqa: F811 - the fixture
    """The provider's configuration."""
    return settings_of(account)


@pytest.fixture(scope="session")
def session(world: World, settings: Mapping[str, str]) -> Session:
    """The snowflake provider as a program configures it."""
    client = connect(world, dict(settings))
    return Session(package="snowflake", account="", region="", world=world, snowflake=client)


@pytest.fixture(scope="session")
def pulumi(world: World, settings: Mapping[str, str]) -> Iterator[Engine]:
    """The engine's side of the provider."""
    with engine("snowflake", world.home, settings=settings, types=SNOWFLAKE_TYPES) as made:
        yield made


@pytest.fixture(scope="session")
def witness(account: Snowflake) -> Iterator[SnowflakeConnection]:  # noqa: F811 - the fixture
    """Somebody else than Pulumi."""
    with account.connect() as opened:
        yield opened


@pytest.fixture
def ground(session: Session, witness: SnowflakeConnection) -> Iterator[Ground]:
    """A database and a role to work with; what a failed test leaves stays under names of its own."""
    made = Ground(session=session, connection=witness, name=f"LIFE{next(_numbers)}")
    made.run("CREATE DATABASE ~_DB")
    made.run("CREATE SCHEMA ~_DB.S")
    made.run("CREATE TABLE ~_DB.S.T (ID INT)")
    made.run("CREATE ROLE ~_ROLE")
    yield made
    made.run("DROP DATABASE IF EXISTS ~_DB")
    made.run("DROP ROLE IF EXISTS ~_ROLE")
