"""Who may open a session: a user whose private key signed the driver's token.

Source: https://docs.snowflake.com/en/user-guide/key-pair-auth; the token is a JWT (RS256) whose subject is
ACCOUNT.USER and whose issuer ends with the fingerprint of the public key.
"""

import base64
import textwrap
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import jwt

from slipway_sandbox.snowflake.account import Account
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, SettingsBody, Thing
from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.identifiers import Path, stored_text
from slipway_sandbox.snowflake.session import DEFAULTS, Session
from slipway_sandbox.snowflake.statements import sessions

_KEYS: Final = ("RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2")
_LEEWAY_SECONDS: Final = 60
_WRONG: Final = SnowflakeError(390144, "08001", "JWT token is invalid.")


def open_session(account: Account, login: Mapping[str, Any], asked: Mapping[str, str]) -> Session:
    """Open a session.

    Args:
        account: where.
        login: the request's data: LOGIN_NAME, AUTHENTICATOR, TOKEN, SESSION_PARAMETERS.
        asked: the request's query: databaseName, schemaName, warehouse, roleName.

    Raises:
        SnowflakeError: the user cannot be, or may not use what is asked for.
    """
    user = _authenticated(account, login)
    settings = user.body.settings if isinstance(user.body, SettingsBody) else {}
    role = stored_text(asked.get("roleName") or settings.get("DEFAULT_ROLE", "PUBLIC"))
    session = Session(account, user, account.public_role)
    sessions.use_role(session, role)
    session.has_secondary_roles = (
        settings.get("DEFAULT_SECONDARY_ROLES", "ALL").strip("('\")").upper() == "ALL"
    )
    for name, value in (login.get("SESSION_PARAMETERS") or {}).items():
        if name.upper() in DEFAULTS:
            sessions.set_parameter(session, name.upper(), str(value))
    _place(session, settings, asked)
    return session


def _place(session: Session, settings: Mapping[str, str], asked: Mapping[str, str]) -> None:
    """Set warehouse, database and schema; what is not there is left out, as in Snowflake."""
    database, _, schema = settings.get("DEFAULT_NAMESPACE", "").partition(".")
    warehouse = stored_text(asked.get("warehouse") or settings.get("DEFAULT_WAREHOUSE", ""))
    database = stored_text(asked.get("databaseName") or database)
    schema = stored_text(asked.get("schemaName") or schema)
    if warehouse:
        with suppress(SnowflakeError):
            sessions.use_warehouse(session, warehouse)
    if database:
        with suppress(SnowflakeError):
            sessions.use_database(session, database)
    if schema:
        with suppress(SnowflakeError):
            sessions.use_schema(session, Path(schema))


def _authenticated(account: Account, login: Mapping[str, Any]) -> Thing:
    name = stored_text(str(login.get("LOGIN_NAME", "")))
    user = account.catalogue.find(ACCOUNT, ObjectKind.USER, name)
    if login.get("AUTHENTICATOR") != "SNOWFLAKE_JWT":
        raise SnowflakeError(
            390100,
            "08001",
            "Incorrect username or password was specified. (The sandbox knows key pairs only: "
            "give private_key or private_key_file.)",
        )
    if user is None or not isinstance(user.body, SettingsBody):
        raise _WRONG
    settings = user.body.settings
    if settings.get("DISABLED", "FALSE").upper() == "TRUE":
        raise SnowflakeError(
            390101, "08001", "User access disabled. Contact your local system administrator."
        )
    if not any(_is_signed(str(login.get("TOKEN", "")), settings.get(key, "")) for key in _KEYS):
        raise _WRONG
    return user


def _is_signed(token: str, public_key: str) -> bool:
    """Whether a token was signed by the private half of a key and is in its time."""
    if not public_key:
        return False
    try:
        jwt.decode(token, _pem(public_key), algorithms=["RS256"], leeway=_LEEWAY_SECONDS)
    except (jwt.PyJWTError, ValueError):
        return False
    return True


def _pem(public_key: str) -> str:
    """A key as a user's property has it, without first and last line, as PEM."""
    body = "".join(
        public_key.replace("-----BEGIN PUBLIC KEY-----", "").replace("-----END PUBLIC KEY-----", "").split()
    )
    base64.b64decode(body, validate=True)
    lines = "\n".join(textwrap.wrap(body, 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"
