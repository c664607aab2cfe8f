"""Dev's deployer, logged in with a key of its own."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from snowflake.connector import connect
from snowflake.connector.errors import ProgrammingError

from tests.integration.running_sandbox import RunningSandbox

USER: Final = "FINEDGE_DEV_DEPLOY"

REFUSALS: Final = frozenset({2003, 2043, 3001, 3013, 606})
"""Snowflake's numbers for: does not exist or not authorized, no privilege, no such role, no warehouse."""

OF_A_RELEASE: Final = (
    "CREATE SCHEMA FINEDGE_DEV.CANDIDATES",
    "CREATE TABLE FINEDGE_DEV.MARTS.CANDIDATE CLONE FINEDGE_DEV.MARTS.OF_DEV",
    "GRANT OWNERSHIP ON FINEDGE_DEV.MARTS.CANDIDATE TO ROLE FINEDGE_DEV_SETTLEMENTS COPY CURRENT GRANTS",
    "ALTER TABLE FINEDGE_DEV.MARTS.CANDIDATE SWAP WITH FINEDGE_DEV.MARTS.OF_DEV",
    "SELECT COUNT(A) FROM FINEDGE_DEV.MARTS.OF_DEV",
    "DROP TABLE FINEDGE_DEV.MARTS.CANDIDATE",
    "DROP TABLE FINEDGE_DEV.MARTS.OF_DEV",
    "DROP SCHEMA FINEDGE_DEV.CANDIDATES",
)
"""What is done with a table that a pipeline owns, on the deployer's own compute."""


class Deployer:
    """A session.

    Args:
        connection: of the connector.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def refusal(self, statement: str) -> int | None:
        """Return the number of the error that a statement ends with; None when it was done."""
        try:
            self._connection.cursor().execute(statement)
        except ProgrammingError as error:
            return error.errno
        return None


@contextmanager
def deployer_of_dev(sandbox: RunningSandbox) -> Iterator[Deployer]:
    """Log in as the user that Pulumi made: role and compute are those that it gave."""
    where = {
        name: sandbox.environment[f"SNOWFLAKE_{name.upper()}"]
        for name in ("account", "host", "port", "protocol")
    }
    with key_of_deployer(sandbox) as key:
        private = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with connect(**where, user=USER, private_key=private) as connection:
            yield Deployer(connection)


@contextmanager
def key_of_deployer(sandbox: RunningSandbox) -> Iterator[rsa.RSAPrivateKey]:
    """The second key of the user of dev's deployer, meant for exchanging the first, for a while."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    sandbox.snowflake(f"ALTER USER {USER} SET RSA_PUBLIC_KEY_2 = '{base64.b64encode(public).decode()}'")
    try:
        yield key
    finally:
        sandbox.snowflake(f"ALTER USER {USER} UNSET RSA_PUBLIC_KEY_2")


def as_applier_of_dev(sandbox: RunningSandbox, key: rsa.RSAPrivateKey) -> dict[str, str]:
    """The variables of a build that changes what pipelines have: the deployer's user in another role."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        **sandbox.credentials("dev"),
        "SNOWFLAKE_USER": USER,
        "SNOWFLAKE_PRIVATE_KEY": pem.decode(),
        "SNOWFLAKE_ROLE": "FINEDGE_DEV_APPLIER",
    }
