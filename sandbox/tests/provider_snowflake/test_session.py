"""From the provider's settings to a login: what the real provider would be told, and what cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.provider.snowflake import SNOWFLAKE_TYPES
from slipway_sandbox.provider.snowflake_session import connect, login
from tests.conftest import free_port
from tests.provider.engine import Resource, engine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from slipway_sandbox.world import World

ROLE = Resource("snowflake:index/accountRole:AccountRole", "reader")


def test_settings_win_over_the_environment(
    world: World, settings: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables are the real provider's own."""
    monkeypatch.setenv("SNOWFLAKE_USER", "SOMEBODY")
    monkeypatch.setenv("SNOWFLAKE_ROLE", "SYSADMIN")
    made = login(world, dict(settings))
    assert (made.user, made.role, made.account) == ("PLATFORM_ENGINEER", "SYSADMIN", "FINEDGE-PAYMENTS")
    without = {"privateKey": settings["privateKey"], "account": "OLD"}
    assert (login(world, without).user, login(world, without).account) == ("SOMEBODY", "OLD")


def test_the_role_of_the_settings_is_the_sessions(world: World, settings: Mapping[str, str]) -> None:
    """And decides what may be made."""
    client = connect(world, {**settings, "role": "SYSADMIN"})
    assert client.rows("SELECT CURRENT_ROLE() AS R") == [{"R": "SYSADMIN"}]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"host": "finedge-payments.snowflakecomputing.com"}, "is not the sandbox's Snowflake"),
        ({"authenticator": "EXTERNALBROWSER"}, "does not support snowflake:authenticator EXTERNALBROWSER"),
        ({"profile": "prod"}, "does not support snowflake:profile"),
        ({"user": None}, r"has no user \(SNOWFLAKE_USER\)"),
        ({"privateKey": None}, r"has no privateKey \(SNOWFLAKE_PRIVATE_KEY\)"),
        ({"accountName": None}, r"has no account \(SNOWFLAKE_ACCOUNT\)"),
        ({"privateKey": "no key"}, "the private key of PLATFORM_ENGINEER cannot be read"),
        ({"user": "NOBODY"}, "refused the login of NOBODY: .*JWT token is invalid"),
    ],
)
def test_a_login_that_cannot_be_is_a_fault_by_name(
    world: World, settings: Mapping[str, str], change: dict[str, Any], message: str
) -> None:
    """Nothing leads to a real account, and nothing is guessed."""
    wrong = {name: value for name, value in {**settings, **change}.items() if value is not None}
    with pytest.raises(ProviderFault, match=message) as caught:
        connect(world, wrong).rows("SELECT 1")
    assert caught.value.remedy


def test_a_dead_server_is_one_clear_fault(world: World, settings: Mapping[str, str]) -> None:
    """Not a minute of the connector's retries."""
    url = f"http://127.0.0.1:{free_port()}"
    client = connect(replace(world, snowflake=url), dict(settings))
    with pytest.raises(
        ProviderFault, match=f"Snowflake at {url} does not answer: Connection refused"
    ) as caught:
        client.rows("SELECT 1")
    assert "slipway sandbox status" in caught.value.remedy


def test_a_world_without_snowflake_says_so(world: World, settings: Mapping[str, str], tmp_path: Path) -> None:
    """The configuration fails already, so that no preview promises what no up can keep."""
    replace(world, home=tmp_path, snowflake="").save()
    with (
        pytest.raises(grpc.RpcError, match=r"started without Snowflake.*slipway sandbox up"),
        engine("snowflake", tmp_path, settings=settings),
    ):
        pass


def test_recorded_types_and_previews_need_no_login(
    world: World, settings: Mapping[str, str], tmp_path: Path
) -> None:
    """The connector is imported, and a session begun, by the first statement only."""
    replace(world, home=tmp_path, snowflake="http://127.0.0.1:1").save()
    with engine("snowflake", tmp_path, settings=settings, types=SNOWFLAKE_TYPES) as pulumi:
        recorded = Resource("snowflake:index/tag:Tag", "pii")
        id_, _ = pulumi.create(recorded, {"database": "D", "schema": "S", "name": "PII"})
        assert id_ == '"D"."S"."PII"'
        assert pulumi.create(ROLE, {"name": "READER"}, preview=True)[1]["name"] == "READER"
        with pytest.raises(grpc.RpcError, match="does not answer"):
            pulumi.create(ROLE, {"name": "READER"})
