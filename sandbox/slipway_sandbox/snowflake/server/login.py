"""Who may open a session: a user whose private key signed the driver's token.

Source: https://docs.snowflake.com/en/user-guide/key-pair-auth; the token is a JWT (RS256) whose subject is
ACCOUNT.USER and whose issuer ends with the fingerprint of the public key.
"""

import base64
import hashlib
import textwrap
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import jwt

from slipway_sandbox.snowflake.account import Account
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, Thing, settings_of
from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.identifiers import Path, stored_text
from slipway_sandbox.snowflake.parameters import checked
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements import sessions
from slipway_sandbox.snowflake.statements.principals import EXPIRES

_KEYS: Final = ("RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2")
_LEEWAY_SECONDS: Final = 60
_DRIVERS_OWN: Final = ("CLIENT_", "PYTHON_CONNECTOR_", "JDBC_", "ODBC_", "GO_")
"""Beginnings of parameters by which drivers govern themselves."""
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
    settings = settings_of(user)
    role = stored_text(asked.get("roleName") or settings.get("DEFAULT_ROLE", "PUBLIC"))
    session = Session(account, user, account.public_role)
    sessions.use_role(session, role)
    session.has_secondary_roles = (
        settings.get("DEFAULT_SECONDARY_ROLES", "ALL").strip("('\")").upper() == "ALL"
    )
    for name, value in (login.get("SESSION_PARAMETERS") or {}).items():
        if not name.upper().startswith(_DRIVERS_OWN):
            session.parameters[name.upper()] = checked(name.upper(), str(value), "SESSION_PARAMETERS")
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
    if login.get("AUTHENTICATOR") != "SNOWFLAKE_JWT":
        raise SnowflakeError(
            390100,
            "08001",
            "Incorrect username or password was specified. (The sandbox knows key pairs only: "
            "give private_key or private_key_file.)",
        )
    name = stored_text(str(login.get("LOGIN_NAME", ""))).upper()
    user = _user_who_logs_in_as(account, name)
    if user is None:
        raise _WRONG
    settings = settings_of(user)
    if settings.get("DISABLED", "FALSE").upper() == "TRUE" or _has_expired(settings, account.clock()):
        raise SnowflakeError(
            390101, "08001", "User access disabled. Contact your local system administrator."
        )
    if not any(_is_signed(str(login.get("TOKEN", "")), name, settings.get(key, "")) for key in _KEYS):
        raise _WRONG
    return user


def _user_who_logs_in_as(account: Account, name: str) -> Thing | None:
    """The user of a LOGIN_NAME, which is the user's name where it is not set; capitals do not count."""
    users = account.catalogue.children(ACCOUNT, ObjectKind.USER)
    return next(
        (each for each in users if settings_of(each).get("LOGIN_NAME", each.name).upper() == name), None
    )


def _has_expired(settings: Mapping[str, str], now: datetime) -> bool:
    return EXPIRES in settings and datetime.fromisoformat(settings[EXPIRES]) <= now


def _is_signed(token: str, name: str, public_key: str) -> bool:
    """Whether a token was signed by the private half of a key, for a user, and is in its time.

    The account in its subject is not looked at: the sandbox is every account's that a driver names.
    """
    if not public_key:
        return False
    try:
        claims = jwt.decode(
            token,
            _pem(public_key),
            algorithms=["RS256"],
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "sub"]},
        )
        subject, fingerprint = str(claims["sub"]), _fingerprint(public_key)
    except (jwt.PyJWTError, ValueError):
        return False
    return subject.partition(".")[2] == name and claims["iss"] == f"{subject}.{fingerprint}"


def _fingerprint(public_key: str) -> str:
    """A key's fingerprint as DESCRIBE USER tells it."""
    digest = hashlib.sha256(base64.b64decode(_body(public_key), validate=True)).digest()
    return f"SHA256:{base64.b64encode(digest).decode()}"


def _body(public_key: str) -> str:
    """A key without first and last line and without line ends."""
    text = public_key.replace("-----BEGIN PUBLIC KEY-----", "").replace("-----END PUBLIC KEY-----", "")
    return "".join(text.split())


def _pem(public_key: str) -> str:
    """A key as a user's property has it, without first and last line, as PEM."""
    body = _body(public_key)
    base64.b64decode(body, validate=True)
    lines = "\n".join(textwrap.wrap(body, 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"
