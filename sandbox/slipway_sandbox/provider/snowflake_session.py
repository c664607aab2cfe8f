"""From the snowflake provider's settings to a session with the sandbox's account.

Settings win over the variables that the real provider reads; nothing of the server but its address, with
which the world stands in where neither names one, is taken from elsewhere.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.provider.snowflake.client import Login, Snowflake

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties
    from slipway_sandbox.world import World

KEY_PAIR = "SNOWFLAKE_JWT"
_POINT = 'run eval "$(slipway sandbox env)", or set it in the stack\'s configuration'


def connect(world: World, settings: Properties) -> Snowflake:
    """The session that the settings describe; it logs in when a server is first asked something.

    Raises:
        ProviderFault: as `login`.
    """
    return Snowflake(login(world, settings))


def login(world: World, settings: Properties) -> Login:
    """Where the settings and the environment lead.

    Raises:
        ProviderFault: another server than the world's own, another way to log in, no account, user or key.
    """
    _refuse_other_ways(settings)
    own = urlsplit(world.snowflake)
    host = _given(settings, "host", "SNOWFLAKE_HOST") or str(own.hostname)
    port = int(_given(settings, "port", "SNOWFLAKE_PORT") or own.port or 443)
    if (host, port) != (own.hostname, own.port):
        raise ProviderFault(
            f"snowflake:host {host}:{port} is not the sandbox's Snowflake",
            remedy=f"leave host and port out, or name {own.hostname} and {own.port}",
        )
    return Login(
        host=host,
        port=port,
        protocol=(_given(settings, "protocol", "SNOWFLAKE_PROTOCOL") or own.scheme).lower(),
        account=_account(settings),
        user=_required(settings, "user", "SNOWFLAKE_USER"),
        private_key=_required(settings, "privateKey", "SNOWFLAKE_PRIVATE_KEY"),
        passphrase=_given(settings, "privateKeyPassphrase", "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"),
        role=_given(settings, "role", "SNOWFLAKE_ROLE"),
        warehouse=_given(settings, "warehouse", "SNOWFLAKE_WAREHOUSE"),
        parameters=settings.get("params", {}),
    )


def _refuse_other_ways(settings: Properties) -> None:
    authenticator = _given(settings, "authenticator", "SNOWFLAKE_AUTHENTICATOR")
    if authenticator and authenticator.upper() != KEY_PAIR:
        raise ProviderFault(
            f"the sandbox does not support snowflake:authenticator {authenticator}",
            remedy=f"set it to {KEY_PAIR}: only key pairs open a session there",
        )
    if settings.get("profile"):
        raise ProviderFault(
            "the sandbox does not support snowflake:profile",
            remedy="leave it out: the sandbox's environment says who logs in",
        )


def _account(settings: Properties) -> str:
    """ORGANIZATION-ACCOUNT, or the one identifier of earlier releases."""
    organization = _given(settings, "organizationName", "SNOWFLAKE_ORGANIZATION_NAME")
    name = _given(settings, "accountName", "SNOWFLAKE_ACCOUNT_NAME")
    if organization and name:
        return f"{organization}-{name}"
    return _required(settings, "account", "SNOWFLAKE_ACCOUNT")


def _given(settings: Properties, name: str, variable: str) -> str:
    return str(settings.get(name) or os.environ.get(variable, ""))


def _required(settings: Properties, name: str, variable: str) -> str:
    found = _given(settings, name, variable)
    if not found:
        raise ProviderFault(f"the snowflake provider has no {name} ({variable})", remedy=_POINT)
    return found
